import assert from 'node:assert/strict'
import {test} from 'node:test'
import {answer, askTell, type Session, startSession} from '../../src/cli/ask-tell.ts'
import {optimizerNames} from '../../src/daemon/optimizers/optimizer.ts'
import {spaceOf} from '../fixtures/spaces.ts'

const source = {
  lr: {loguniform: [1e-4, 0.3]},
  layers: {uniformint: [1, 5]},
  optimizer: {choice: ['sgd', {name: 'adam', beta1: {uniform: [0.8, 0.99]}}]},
}
const start = startSession({space: spaceOf(source), optimizer: 'tpe', seed: 3})

/** The replies to some lines, one after the other. */
const talkIn = (first: Session, lines: readonly string[]): readonly unknown[] => {
  let session = first
  return lines.map((line) => {
    const turn = answer(session, line)
    session = turn.session
    return turn.reply
  })
}

const talk = (...lines: readonly string[]) => talkIn(start, lines)

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
  const ops = 'Expected `op` to be "ask", "tell", "best" or "enqueue"'
  assert.equal(errorOf('{"op":"stop"}'), `${ops}, got "stop".`)
  assert.equal(errorOf('{}'), `${ops}, got nothing.`)
  assert.equal(errorOf('{"op":"constructor"}'), `${ops}, got "constructor".`)
  assert.equal(errorOf('{"op":7}'), `${ops}, got 7.`)
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
  for (const told of ['"loss":1e999', '"loss":"nan"', '"loss":null', '"status":"ok"']) {
    const error = errorOf('{"op":"ask"}', `{"op":"tell","id":0,${told}}`)
    assert.match(String(error), /finite number, got .*"status":"fail"/)
  }
  assert.equal(
    errorOf('{"op":"ask"}', '{"op":"tell","id":0,"status":"dead"}'),
    'Expected `status` to be "ok" or "fail", got "dead".',
  )
})

test('a loss that is not JSON is refused with the same advice', () => {
  for (const token of ['NaN', 'Infinity', '-Infinity', 'nan']) {
    const error = errorOf('{"op":"ask"}', `{"op":"tell","id":0,"loss":${token}}`)
    assert.match(String(error), /NaN and Infinity are not JSON\. .*"status":"fail"/)
  }
})

test('a field that a request does not have is named', () => {
  assert.equal(errorOf('{"op":"ask","N":3}'), 'Expected `n` with "ask", got "N". Leave it out.')
  assert.equal(
    errorOf('{"op":"best","n":1}'),
    'Expected nothing with "best", got "n". Leave it out.',
  )
  assert.match(
    String(errorOf('{"op":"ask"}', '{"op":"tell","id":0,"loss":1,"state":"fail"}')),
    /^Expected `id`, `loss`, `losses`, `status`, `params` with "tell", got "state"/,
  )
})

test('a trial may be told as it was handed out', () => {
  const [asked] = talk('{"op":"ask"}') as {trials: object[]}[] // the reply to an ask
  const told = JSON.stringify({op: 'tell', ...asked.trials[0], loss: 1})
  assert.deepEqual(talk('{"op":"ask"}', told).at(-1), {ok: true})
})

test('a line that is far too long is refused, whatever it says', () => {
  const line = `{"op":"ask","n":1${' '.repeat(1_000_000)}}`
  assert.equal(errorOf(line), 'Expected a line of at most 1000000 bytes, got a longer one.')
  assert.ok(String(errorOf(`{"op":"${'x'.repeat(900_000)}"}`)).length < 200)
})

test('what is enqueued is handed out first, in its order, and learned from', () => {
  const adam = {lr: 0.01, layers: 2, optimizer: {name: 'adam', beta1: 0.9}}
  const sgd = {lr: 0.1, layers: 5, optimizer: 'sgd'}
  const enqueue = (params: object) => JSON.stringify({op: 'enqueue', params})
  const replies = talk(
    '{"op":"ask"}',
    enqueue(adam),
    enqueue(sgd),
    '{"op":"ask"}',
    '{"op":"ask","n":2}',
    '{"op":"tell","id":1,"loss":0.1}',
    '{"op":"best"}',
  )
  assert.deepEqual(replies[1], {ok: true})
  assert.deepEqual(replies[3], {trials: [{id: 1, params: adam}]})
  const [next, after] = (replies[4] as {trials: {id: number; params: object}[]}).trials
  assert.deepEqual(next, {id: 2, params: sgd})
  assert.equal(after.id, 3)
  assert.notDeepEqual(after.params, adam)
  assert.deepEqual(replies[6], {id: 1, params: adam, loss: 0.1})
})

test('what cannot be enqueued is refused with its places, and changes nothing', () => {
  assert.equal(
    errorOf('{"op":"enqueue","params":{"lr":1,"layers":2,"optimizer":"sgd"}}'),
    'params.lr: expected a number from 0.0001 to 0.3, got 1.',
  )
  assert.match(
    String(errorOf('{"op":"enqueue","params":{"lr":0.1}}')),
    /^params\.layers: .*got nothing\. Add it\. params\.optimizer: /,
  )
  assert.equal(errorOf('{"op":"enqueue"}'), 'Expected `params` with "enqueue", got nothing.')
  assert.match(
    String(errorOf('{"op":"enqueue","params":3}')),
    /^params: expected .* by name, got 3/,
  )
})

