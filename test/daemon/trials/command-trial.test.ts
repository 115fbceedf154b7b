import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Epoch} from '../../../src/daemon/studies/study.ts'
import {fullPace} from '../../../src/daemon/throttle/pace.ts'
import {fillIn, readMetrics, startCommandTrial} from '../../../src/daemon/trials/command-trial.ts'
import {reasonOfExit} from '../../../src/daemon/trials/outcome.ts'
import type {TrialLimits} from '../../../src/daemon/trials/trial-limits.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'

const start = (command: string, params = {}, pace = fullPace, limits: TrialLimits = {}) => {
  const epochs: Epoch[] = []
  const listener = {onEpoch: (epoch: Epoch) => epochs.push(epoch), onProgress: () => {}}
  const run = startCommandTrial(command, params, {pace, limits, listener})
  return {...run, epochs}
}

test('parameters are put into the command, quoted for the shell', () => {
  const params = {lr: 0.01, name: "it's", optimizer: {name: 'adam'}, flip: true}
  assert.equal(
    fillIn(
      'train --lr {lr} --name {name} --opt {optimizer} --flip {flip} {unknown} {"json"}',
      params,
    ),
    `train --lr 0.01 --name 'it'\\''s' --opt '{"name":"adam"}' --flip true {unknown} {"json"}`,
  )
})

test('lines of JSON are metrics, everything else is passed over', () => {
  assert.deepEqual(readMetrics('{"epoch":3,"val_accuracy":0.6,"note":"x"}', 1), {
    epoch: 3,
    metrics: {val_accuracy: 0.6},
  })
  assert.deepEqual(readMetrics('  {"loss":1}', 4), {epoch: 4, metrics: {loss: 1}})
  for (const line of ['', 'epoch 1', '[1]', '{"a":', '{"a":"b"}', '{"loss":null}', 'null']) {
    assert.equal(readMetrics(line, 1), undefined, line)
  }
})

test('a program gets its parameters as JSON too, and its metrics arrive', async () => {
  const run = start(
    'echo hello; echo \'{"loss":\'$SIMMER_PARAMS_X\'1}\'; echo "{\\"p\\":{x},\\"loss\\":2}"',
    {x: 5},
  )
  assert.deepEqual(await run.outcome, {kind: 'done', samplesPerSecond: 0, backend: 'command'})
  assert.deepEqual(run.epochs, [
    {epoch: 1, metrics: {loss: 1}},
    {epoch: 2, metrics: {p: 5, loss: 2}},
  ])
  const json = start('node -e "console.log(process.env.SIMMER_PARAMS)"', {x: 5, y: {z: 1}})
  await json.outcome
  assert.deepEqual(json.epochs, [{epoch: 1, metrics: {x: 5}}])
})

test('a program that fails is a failed trial with its last words', async () => {
  assert.deepEqual(await start('echo first >&2; echo no data here >&2; exit 4').outcome, {
    kind: 'failed',
    reason: {
      kind: 'crashed',
      message: 'The training process ended with exit code 4. It said: no data here',
    },
  })
})

test('stopping ends the program and what it started', async (t) => {
  const folder = temporaryFolder(t)
  // The inner shell would make the file later, if it lived.
  const run = start(`(sleep 1; touch ${join(folder, 'alive')}) & echo '{"loss":1}'; wait`)
  while (run.epochs.length === 0) await sleep(10)
  run.stop()
  assert.deepEqual(await run.outcome, {kind: 'stopped'})
  await sleep(1300)
  assert.ok(!existsSync(join(folder, 'alive')))
})

test('the end of a process says why, as far as can be known', () => {
  assert.equal(reasonOfExit(null, 'SIGKILL', '').kind, 'out-of-memory')
  assert.equal(reasonOfExit(134, null, 'FATAL ERROR: heap limit\n').kind, 'out-of-memory')
  assert.deepEqual(reasonOfExit(null, 'SIGTERM', ''), {
    kind: 'crashed',
    message: 'The training process was ended by SIGTERM.',
  })
  assert.match(
    reasonOfExit(1, null, `${'x'.repeat(500)}\n\n`).message,
    /^.{40,80} It said: x{200}$/,
  )
})
