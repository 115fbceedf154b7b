import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ok, type Result, refuse} from '../../../src/daemon/base/result.ts'
import type {DatasetProgress} from '../../../src/daemon/datasets/dataset.ts'
import {shareWork, type Waiting} from '../../../src/daemon/datasets/shared-work.ts'

/** Work that ends when a test says so, or when it is given up. */
const work = () => {
  let end: (result: Result<string>) => void = () => {}
  let options: Required<Waiting> | undefined
  const shared = shareWork<string>((given) => {
    options = given
    return new Promise((resolve) => {
      end = resolve
      given.signal.addEventListener('abort', () => resolve(refuse('given up')))
    })
  })
  return {shared, end: (value: string) => end(ok(value)), report: () => options?.report(news)}
}

const news: DatasetProgress = {stage: 'prepare', done: 1, total: 2, unit: 'images'}
const interrupted = refuse('it was interrupted.')

test('all who wait get the result and the news of one piece of work', async () => {
  const {shared, end, report} = work()
  const heard: string[] = []
  const first = shared.join({report: () => heard.push('first')})
  const second = shared.join({report: () => heard.push('second')})
  report()
  end('done')
  assert.deepEqual(await Promise.all([first, second]), [ok('done'), ok('done')])
  assert.deepEqual(heard, ['first', 'second'])
})

test('who stops waiting hears so at once, and the others get what they wait for', async () => {
  const {shared, end} = work()
  const abort = new AbortController()
  const heard: string[] = []
  const first = shared.join({signal: abort.signal, report: () => heard.push('first')})
  const second = shared.join({})
  abort.abort()
  assert.deepEqual(await first, interrupted)
  assert.equal(shared.isGivenUp(), false)
  end('done')
  assert.deepEqual(await second, ok('done'))
})

test('when nobody waits any more the work is given up, and the last hears how it ended', async () => {
  const {shared} = work()
  const [one, other] = [new AbortController(), new AbortController()]
  const first = shared.join({signal: one.signal})
  const second = shared.join({signal: other.signal})
  one.abort()
  other.abort()
  assert.deepEqual(await Promise.all([first, second]), [interrupted, refuse('given up')])
  assert.equal(shared.isGivenUp(), true)
})

test('who comes with a signal that has fired already does not wait', async () => {
  const {shared, end} = work()
  const staying = shared.join({})
  assert.deepEqual(await shared.join({signal: AbortSignal.abort()}), interrupted)
  end('done')
  assert.deepEqual(await staying, ok('done'))
})