test('with two losses a trial, the best is the Pareto front', () => {
  const asked = '{"op":"ask","n":4}'
  const replies = talk(
    asked,
    '{"op":"tell","id":3,"status":"fail"}',
    '{"op":"tell","id":0,"losses":[0.3,12]}',
    '{"op":"tell","id":1,"losses":[0.2,20]}',
    '{"op":"tell","id":2,"losses":[0.3,13]}',
    '{"op":"best"}',
    '{"op":"ask"}',
  )
  const {front} = replies[5] as {front: {id: number; params: object; losses: number[]}[]}
  assert.deepEqual(
    front.map(({id, losses}) => [id, losses]),
    [
      [1, [0.2, 20]],
      [0, [0.3, 12]],
    ],
  )
  assert.deepEqual(Object.keys(front[0].params), ['lr', 'layers', 'optimizer'])
  assert.ok('trials' in (replies[6] as object))
})

test('all trials have the same number of losses', () => {
  const [asked, two] = ['{"op":"ask","n":2}', '{"op":"tell","id":0,"losses":[1,2]}']
  assert.equal(
    errorOf(asked, two, '{"op":"tell","id":1,"loss":1}'),
    'Expected 2 losses as in the first tell, got 1. All trials have the same number.',
  )
  assert.equal(
    errorOf(asked, '{"op":"tell","id":0,"loss":1}', '{"op":"tell","id":1,"losses":[1,2]}'),
    'Expected one loss as in the first tell, got 2. All trials have the same number.',
  )
  // One loss in a list is one loss.
  assert.match(
    JSON.stringify(talk(asked, '{"op":"tell","id":0,"losses":[1]}', '{"op":"best"}').at(-1)),
    /"loss":1}$/,
  )
})

test('losses that are no list of one or two numbers are refused', () => {
  for (const losses of ['[]', '[1,2,3]', '[1,null]', '["1"]', '7', '[1e999]', 'null']) {
    const error = errorOf('{"op":"ask"}', `{"op":"tell","id":0,"losses":${losses}}`)
    assert.match(String(error), /^Expected `losses` to list 1 to 2 finite numbers, got /)
  }
  assert.equal(
    errorOf('{"op":"ask"}', '{"op":"tell","id":0,"loss":1,"losses":[1]}'),
    'Expected `loss` or `losses`, got both. Leave one out.',
  )
})

test('an optimizer that pursues one objective refuses two losses, and names those that can', () => {
  const session = startSession({space: spaceOf(source), optimizer: 'random', seed: 1})
  const replies = talkIn(session, ['{"op":"ask"}', '{"op":"tell","id":0,"losses":[1,2]}'])
  assert.match(
    JSON.stringify(replies[1]),
    /Expected one loss, for random pursues one objective, got 2\. Start with --optimizer auto or tpe/,
  )
})

test('every optimizer asks and tells in any order', () => {
  for (const optimizer of optimizerNames) {
    let session = startSession({space: spaceOf(source), optimizer, seed: 5, budgetTrials: 40})
    for (let id = 0; id < 30; id += 3) {
      const told = [id + 2, id, id + 1].map((one) =>
        JSON.stringify(
          one % 7 === 3
            ? {op: 'tell', id: one, status: 'fail'}
            : {op: 'tell', id: one, loss: one % 5},
        ),
      )
      for (const line of ['{"op":"ask","n":3}', ...told]) {
        const turn = answer(session, line)
        assert.ok(!('error' in turn.reply), JSON.stringify(turn.reply))
        session = turn.session
      }
    }
    assert.deepEqual(
      session.history.map(({trial}) => trial),
      Array.from({length: 30}, (_, id) => id),
      optimizer,
    )
  }
})

test('the number of trials that is planned reaches the optimizer', () => {
  const lines = Array.from({length: 20}, (_, id) => [
    '{"op":"ask"}',
    `{"op":"tell","id":${id},"loss":${id % 3}}`,
  ])
  // DYCORS changes fewer parameters at a time as the end of the budget comes near.
  const names = Array.from({length: 4}, (_, i) => [`x${i}`, {uniform: [0, 1]}])
  const setup = {space: spaceOf(Object.fromEntries(names)), optimizer: 'dycors', seed: 1} as const
  const asked = (budgetTrials: number) =>
    talkIn(startSession({...setup, budgetTrials}), lines.flat())
  assert.notDeepEqual(asked(20), asked(10_000))
})

test('five thousand trials are asked for and told one by one', () => {
  let session = startSession({space: spaceOf({x: {uniform: [0, 1]}}), optimizer: 'random', seed: 1})
  for (let id = 0; id < 5000; id++) {
    session = answer(session, '{"op":"ask"}').session
    session = answer(session, `{"op":"tell","id":${id},"loss":${(id * 7919) % 5000}}`).session
  }
  assert.match(JSON.stringify(answer(session, '{"op":"best"}').reply), /^{"id":0,.*"loss":0}$/)
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
