import assert from 'node:assert/strict'
import {type TestContext, test} from 'node:test'
import {setImmediate as nextTurn} from 'node:timers/promises'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {type Outcome, suggestPoint} from '../../../src/daemon/optimizers/suggest.ts'
import {samplePoint} from '../../../src/daemon/space/sample.ts'
import type {SuggestionAsked, ToThread} from '../../../src/daemon/suggester/messages.ts'
import {openSuggester} from '../../../src/daemon/suggester/suggester.ts'
import {type SuggestingThread, startThread} from '../../../src/daemon/suggester/thread.ts'
import {everythingSource, spaceOf} from '../../fixtures/spaces.ts'

const space = spaceOf(everythingSource)
const never = new AbortController().signal

const outcomes = (count: number, label = 'outcomes'): readonly Outcome[] => {
  const rng = seededRandom(1, label)
  return Array.from({length: count}, (_, trial) => ({
    trial,
    point: samplePoint(space, rng),
    losses: [trial % 7 === 3 ? Number.POSITIVE_INFINITY : rng.uniform()],
  }))
}

const asked = (history: readonly Outcome[], study = 'one'): SuggestionAsked => ({
  study,
  optimizer: 'tpe',
  question: {space, history, pending: [], seed: 3, trial: history.length},
})

const directly = ({optimizer, question}: SuggestionAsked) => suggestPoint(optimizer, question)

/** A suggester on real threads, with all that it tells and asks them. `meddle` may put itself in a thread's place. */
const overheard = (
  t: TestContext,
  meddle: (thread: SuggestingThread, nth: number) => SuggestingThread = (thread) => thread,
) => {
  const messages: ToThread[] = []
  let threads = 0
  const suggester = openSuggester(() => {
    const thread = meddle(startThread(), ++threads)
    return {
      ...thread,
      tell: (message) => {
        messages.push(message)
        thread.tell(message)
      },
      ask: (message) => {
        messages.push(message)
        return thread.ask(message)
      },
    }
  })
  t.after(suggester.close)
  const learned = () =>
    messages.flatMap((one) => (one.kind === 'learn' ? [one.from, one.outcomes.length] : []))
  return {...suggester, threads: () => threads, learned}
}

test('a suggestion made in the thread is the one that is made without it', async (t) => {
  const suggester = overheard(t)
  const history = outcomes(60)
  for (const count of [0, 1, 30, 60]) {
    const question = asked(history.slice(0, count))
    assert.deepEqual(await suggester.suggest(question, never), directly(question))
  }
  assert.equal(suggester.threads(), 1)
})

test('a question carries only the outcomes that are new, many of them in slices', async (t) => {
  const suggester = overheard(t)
  const history = outcomes(450)
  for (const count of [440, 441, 450])
    await suggester.suggest(asked(history.slice(0, count)), never)
  assert.deepEqual(suggester.learned(), [0, 200, 200, 200, 400, 40, 440, 1, 441, 9])
})

test('another study, or another past of the same, is told anew from where it differs', async (t) => {
  const suggester = overheard(t)
  const history = outcomes(30)
  const changed = [...history.slice(0, 20), ...outcomes(30, 'others').slice(20)]
  for (const question of [
    asked(history),
    asked(changed),
    asked(history.slice(0, 10)),
    asked(outcomes(25, 'two'), 'two'),
    asked(history),
  ]) {
    assert.deepEqual(await suggester.suggest(question, never), directly(question))
  }
  assert.deepEqual(suggester.learned(), [0, 30, 20, 10, 0, 25, 0, 30])
})

test('a thread that does not have what it should know is told everything', async (t) => {
  let swallowed = 0
  const suggester = overheard(t, (thread) => ({
    ...thread,
    tell: (message) => {
      if (message.from === 0 && swallowed++ === 0) return
      thread.tell(message)
    },
  }))
  const history = outcomes(30)
  const question = asked(history)
  assert.deepEqual(await suggester.suggest(question, never), directly(question))
  assert.deepEqual(suggester.learned(), [0, 30, 0, 30])
})

test('what an optimizer throws reaches the one who asked, and the thread lives on', async (t) => {
  const suggester = overheard(t)
  const impossible = {...asked([]), optimizer: 'magic' as 'tpe'}
  await assert.rejects(suggester.suggest(impossible, never), TypeError)
  assert.deepEqual(await suggester.suggest(asked([]), never), directly(asked([])))
  assert.equal(suggester.threads(), 1)
})

test('a thread that dies fails its question, and the next one starts another', async (t) => {
  const suggester = overheard(t, (thread, nth) => ({
    ...thread,
    ask: (message) => {
      // No list of outcomes: an error that the thread does not expect.
      if (nth === 1) thread.tell({kind: 'learn', study: 'one', from: 0, outcomes: null as never})
      return thread.ask(message)
    },
  }))
  const question = asked(outcomes(30))
  await assert.rejects(suggester.suggest(question, never), /ended by itself, with exit code 1/)
  assert.deepEqual(await suggester.suggest(question, never), directly(question))
  assert.equal(suggester.threads(), 2)
})

test('a question that is given up has no answer, and the next one has', async (t) => {
  const suggester = overheard(t)
  const long = asked(outcomes(3000))
  const abort = new AbortController()
  const answer = suggester.suggest(long, abort.signal)
  const next = suggester.suggest(asked([]), never)
  await nextTurn()
  abort.abort()
  assert.equal(await answer, undefined)
  assert.deepEqual(await next, directly(asked([])))
  assert.equal(await suggester.suggest(long, abort.signal), undefined)
})

test('closing while it thinks gives the question up; a later question starts a new thread', async (t) => {
  const suggester = overheard(t)
  const answer = suggester.suggest(asked(outcomes(3000)), never)
  await nextTurn()
  await suggester.close()
  assert.equal(await answer, undefined)
  assert.deepEqual(await suggester.suggest(asked([]), never), directly(asked([])))
  assert.equal(suggester.threads(), 2)
})
