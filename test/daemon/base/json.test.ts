import assert from 'node:assert/strict'
import {test} from 'node:test'
import {isDeeperThan} from '../../../src/daemon/base/json.ts'

test('levels are counted to where they are too many, in a circle too', () => {
  assert.equal(isDeeperThan(0, 1), false)
  assert.equal(isDeeperThan(0, []), true)
  assert.equal(isDeeperThan(2, {a: [1, 2], b: null}), false)
  assert.equal(isDeeperThan(1, {a: [1, 2], b: null}), true)
  assert.equal(isDeeperThan(64, JSON.parse(`${'['.repeat(1e5)}${']'.repeat(1e5)}`)), true)
  const circle: unknown[] = []
  circle.push(circle)
  assert.equal(isDeeperThan(64, circle), true)
})
