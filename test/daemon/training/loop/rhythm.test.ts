import assert from 'node:assert/strict'
import {test} from 'node:test'
import {systemClock} from '../../../../src/daemon/base/clock.ts'
import type {Pace} from '../../../../src/daemon/throttle/pace.ts'
import {createRhythm} from '../../../../src/daemon/training/loop/rhythm.ts'

const rhythmOf = (
  pace: () => Pace,
  {itemsAtOnce = 100, signal = new AbortController().signal, clock = systemClock} = {},
) => createRhythm({pace, itemsAtOnce, signal, clock})

const ten = Uint32Array.from({length: 10}, (_, i) => i)

test('work is cut into micro-batches, the last one smaller', async () => {
  const pieces: number[][] = []
  await rhythmOf(() => ({microBatch: 4, duty: 1})).inPieces(ten, (piece) => pieces.push([...piece]))
  assert.deepEqual(pieces, [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ])
})

test('a pace that changes between two pieces counts from the next one', async () => {
  const sizes: number[] = []
  let microBatch = 5
  await rhythmOf(() => ({microBatch, duty: 1})).inPieces(ten, (piece) => {
    sizes.push(piece.length)
    microBatch = 2
  })
  assert.deepEqual(sizes, [5, 2, 2, 1])
})

test('what the backend takes at once bounds a piece', async () => {
  const sizes: number[] = []
  const rhythm = rhythmOf(() => ({microBatch: 6, duty: 1}), {itemsAtOnce: 4})
  await rhythm.inPieces(ten, (piece) => sizes.push(piece.length))
  assert.deepEqual(sizes, [4, 4, 2])
})

test('it works its share of the time and rests the other, however short the pieces are', async () => {
  let workedMs = 0
  const startMs = systemClock.monotonicMs()
  const hundred = Uint32Array.from({length: 100}, (_, i) => i)
  await rhythmOf(() => ({microBatch: 1, duty: 0.25})).inPieces(hundred, () => {
    const beganMs = systemClock.monotonicMs()
    while (systemClock.monotonicMs() - beganMs < 1) {
      // Something to do for a millisecond.
    }
    workedMs += systemClock.monotonicMs() - beganMs
  })
  const share = workedMs / (systemClock.monotonicMs() - startMs)
  // The machine may take longer over it, but a rest is never cut short.
  assert.ok(share < 0.3, `worked ${share} of the time`)
})

test('at duty 0 it stands still until the pace changes', async () => {
  let pace: Pace = {microBatch: 5, duty: 0}
  const sizes: number[] = []
  const done = rhythmOf(() => pace).inPieces(ten, (piece) => sizes.push(piece.length))
  await new Promise((resolve) => setTimeout(resolve, 150))
  assert.deepEqual(sizes, [])
  pace = {microBatch: 5, duty: 1}
  await done
  assert.deepEqual(sizes, [5, 5])
})

test('aborting ends the work at the next piece, also out of a rest', async () => {
  const stopping = new AbortController()
  const sizes: number[] = []
  let duty = 1
  const rhythm = rhythmOf(() => ({microBatch: 1, duty}), {signal: stopping.signal})
  const done = rhythm.inPieces(ten, (piece) => {
    sizes.push(piece.length)
    duty = 0
    setImmediate(() => stopping.abort())
  })
  await assert.rejects(done, {name: 'AbortError'})
  assert.deepEqual(sizes, [1])
})

test('messages get a turn at least every 50 ms of work', async () => {
  let nowMs = 0
  const clock = {nowMs: () => nowMs, monotonicMs: () => nowMs}
  const order: string[] = []
  await rhythmOf(() => ({microBatch: 1, duty: 1}), {clock}).inPieces(
    ten.subarray(0, 4),
    (piece) => {
      order.push(`piece ${piece[0]}`)
      if (piece[0] === 0) setImmediate(() => order.push('message'))
      nowMs += 20
    },
  )
  assert.deepEqual(order, ['piece 0', 'piece 1', 'piece 2', 'message', 'piece 3'])
})
