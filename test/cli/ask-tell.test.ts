import assert from 'node:assert/strict'
import {test} from 'node:test'
import {answer, askTell, type Session} from '../../src/cli/ask-tell.ts'
import {spaceOf} from '../fixtures/spaces.ts'

const source = {
  lr: {loguniform: [1e-4, 0.3]},
  layers: {uniformint: [1, 5]},
  optimizer: {choice: ['sgd', {name: 'adam', beta1: {uniform: [0.8, 0.99]}}]},
}
const start: Session = {space: spaceOf(source), optimizer: 'tpe', seed: 3, trials: []}

/** The replies to some lines, one after the other. */
const talk = (...lines: readonly string[]): readonly unknown[] => {
  let session = start
  return lines.map((line) => {
    const turn = answer(session, line)
    session = turn.session
    return turn.reply
  })
}

const errorOf = (...lines: readonly string[]): unknown => {
  const reply = talk(...lines).at(-1)
  assert.ok(typeof reply === 'object' && reply !== null && 'error' in reply)
  return reply.error
}

/** An iterable of lines, as they come from a terminal. */
async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

test('ask, tell and best answer one line each', async () => {
  const written: string[] = []
  await askTell({
    space: spaceOf({x: {choice: ['only']}}),
    optimizer: 'random',
    seed: 1,
    input: linesOf([
      '{"op":"ask","n":2}',
      '{"op":"tell","id":1,"loss":0.31}',
      '{"op":"tell","id":0,"status":"fail"}',
      '{"op":"best"}',
      '{"op":"ask"}',
    ]),
    write: (line) => written.push(line),
  })
  assert.deepEqual(written, [
    '{"trials":[{"id":0,"params":{"x":"only"}},{"id":1,"params":{"x":"only"}}]}',
    '{"ok":true}',
    '{"ok":true}',
    '{"id":1,"params":{"x":"only"},"loss":0.31}',
    '{"trials":[{"id":2,"params":{"x":"only"}}]}',
  ])
})

test('many asked at once are the same as one after the other', () => {
  const atOnce = talk('{"op":"ask","n":30}')
  const oneByOne = talk(...new Array<string>(30).fill('{"op":"ask"}'))
  const trialsOf = (replies: readonly unknown[]) =>
    // Every reply here answers an ask.
    replies.flatMap((reply) => (reply as {trials: readonly unknown[]}).trials)
  assert.deepEqual(trialsOf(atOnce), trialsOf(oneByOne))
})

test('the best is the lowest loss, the first of equals', () => {
  const replies = talk(
    '{"op":"ask","n":3}',
    '{"op":"tell","id":2,"loss":-1}',
    '{"op":"tell","id":1,"loss":-1}',
    '{"op":"tell","id":0,"loss":4}',
    '{"op":"best"}',
  )
  assert.match(JSON.stringify(replies[4]), /^{"id":1,.*"loss":-1}$/)
})

test('a line that is not a request gets an error that says what is', () => {
  for (const line of ['', 'ask', '[]', 'null', '3', '{"op":"ask"', '{"op":"tell","loss":NaN}']) {
    assert.match(String(errorOf(line)), /^Expected a JSON object such as \{"op":"ask"\}, got /)
  }
  assert.equal(errorOf('{"op":"stop"}'), 'Expected `op` to be "ask", "tell" or "best", got "stop".')
  assert.equal(errorOf('{}'), 'Expected `op` to be "ask", "tell" or "best", got nothing.')
})

test('a number of trials that cannot be asked for is refused', () => {
  for (const n of ['0', '-1', '1.5', '1001', '"3"', 'null', '1e999']) {
    assert.match(String(errorOf(`{"op":"ask","n":${n}}`)), /^Expected `n` to be a whole number/)
  }
})

test('a tell for no trial, or for one that was told, is refused', () => {
  assert.equal(
    errorOf('{"op":"tell","id":0,"loss":1}'),
    'Expected an `id` that was asked for (none yet), got 0.',
  )
  const asked = '{"op":"ask","n":2}'
  assert.equal(
    errorOf(asked, '{"op":"tell","id":2,"loss":1}'),
    'Expected an `id` that was asked for (0 to 1), got 2.',
  )
  for (const id of ['-1', '0.5', '"0"', 'null']) {
    assert.match(String(errorOf(asked, `{"op":"tell","id":${id},"loss":1}`)), /^Expected `id`/)
  }
  const failed = '{"op":"tell","id":1,"status":"fail"}'
  assert.match(String(errorOf(asked, failed, '{"op":"tell","id":1,"loss":1}')), /told already/)
})

test('a loss that is no number is refused, with the way to tell a failure', () => {
  for (const told of ['"loss":1e999', '"loss":"0.3"', '"loss":null', '"x":1']) {
    const error = errorOf('{"op":"ask"}', `{"op":"tell","id":0,${told}}`)
    assert.match(String(error), /finite number, got .*"status":"fail"/)
  }
  assert.equal(
    errorOf('{"op":"ask"}', '{"op":"tell","id":0,"status":"dead"}'),
    'Expected `status` to be "ok" or "fail", got "dead".',
  )
})

test('there is no best before a loss was told', () => {
  assert.match(String(errorOf('{"op":"best"}')), /^No loss was told yet/)
  const failed = '{"op":"tell","id":0,"status":"fail"}'
  assert.match(String(errorOf('{"op":"ask"}', failed, '{"op":"best"}')), /^No loss was told yet/)
})

test('an error changes nothing', () => {
  const {session} = answer(start, '{"op":"ask"}')
  for (const line of ['', '{"op":"tell","id":7,"loss":1}', '{"op":"tell","id":0,"loss":"x"}']) {
    assert.equal(answer(session, line).session, session)
  }
})
