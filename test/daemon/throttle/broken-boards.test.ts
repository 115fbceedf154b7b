import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Reading} from '../../../src/daemon/telemetry/reading.ts'
import {openBoard} from '../../../src/daemon/telemetry/sysfs.ts'
import {limitsOn} from '../../../src/daemon/throttle/limits.ts'
import type {Work} from '../../../src/daemon/throttle/speeds.ts'
import {decide, startThrottle, type Throttle} from '../../../src/daemon/throttle/throttle.ts'
import {type Board, boardFiles} from '../../fixtures/device-tree.ts'
import {mutatedTree} from '../../fixtures/mutated-tree.ts'

const work: Work = {trials: ['study/0'], task: 'lenet5 rail-signals', batch: 128}
const clock = {nowMs: () => 0, monotonicMs: () => 0}
const secondsBefore = 300
const secondsAfter = 8

const hottestOf = ({temperaturesC}: Reading): number => Math.max(...Object.values(temperaturesC))

/** A board that trains at its limit, so that it is held back: what it says and what the throttle made of it. */
const heldBack = (board: Board) => {
  const reading = openBoard(boardFiles(board), clock).read()
  const limitsAt = (temperatureC: number) =>
    limitsOn({kind: 'jetson'}, {temperatureC, hardTemperatureC: 95, memoryAvailableBytes: 2 ** 28})
  const limits = limitsAt(hottestOf(reading) - 0.5)
  let state = startThrottle(limits)
  for (let second = 0; second < secondsBefore; second++) {
    const isWarmingUp = second < secondsBefore - 1
    state = observe(state, reading, second, isWarmingUp ? limitsAt(90) : limits).state
  }
  assert.ok(state.pace.duty > 0 && state.pace.duty < 1, `${board} works ${state.pace.duty}`)
  return {reading, limits, state}
}

const observe = (
  state: Throttle,
  reading: Reading,
  second: number,
  limits: ReturnType<typeof limitsOn>,
) => {
  return decide(state, {reading: {...reading, atMs: 1000 * second}, work}, limits)
}

test('10,000 boards whose files went wrong: no crash, and what is missing or rubbish never makes it faster', () => {
  const boards = {nano: heldBack('nano'), orin: heldBack('orin'), xavier: heldBack('xavier')}
  let gentler = 0
  for (let seed = 0; seed < 10_000; seed++) {
    const {board, changes} = mutatedTree(seed)
    const {reading: before, limits, state} = boards[board]
    const reading = openBoard(
      boardFiles(board, (path) => changes.get(path)),
      clock,
    ).read()
    let now = state
    for (let second = 0; second < secondsAfter; second++) {
      const decision = observe(now, reading, secondsBefore + second, limits)
      const {microBatch, duty} = decision.state.pace
      assert.ok(microBatch >= 1 && duty >= 0 && duty <= 1, `seed ${seed}`)
      if (duty > now.pace.duty) {
        // What a chip can do within these seconds cannot be told from a lie; anything else must not look like coolness.
        const [zone = ''] =
          Object.entries(before.temperaturesC).find(([, c]) => c === hottestOf(before)) ?? []
        const change = Math.abs((reading.temperaturesC[zone] ?? Number.NaN) - hottestOf(before))
        assert.ok(
          change <= 15 + secondsAfter,
          `seed ${seed}: faster, though ${zone} changed by ${change} °C`,
        )
      }
      now = decision.state
    }
    if (now.pace.duty < state.pace.duty) gentler++
  }
  assert.ok(gentler > 1000, `${gentler} were slowed down`)
})
