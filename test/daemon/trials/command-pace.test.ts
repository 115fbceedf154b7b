import assert from 'node:assert/strict'
import {existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Pace} from '../../../src/daemon/throttle/pace.ts'
import {startCommandTrial} from '../../../src/daemon/trials/command-trial.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {until} from '../../fixtures/processes.ts'
import {projectRoot} from '../../fixtures/project.ts'

const ticking = join(projectRoot(), 'test/fixtures/ticking-program.mjs')

const paceOf = (duty: number): Pace => ({microBatch: 64, duty})

/** A program that counts in a file how often it had its turn. */
const startTicking = (t: TestContext, duty: number, options = '') => {
  const file = join(temporaryFolder(t), 'ticks')
  const run = startCommandTrial(
    `node ${ticking} ${file} ${options}`,
    {},
    {
      pace: paceOf(duty),
      limits: {},
      listener: {onEpoch: () => {}, onProgress: () => {}},
    },
  )
  t.after(run.stop)
  const ticks = () => (existsSync(file) ? statSync(file).size : 0)
  return {...run, ticks}
}

type Ticking = ReturnType<typeof startTicking>

const goesOn = ({ticks}: Ticking) => {
  const before = ticks()
  return until(() => ticks() > before + 3)
}

/** What is on its way when a process is stopped is done a moment later. */
const standsStill = async ({ticks}: Ticking): Promise<boolean> => {
  await sleep(200)
  const before = ticks()
  await sleep(400)
  return ticks() === before
}

test('at duty 0 a program stands still until the pace changes', async (t) => {
  const run = startTicking(t, 1)
  await goesOn(run)
  run.setPace(paceOf(0))
  assert.ok(await standsStill(run))
  run.setPace(paceOf(1))
  await goesOn(run)
})

test('a program that starts at duty 0 does nothing before its pace is another', async (t) => {
  const run = startTicking(t, 0)
  await sleep(400)
  assert.equal(run.ticks(), 0)
  run.setPace(paceOf(1))
  await goesOn(run)
})

test('between 0 and 1 it runs and stands in turns', async (t) => {
  const run = startTicking(t, 0.5)
  await goesOn(run)
  // Stretches without a tick, and ticks after each.
  for (let turn = 0; turn < 2; turn++) {
    for (let before = -1; before !== run.ticks(); await sleep(150)) before = run.ticks()
    await goesOn(run)
  }
})

test('what stands still is stopped like any other, with all that it started', async (t) => {
  for (const options of ['', '--family']) {
    const run = startTicking(t, 1, options)
    await goesOn(run)
    run.setPace(paceOf(0))
    assert.ok(await standsStill(run))
    run.stop()
    assert.deepEqual(await run.outcome, {kind: 'stopped'})
    assert.ok(await standsStill(run))
  }
})
