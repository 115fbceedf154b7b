import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Study} from '../../src/daemon/studies/study.ts'
import {exampleStudy, exampleTrials, type FakeDaemon, fakeDaemon} from '../fixtures/fake-daemon.ts'
import {wordsOf} from './form-words.ts'
import {ask, postForm, serve} from './serve.ts'

const htmx = {'HX-Request': 'true'}

const added = async (daemon: FakeDaemon, file: object): Promise<Study> => {
  const study = await daemon.submit(file)
  if (!study.ok) throw new Error(study.problems.join(' '))
  return study.value
}

test('each preset is a good study as it stands, and says what it will take', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const {text} = await ask(server, '/studies/new')
  const names = [...text.matchAll(/href="\/studies\/new\?preset=(\w+)"/g)].map(([, name]) => name)
  assert.deepEqual(names, ['quick', 'overnight', 'everything'])
  for (const name of names) {
    const page = await ask(server, `/studies/new?preset=${name}`)
    assert.match(page.text, /About what it will take/)
    const {status} = await postForm(server, '/studies', wordsOf(page.text))
    assert.equal(status, 303, name)
  }
  const [quick, overnight, everything] = daemon.studies().map(({settings}) => settings)
  assert.deepEqual([quick?.budget, quick?.baseline], [{trials: 12}, false])
  assert.deepEqual([overnight?.budget, overnight?.pruner?.name], [{hours: 8}, 'asha'])
  assert.equal(everything?.space.parameters.length, 12)
})

test('an unknown preset is the untouched form', async (t) => {
  const server = await serve(t)
  const {status, text} = await ask(server, '/studies/new?preset=%22%3E%3Cscript%3E')
  assert.equal(status, 200)
  assert.equal(wordsOf(text).get('budget.trials'), '30')
})

test('a field that is left is checked by itself: only what came or went is sent, and nothing typed is touched', async (t) => {
  const server = await serve(t)
  const words = wordsOf((await ask(server, '/studies/new')).text)
  words.set('budget.trials', 'many')
  words.set('lr.low', '1')
  const wrong = await postForm(server, '/studies/check', words, htmx)
  assert.equal(wrong.status, 200)
  const targets = (text: string) =>
    [...text.matchAll(/hx-target="\[id='(.*?)'\]"/g)].map(([, id]) => id)
  assert.deepEqual(targets(wrong.text), ['field-budget.trials', 'estimate'])
  assert.match(wrong.text, /value="many".* aria-invalid="true"/)
  assert.match(wrong.text, /Once the fields above are right/)
  // What is wrong now says so in the next request, so that it can go away again.
  words.append('wrong', 'budget.trials')
  words.set('budget.trials', '5')
  const next = await postForm(server, '/studies/check', words, htmx)
  assert.deepEqual(targets(next.text), ['space.lr-problem', 'field-budget.trials', 'estimate'])
  assert.match(next.text, /to have lo &lt; hi/)
  assert.doesNotMatch(next.text, /aria-invalid/)
})

test('names of fields that do not exist are left out of the answer', async (t) => {
  const server = await serve(t)
  const words = wordsOf((await ask(server, '/studies/new')).text)
  words.append('wrong', "x']<script>")
  const {text} = await postForm(server, '/studies/check', words, htmx)
  assert.doesNotMatch(text, /script/)
})

test('without JavaScript a button checks the form and queues nothing', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const words = wordsOf((await ask(server, '/studies/new')).text)
  const good = await postForm(server, '/studies/check', words)
  assert.deepEqual([good.status, daemon.studies().length], [200, 0])
  assert.match(good.text, /All is well: it can be queued/)
  words.set('name', '')
  const bad = await postForm(server, '/studies/check', words)
  assert.match(bad.text, /It cannot be queued yet\.[\s\S]*<a href="#name">/)
  assert.equal(wordsOf(bad.text).get('budget.trials'), '30')
})

test('the estimate rests on this box’s own trials, and says so when there are none', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const before = await ask(server, '/studies/new')
  assert.match(before.text, /No history yet, so time and energy are unknown/)
  assert.match(before.text, /<dt>Time<\/dt><dd>unknown<\/dd>/)
  daemon.put(exampleStudy(exampleTrials(20)))
  const after = await ask(server, '/studies/new')
  assert.match(after.text, /Judged by the last 17 trials of this kind on this box/)
  assert.match(after.text, /<dt>Time<\/dt><dd>[\d.]+ (s|min|h)/)
  assert.match(after.text, /<dt>Energy<\/dt><dd>unknown<\/dd>.*<dt>Disk<\/dt><dd>\d+ KiB/s)
  assert.match(after.text, /Their energy was not measured/)
})

test('a duplicated study is the same study under a new name', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const files = [
    {
      name: 'fields',
      dataset: 'rail-signals',
      space: {lr: {loguniform: [0.001, 0.2]}, batch: {choice: [32, 64]}},
      optimizer: 'tpe',
      pruner: 'median',
      budget: {trials: 7, hours: 2},
      seed: 42,
      parallel: 3,
      limits: {temperature_c: 61},
    },
    {
      name: 'text',
      dataset: 'rail-signals',
      space: {lr: {lognormal: [-4, 1]}, epochs: 3},
      budget: {trials: 7},
      baseline: true,
    },
    {
      name: 'program',
      command: 'node train.js --x {x}',
      space: {x: {uniform: [0, 1]}},
      first: [{x: 0.5}],
      objective: {metric: 'loss', goal: 'minimize'},
      budget: {hours: 1},
    },
  ]
  for (const file of files) {
    const original = await added(daemon, file)
    const page = await ask(server, `/studies/new?from=${original.id}`)
    const words = wordsOf(page.text)
    const {status, headers} = await postForm(server, '/studies', unescaped(words))
    assert.equal(status, 303, file.name)
    const copy = daemon.study(String(headers.location).split('/').at(-1) ?? '')
    assert.deepEqual(copy?.settings, {...original.settings, name: `${file.name}-2`})
  }
  assert.equal((await ask(server, '/studies/new?from=none')).status, 404)
})

/** A browser reads the entities of a text field. */
const unescaped = (words: URLSearchParams): URLSearchParams =>
  new URLSearchParams(
    [...words].map(([name, value]): [string, string] => [
      name,
      value
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&#96;', '`')
        .replaceAll('&amp;', '&'),
    ]),
  )

test('a study file can be written by hand, and comes back with its problems', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const page = await ask(server, '/studies/new?as=file')
  assert.match(page.text, /command: python3 train\.py/)
  const good = await postForm(server, '/studies', unescaped(wordsOf(page.text)))
  assert.equal(good.status, 303)
  const bad = await postForm(server, '/studies', {file: 'name: x\nbudget: {trials: 0}\n'})
  assert.equal(bad.status, 422)
  assert.match(bad.text, /budget\.trials: /)
  assert.match(bad.text, /name: x\nbudget: \{trials: 0\}/)
  const broken = await postForm(server, '/studies', {file: '{'})
  assert.match(broken.text, /Expected the study file to be JSON or YAML/)
})
