import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  countTrial,
  energySince,
  joulesOver,
  readPower,
  unreadEnergyMeter,
} from '../../../src/daemon/scheduler/energy.ts'

test('a trial alone has used what the board has', () => {
  const started = countTrial(readPower(unreadEnergyMeter, 0, 5), 1_000, 1)
  const between = readPower(readPower(started, 2_000, 6), 3_000, 8)
  // Half a second after a reading: the power is taken for that one's.
  const ended = countTrial(between, 3_500, -1)
  const share = energySince(started.share, ended.share)
  assert.deepEqual(share, {joules: 6 + 8 + 4, measuredMs: 2_500})
  assert.equal(joulesOver(share, 2_500), 18)
  assert.deepEqual(energySince(started.board, ended.board), share)
})

test('trials side by side share each second evenly, and together have used what the board has', () => {
  const first = countTrial(readPower(unreadEnergyMeter, 0, 6), 0, 1)
  const second = countTrial(readPower(first, 1_000, 6), 1_000, 1)
  const firstEnded = countTrial(readPower(second, 3_000, 10), 3_000, -1)
  const secondEnded = countTrial(readPower(firstEnded, 4_000, 7), 4_000, -1)
  const firsts = energySince(first.share, firstEnded.share)
  const seconds = energySince(second.share, secondEnded.share)
  assert.deepEqual(firsts, {joules: 6 + 10, measuredMs: 3_000})
  assert.deepEqual(seconds, {joules: 10 + 7, measuredMs: 3_000})
  const board = energySince(first.board, secondEnded.board)
  assert.deepEqual(board, {joules: firsts.joules + seconds.joules, measuredMs: 4_000})
})

test('while nothing runs nobody uses the energy', () => {
  const idle = readPower(readPower(unreadEnergyMeter, 0, 5), 10_000, 5)
  assert.deepEqual(idle.board, {joules: 0, measuredMs: 0})
  const ended = countTrial(countTrial(idle, 10_500, 1), 11_500, -1)
  assert.deepEqual(energySince(idle.share, ended.share), {joules: 5, measuredMs: 1_000})
})

test('time without a reading of the power counts as the rest of it; without any there is no energy', () => {
  const started = countTrial(unreadEnergyMeter, 0, 1)
  const blind = countTrial(started, 4_000, -1)
  assert.equal(joulesOver(energySince(started.share, blind.share), 4_000), undefined)
  const half = readPower(
    readPower(readPower(started, 1_000, undefined), 2_000, 5),
    3_000,
    undefined,
  )
  const ended = countTrial(half, 4_000, -1)
  assert.deepEqual(energySince(started.share, ended.share), {joules: 5, measuredMs: 1_000})
  assert.equal(joulesOver({joules: 5, measuredMs: 1_000}, 4_000), 20)
})
