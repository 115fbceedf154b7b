import assert from 'node:assert/strict'
import {appendFileSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {openAboutMachine} from '../../../src/daemon/machine/about.ts'
import {openKernelLog} from '../../../src/daemon/machine/kernel-log.ts'
import type {LastStop} from '../../../src/daemon/storage/home.ts'
import type {Reading} from '../../../src/daemon/telemetry/reading.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'

const nothing: Reading = {atMs: 0, temperaturesC: {}, powersW: {}, voltagesV: {}, alarms: []}
const at = (volts: number): Reading => ({...nothing, voltagesV: {POM_5V_IN: volts}})

/** What is said besides the processor. */
const said = (
  readings: readonly Reading[],
  lastStop: LastStop = 'clean',
  overCurrents: number | undefined = undefined,
): readonly string[] => {
  const about = openAboutMachine({
    processor: {kind: 'only-one'},
    lastStop,
    overCurrents: () => overCurrents,
  })
  for (const reading of readings) about.observe(reading)
  return about
    .remarks()
    .slice(1)
    .map(({about: topic, isGood, text}) => `${topic}, ${isGood ? 'good' : 'bad'}: ${text}`)
}

test('of what is not measured nothing is said', () => {
  assert.deepEqual(said([]), [])
  assert.deepEqual(said([nothing, nothing]), [])
  assert.deepEqual(said([{...nothing, voltagesV: {VDD_IN: 19.4}, memoryTotalBytes: 4e9}]), [])
})

test('a supply that holds is told with its worst', () => {
  assert.deepEqual(said([at(5.02)]), ['supply, good: The 5 V supply is at 5.02 V.'])
  assert.deepEqual(said([at(5.02), at(4.91), at(5.01)]), [
    'supply, good: The 5 V supply holds: never below 4.91 V since Simmer started.',
  ])
})

test('each time that the supply sags counts once, and the worst is kept', () => {
  assert.deepEqual(said([at(5), at(4.7), at(4.6), at(4.9), at(4.74), at(5)]), [
    'supply, bad: The 5 V supply fell below 4.75 V 2 times since Simmer started, to 4.60 V at worst: the box may go off without a word.',
  ])
})

test('over-current is told from alarms and from the kernel’s log', () => {
  const alarm = {...nothing, isOverCurrent: true} as const
  assert.deepEqual(said([nothing, alarm, alarm, nothing, alarm], 'clean', 3), [
    'supply, bad: Over-current: an alarm 2 times since Simmer started, 3 times in the kernel’s log.',
  ])
  assert.deepEqual(said([at(5.02)], 'clean', 1), [
    'supply, bad: The 5 V supply is at 5.02 V. Over-current: once in the kernel’s log.',
  ])
  assert.deepEqual(said([nothing], 'clean', 0), [])
})

test('shared memory is split into what the GPU holds and what programs hold', () => {
  const gib = 2 ** 30
  const reading = {
    ...nothing,
    memoryTotalBytes: 3.9 * gib,
    memoryAvailableBytes: 1.3 * gib,
    gpuMemoryBytes: 0.7 * gib,
  }
  assert.deepEqual(said([reading]), [
    'memory, good: Of 3.9 GiB that CPU and GPU share, 1.3 GiB are free for either. The GPU holds 0.7 GiB, which cannot be swapped, the CPU’s programs 1.9 GiB.',
  ])
})

test('a loss of power is told, and is not a crash', () => {
  assert.deepEqual(said([], 'box-went-off'), [
    'last stop, bad: The box lost power or was reset while Simmer ran.',
  ])
  assert.match(said([], 'killed')[0] ?? '', /killed or crashed .* the box stayed on/)
  assert.match(said([], 'cut-off')[0] ?? '', /killed, or the box lost power/)
})

const alarm = (atUs: number) => `3,${atUs},${atUs},-;soctherm: OC ALARM 0x00000001\n`

test('the kernel’s log is read on from where it was', (t) => {
  const root = temporaryFolder(t)
  mkdirSync(join(root, 'dev'))
  const file = join(root, 'dev/kmsg')
  writeFileSync(file, `6,1,0,-;Booting Linux\n${alarm(2)}`)
  const overCurrents = openKernelLog(root)
  assert.equal(overCurrents(), 1)
  assert.equal(overCurrents(), 1)
  appendFileSync(file, `${'6,3,0,-;noise\n'.repeat(2_000)}${alarm(4)}${alarm(5)}`)
  assert.equal(overCurrents(), 3)
})

test('a kernel’s log that cannot be read says nothing', (t) => {
  const root = temporaryFolder(t)
  assert.equal(openKernelLog(root)(), undefined)
  mkdirSync(join(root, 'dev/kmsg'), {recursive: true})
  assert.equal(openKernelLog(root)(), undefined)
})
