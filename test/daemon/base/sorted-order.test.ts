import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {sortedOrder} from '../../../src/daemon/base/sorted-order.ts'

test('the order is that of a stable sort, however values crowd together', () => {
  const values = fc.oneof(
    fc.array(fc.double({noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6})),
    fc.array(fc.integer({min: 0, max: 3}), {maxLength: 200}),
    fc
      .array(fc.double({noNaN: true, min: 0, max: 1e-9}), {maxLength: 200})
      .map((crowd) => [...crowd, 1e9]),
  )
  fc.assert(
    fc.property(values, (numbers) => {
      const expected = numbers.map((_, i) => i).sort((a, b) => numbers[a] - numbers[b] || a - b)
      assert.deepEqual(Array.from(sortedOrder(Float64Array.from(numbers))), expected)
    }),
  )
})
