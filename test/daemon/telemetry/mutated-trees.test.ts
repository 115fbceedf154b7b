import assert from 'node:assert/strict'
import {type TestContext, test} from 'node:test'
import {systemClock} from '../../../src/daemon/base/clock.ts'
import {openDeviceFiles} from '../../../src/daemon/telemetry/device-files.ts'
import type {Machine, Reading} from '../../../src/daemon/telemetry/reading.ts'
import {openBoard} from '../../../src/daemon/telemetry/sysfs.ts'
import {boardFiles} from '../../fixtures/device-tree.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {mutatedTree, writeMutatedTree} from '../../fixtures/mutated-tree.ts'

const between = (what: string, value: number | undefined, low: number, high: number) => {
  if (value === undefined) return
  assert.ok(Number.isFinite(value) && value >= low && value <= high, `${what} is ${value}`)
}

/** Every number is one that a board can have. */
const checkReading = (reading: Reading): void => {
  for (const [zone, c] of Object.entries(reading.temperaturesC)) between(zone, c, -40, 150)
  for (const [rail, watts] of Object.entries(reading.powersW)) between(rail, watts, 0, 3000)
  for (const [rail, volts] of Object.entries(reading.voltagesV)) between(rail, volts, 0, 60)
  for (const [rail, amperes] of Object.entries(reading.currentsA ?? {}))
    between(rail, amperes, 0, 50)
  for (const key of ['cpuLoad', 'gpuLoad', 'emcLoad', 'fanShare', 'memoryPressure'] as const) {
    between(key, reading[key], 0, 1)
  }
  for (const key of ['cpuFrequencyHz', 'gpuFrequencyHz', 'gpuMaxFrequencyHz'] as const) {
    between(key, reading[key], 0, 10e9)
  }
  const {memoryTotalBytes = 0, swapTotalBytes = 0} = reading
  between('memory', memoryTotalBytes, 0, 2 ** 50)
  between('free memory', reading.memoryAvailableBytes, 0, memoryTotalBytes)
  between('GPU memory', reading.gpuMemoryBytes, 0, memoryTotalBytes)
  between('swap', reading.swapUsedBytes, 0, swapTotalBytes)
  between('zram', reading.zramUsedBytes, 0, 2 ** 53)
  between('fan', reading.fanRpm, 0, 100_000)
  for (const state of Object.values(reading.coolingStates ?? {}))
    between('cooling', state, 1, 10_000)
  for (const why of Object.values(reading.unavailable ?? {}))
    assert.match(why, /^[\x20-\x7e…]{3,60}$/)
}

const checkMachine = ({cores, memoryBytes, passiveTripC, gpuFrequenciesHz = []}: Machine): void => {
  between('cores', cores, 1, 10_000)
  between('memory', memoryBytes, 0, 2 ** 50)
  between('trip', passiveTripC, 40, 150)
  for (const frequencyHz of gpuFrequenciesHz) between('GPU clock', frequencyHz, 0, 10e9)
}

const check = (seed: number, look: () => void) => {
  try {
    look()
  } catch (error) {
    throw new Error(`seed ${seed}: ${error}`, {cause: error})
  }
}

test('of 10,000 boards whose files went wrong every one is read, and every number can be', () => {
  let unavailable = 0
  let monotonicMs = 0
  const clock = {nowMs: () => 0, monotonicMs: () => monotonicMs}
  for (let seed = 0; seed < 10_000; seed++) {
    check(seed, () => {
      const {board, changes} = mutatedTree(seed)
      // Half of them go wrong while they are read, the others were wrong before.
      let isWrong = seed % 2 === 0
      const opened = openBoard(
        boardFiles(board, (path) => (isWrong ? changes.get(path) : undefined)),
        clock,
      )
      checkReading(opened.read())
      isWrong = true
      checkMachine(opened.machine())
      const reading = opened.read()
      checkReading(reading)
      unavailable += Object.keys(reading.unavailable ?? {}).length
      // All is well again, and at the next search so is the reading.
      isWrong = false
      monotonicMs += 60_000
      const recovered = opened.read()
      checkReading(recovered)
      assert.ok(Object.keys(recovered.temperaturesC).length > 4)
    })
  }
  assert.ok(unavailable > 10_000)
})

test('so are boards in real folders', (t: TestContext) => {
  for (let seed = 0; seed < 40; seed++) {
    check(seed, () => {
      const root = temporaryFolder(t)
      writeMutatedTree(root, mutatedTree(seed))
      const board = openBoard(openDeviceFiles(root), systemClock)
      checkMachine(board.machine())
      checkReading(board.read())
      checkReading(board.read())
    })
  }
})
