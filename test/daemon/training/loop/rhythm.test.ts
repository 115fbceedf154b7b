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
  await rhythmOf(() => ({microBatch: 4, pauseMs: 0})).inPieces(ten, (piece) =>
    pieces.push([...piece]),
  )
  assert.deepEqual(pieces, [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ])
})

test('a pace that changes between two pieces counts from the next one', async () => {
  const sizes: number[] = []
  let microBatch = 5
  await rhythmOf(() => ({microBatch, pauseMs: 0})).inPieces(ten, (piece) => {
    sizes.push(piece.length)
    microBatch = 2
  })
  assert.deepEqual(sizes, [5, 2, 2, 1])
})

test('what the backend takes at once bounds a piece, but the pause comes once a micro-batch', async () => {
  const stopping = new AbortController()
  const sizes: number[] = []
  const pace = {microBatch: 6, pauseMs: 3_600_000}
  const rhythm = rhythmOf(() => pace, {itemsAtOnce: 4, signal: stopping.signal})
  const done = rhythm.inPieces(ten, (piece) => {
    sizes.push(piece.length)
    if (sizes.length === 1) setImmediate(() => setImmediate(() => stopping.abort()))
  })
  await assert.rejects(done, {name: 'AbortError'})
  assert.deepEqual(sizes, [4, 2])
})

test('aborting ends the work at the next piece, also out of a pause', async () => {
  const stopping = new AbortController()
  const sizes: number[] = []
  const rhythm = rhythmOf(() => ({microBatch: 1, pauseMs: 3_600_000}), {signal: stopping.signal})
  const done = rhythm.inPieces(ten, (piece) => {
    sizes.push(piece.length)
    setImmediate(() => stopping.abort())
  })
  await assert.rejects(done, {name: 'AbortError'})
  assert.deepEqual(sizes, [1])
})

test('messages get a turn at least every 50 ms of work', async () => {
  let nowMs = 0
  const clock = {nowMs: () => nowMs, monotonicMs: () => nowMs}
  const order: string[] = []
  await rhythmOf(() => ({microBatch: 1, pauseMs: 0}), {clock}).inPieces(
    ten.subarray(0, 4),
    (piece) => {
      order.push(`piece ${piece[0]}`)
      if (piece[0] === 0) setImmediate(() => order.push('message'))
      nowMs += 20
    },
  )
  assert.deepEqual(order, ['piece 0', 'piece 1', 'piece 2', 'message', 'piece 3'])
})
