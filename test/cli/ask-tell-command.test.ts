/** The protocol over the pipes of the real command, as a program in another language would use it. */
import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {temporaryFolder} from '../fixtures/folders.ts'
import {simmer, startSimmer} from '../fixtures/simmer.ts'

const commandFor = (t: TestContext): readonly string[] => {
  const file = join(temporaryFolder(t), 'space.json')
  writeFileSync(file, '{"lr":{"loguniform":[0.0001,0.3]},"batch":{"choice":[16,32]}}')
  return ['ask-tell', '--space', file, '--seed', '1']
}

const repliesIn = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('a conversation is answered line by line, as it goes on', async (t) => {
  const running = startSimmer([...commandFor(t), '--trials', '8'], {moreInput: true})
  const say = async (request: object, answer: string) => {
    running.child.stdin?.write(`${JSON.stringify(request)}\n`)
    await running.says(answer)
  }
  await say({op: 'enqueue', params: {lr: 0.01, batch: 32}}, '{"ok":true}')
  await say({op: 'ask'}, '{"trials":[{"id":0,"params":{"lr":0.01,"batch":32}}]}')
  await say({op: 'tell', id: 0, losses: [0.3, 12]}, '{"ok":true}')
  running.child.stdin?.end(
    '{"op":"ask","n":2}\r\n{"op":"tell","id":2,"losses":[0.2,15]}\n{"op":"best"}',
  )
  const {code, stdout, stderr} = await running.ended
  assert.equal(code, 0, stderr)
  const {front} = repliesIn(stdout).at(-1)
  assert.deepEqual(
    front.map(({id, losses}: {id: number; losses: readonly number[]}) => [id, losses]),
    [
      [2, [0.2, 15]],
      [0, [0.3, 12]],
    ],
  )
})

test('lines that are no requests, one of 10 MB among them, get an error each, and the stream goes on', async (t) => {
  const lines = [
    '{"op":"ask"}',
    '',
    '{"op":"tell","id":0,"loss":NaN}',
    `{"op":"tell","id":0,"loss":0.3,"note":"${'x'.repeat(10_000_000)}"}`,
    '\u0000\u0001',
    '{"op":"tell","id":0,"loss":0.3}',
    '{"op":"best"}',
  ]
  const ended = await simmer(commandFor(t), {input: `${lines.join('\n')}\n`})
  assert.equal(ended.code, 0, ended.stderr)
  const replies = repliesIn(ended.stdout)
  assert.deepEqual(
    replies.map((reply) => Object.keys(reply)[0]),
    ['trials', 'error', 'error', 'error', 'error', 'ok', 'id'],
  )
  assert.match(replies[3].error, /^Expected a line of at most 1000000 bytes/)
})

test('it ends when it is asked to, though more input could come', async (t) => {
  const running = startSimmer(commandFor(t), {input: '{"op":"ask"}\n', moreInput: true})
  await running.says('"id":0')
  running.child.kill('SIGTERM')
  assert.equal((await running.ended).code, 0)
})

test('options that make no sense are one line, and the code for bad input', async (t) => {
  const command = commandFor(t)
  for (const [option, value] of [
    ['--trials', '0'],
    ['--trials', 'many'],
    ['--optimizer', 'magic'],
  ]) {
    const ended = await simmer([...command, option, value])
    assert.equal(ended.code, 2)
    assert.match(ended.stderr, new RegExp(`^error: option '${option} .*Expected .*\\n$`))
  }
})
