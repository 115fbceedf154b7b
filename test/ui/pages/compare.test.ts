import assert from 'node:assert/strict'
import {test} from 'node:test'
import {bestByTime, bestByTrial, type Compared} from '../../../src/ui/parts/compared.ts'
import {exampleStudy, exampleTrials, fakeDaemon} from '../../fixtures/fake-daemon.ts'
import {twoObjectives} from '../../fixtures/studies.ts'
import {ask, serve} from '../serve.ts'

const compared = (ends: Compared['ends']): Compared => ({
  label: 'a',
  state: 'complete',
  objective: {metric: 'val_accuracy', goal: 'maximize'},
  endedTrials: ends.length,
  activeMs: 0,
  optimizer: 'auto',
  machine: 'box',
  ends,
})

test('the best so far goes by trials to the last one, failed ones too', () => {
  const ends = [
    {trial: 0, startedAtMs: 0, durationMs: 10},
    {trial: 1, startedAtMs: 10, durationMs: 10, value: 0.5},
    {trial: 2, startedAtMs: 20, durationMs: 10, value: 0.4},
    {trial: 3, startedAtMs: 30, durationMs: 10, value: 0.7},
    {trial: 4, startedAtMs: 40, durationMs: 10},
  ]
  assert.deepEqual(bestByTrial(compared(ends)), [
    [2, 0.5],
    [3, 0.5],
    [4, 0.7],
    [5, 0.7],
  ])
})

test('by time, a pause does not count and trials side by side count once', () => {
  const ends = [
    {trial: 0, startedAtMs: 1000, durationMs: 100, value: 0.3},
    {trial: 1, startedAtMs: 1020, durationMs: 40, value: 0.5},
    // After a night.
    {trial: 2, startedAtMs: 90_000, durationMs: 100, value: 0.9},
  ]
  assert.deepEqual(bestByTime(compared(ends)), [
    [60, 0.5],
    [100, 0.5],
    [200, 0.9],
  ])
})

test('chosen studies stand side by side: curves, and a line each', async (t) => {
  const daemon = fakeDaemon()
  const trials = exampleTrials(12)
  daemon.put(exampleStudy(trials, {id: 'a', name: 'one'}))
  daemon.put(
    exampleStudy(trials.slice(0, 5), {
      id: 'b',
      name: 'one',
      state: 'complete',
      energy: {joules: 7_200, measuredMs: 1_000_000},
    }),
  )
  const {text} = await ask(await serve(t, {daemon}), '/compare?study=a&study=b')
  assert.match(text, /Best validation accuracy by trials/)
  assert.match(text, /Best validation accuracy by training time/)
  assert.match(
    text,
    /<span class="key tone-1">one \(1\)<\/span> <span class="key tone-2">one \(2\)/,
  )
  assert.match(text, /2 Wh, 7\.2 W/)
  assert.match(text, /not measured/)
  assert.match(text, /<td>tensorflow-gpu<\/td>\s*<td>NVIDIA Jetson Nano<\/td>/)
  assert.match(text, /value="a" checked>/)
})

test('studies with other objectives get charts of their own, and a word on it', async (t) => {
  const daemon = fakeDaemon()
  const other = exampleStudy(exampleTrials(5), {id: 'b'})
  daemon.put(exampleStudy(exampleTrials(5), {id: 'a'}))
  daemon.put({...other, settings: {...other.settings, objectives: [twoObjectives[1]]}})
  const {text} = await ask(await serve(t, {daemon}), '/compare?study=a&study=b')
  assert.match(text, /different objectives/)
  assert.match(text, /Best duration by trials/)
})

test('nothing chosen, unknown ones and too many are answered in words', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  assert.match((await ask(server, '/compare')).text, /there is nothing to compare/)
  for (let i = 0; i < 8; i++) {
    daemon.put(exampleStudy(exampleTrials(3), {id: `s${i}`, name: `s${i}`, order: i}))
  }
  assert.match((await ask(server, '/compare')).text, /<h2>Choose studies<\/h2>/)
  const unknown = await ask(server, '/compare?study=s1&study=%3Cb%3E')
  assert.equal(unknown.status, 200)
  assert.match(unknown.text, /One study of this address is not on this box/)
  const query = Array.from({length: 8}, (_, i) => `study=s${i}`).join('&')
  const many = await ask(server, `/compare?${query}`)
  assert.match(many.text, /6 at once is the most\. The first 6 of 8 are shown/)
  assert.equal(many.text.match(/<tr>\s*<th scope="row">/g)?.length, 6)
})
