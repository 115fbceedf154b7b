import assert from 'node:assert/strict'
import {test} from 'node:test'
import {derivedSeed, seededRandom} from '../../../src/daemon/base/random.ts'

const drawn = <T>(count: number, draw: () => T): readonly T[] => Array.from({length: count}, draw)
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

test('the same seed and labels give the same stream on every machine', () => {
  const {uniform} = seededRandom(7, 'suggest', 3)
  assert.deepEqual(drawn(3, uniform), [0.13063344074055183, 0.974297305011404, 0.05372557648979903])
  assert.equal(derivedSeed(7, 'weights'), 1972377434)
})

test('another seed, label or order of labels gives another stream', () => {
  const first = (...labels: readonly (string | number)[]) => seededRandom(1, ...labels).uniform()
  const streams = [first(), first('a'), first('b'), first('a', 'b'), first('b', 'a'), first('ab')]
  assert.equal(new Set([...streams, seededRandom(2).uniform()]).size, 7)
})

test('the streams of neighboring trials are not alike', () => {
  const firsts = Array.from({length: 4000}, (_, trial) =>
    seededRandom(1, 'suggest', trial).uniform(),
  )
  assert.ok(Math.abs(mean(firsts) - 0.5) < 0.02)
  const products = firsts.slice(1).map((value, i) => (value - 0.5) * (firsts[i] - 0.5))
  assert.ok(Math.abs(mean(products)) < 0.006)
})

test('uniform draws fill [0, 1) evenly', () => {
  const {uniform} = seededRandom(1)
  const counts = new Array<number>(10).fill(0)
  for (const value of drawn(20_000, uniform)) {
    assert.ok(value >= 0 && value < 1)
    counts[Math.floor(value * 10)]++
  }
  for (const count of counts) assert.ok(Math.abs(count - 2000) < 5 * Math.sqrt(1800), `${count}`)
})

test('whole draws take every value from low up to but not including high', () => {
  const {integer} = seededRandom(1)
  const values = drawn(200, () => integer(-1, 2))
  assert.deepEqual(
    [...new Set(values)].sort((a, b) => a - b),
    [-1, 0, 1],
  )
  const far = integer(0, 2 ** 40)
  assert.ok(Number.isInteger(far) && far >= 0 && far < 2 ** 40)
})

test('normal draws have mean 0, deviation 1 and normal tails', () => {
  const {normal} = seededRandom(1)
  const values = drawn(20_000, normal)
  assert.ok(Math.abs(mean(values)) < 0.03)
  assert.ok(Math.abs(mean(values.map((value) => value * value)) - 1) < 0.05)
  const beyond = values.filter((value) => Math.abs(value) > 1.96).length / values.length
  assert.ok(Math.abs(beyond - 0.05) < 0.008)
})

test('a shuffle keeps its items, and puts each one everywhere equally often', () => {
  const {shuffle} = seededRandom(1)
  const firsts = new Map<number, number>()
  for (let i = 0; i < 3000; i++) {
    const items = shuffle([0, 1, 2])
    assert.deepEqual(items.toSorted(), [0, 1, 2])
    firsts.set(items[0], (firsts.get(items[0]) ?? 0) + 1)
  }
  for (const count of firsts.values()) assert.ok(Math.abs(count - 1000) < 150)
  assert.deepEqual([...shuffle(Uint8Array.of(5))], [5])
})
