import assert from 'node:assert/strict'
import {test} from 'node:test'
import {failureOf} from '../../../src/daemon/training/failure.ts'
import {OutOfMemoryError} from '../../../src/daemon/training/model.ts'

test('a lack of memory is told from a bug', () => {
  const causes = [
    new OutOfMemoryError('There was no memory for 64 bytes.'),
    new RangeError('Array buffer allocation failed'),
    new RangeError('Invalid typed array length: 99999999999'),
    new Error('Aborted(OOM)'),
    new RangeError('Maximum call stack size exceeded'),
    new TypeError('x is not a function'),
  ]
  assert.deepEqual(
    causes.map((cause) => failureOf(cause).kind),
    ['out-of-memory', 'out-of-memory', 'out-of-memory', 'out-of-memory', 'crashed', 'crashed'],
  )
})
