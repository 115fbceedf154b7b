import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import type {Trial} from '../../src/daemon/studies/study.ts'
import {ticks} from '../../src/ui/parts/chart.ts'
import {formatDuration, formatNumber, paramPairs} from '../../src/ui/parts/format.ts'
import {exampleScore, exampleStudy, exampleTrials, fakeDaemon} from '../fixtures/fake-daemon.ts'
import {
  completeTrial,
  prunedTrial,
  runningStudy,
  spreadTrials,
  twoObjectives,
} from '../fixtures/studies.ts'
import {wordsOf} from './form-words.ts'
import {ask, postForm, serve} from './serve.ts'

test('the untouched form is a good study', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const words = wordsOf((await ask(server, '/studies/new')).text)
  const {status, headers} = await postForm(server, '/studies', words)
  assert.deepEqual([status, headers.location], [303, '/studies/s1'])
  const settings = daemon.study('s1')?.settings
  assert.deepEqual(settings?.spaceSource, {
    lr: {loguniform: [0.0001, 0.3]},
    momentum: {uniform: [0, 0.99]},
    epochs: {uniformint: [1, 10]},
    batch: {choice: [16, 32, 64, 128]},
  })
  assert.deepEqual(
    [settings?.name, settings?.budget, settings?.baseline],
    ['study-1', {trials: 30}, true],
  )
})

test('the space as text holds what the fields hold, and counts when it is chosen', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const words = wordsOf((await ask(server, '/studies/new')).text)
  words.set('space-as', 'text')
  words.set('lr.low', 'nonsense that does not count')
  await postForm(server, '/studies', words)
  const fromText = daemon.study('s1')?.settings.spaceSource
  words.set('space-as', 'fields')
  words.set('lr.low', '0.0001')
  await postForm(server, '/studies', words)
  assert.deepEqual(fromText, daemon.study('s2')?.settings.spaceSource)
})

test('a rejected form comes back as 422 with the words in it and the problems beside their fields', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const words = wordsOf((await ask(server, '/studies/new')).text)
  words.set('name', '  ')
  words.set('budget.trials', 'a "few"')
  words.delete('batch.option')
  const {status, text} = await postForm(server, '/studies', words)
  assert.equal(status, 422)
  assert.equal(daemon.studies().length, 0)
  assert.match(text, /name="budget.trials" value="a &quot;few&quot;"/)
  assert.match(
    text,
    /aria-describedby="budget.trials-problem budget.trials-hint" aria-invalid="true"/,
  )
  assert.match(text, /id="budget.trials-problem">expected .*got &quot;a \\&quot;few\\&quot;&quot;/)
  assert.match(text, /id="name-problem"/)
  assert.doesNotMatch(text, /name="batch.option" value="\d+" checked/)
})

test('a problem with one hyperparameter stands in its group, and opens what hides it', async (t) => {
  const server = await serve(t)
  const words = wordsOf((await ask(server, '/studies/new')).text)
  words.append('tune', 'dropout')
  words.set('dropout.low', '0.5')
  words.set('dropout.high', '0.1')
  const {status, text} = await postForm(server, '/studies', words)
  assert.equal(status, 422)
  assert.match(text, /<a href="#space.dropout">/)
  assert.match(text, /id="space.dropout-problem"/)
  assert.match(text, /<details open><summary>More hyperparameters/)
})

test('a space that is not YAML comes back as it was written', async (t) => {
  const server = await serve(t)
  const words = wordsOf((await ask(server, '/studies/new')).text)
  words.set('space-as', 'text')
  words.set('space', 'lr: [</textarea><b>')
  const {status, text} = await postForm(server, '/studies', words)
  assert.equal(status, 422)
  assert.match(text, /lr: \[&lt;\/textarea&gt;&lt;b&gt;<\/textarea>/)
  assert.match(text, /id="space-problem">expected JSON or YAML/)
})

test('a study named as a script is text on every page', async (t) => {
  const daemon = fakeDaemon(['<script>alert(2)</script>'])
  const name = '<script>alert(1)</script>'
  daemon.put(exampleStudy(exampleTrials(6), {name, reason: name, score: exampleScore()}))
  const server = await serve(t, {daemon})
  for (const path of [
    '/',
    '/studies/a',
    '/studies/nix%3Cscript%3Ealert(1)',
    '/events?page=%2F&poll=1',
  ]) {
    const {text} = await ask(server, path)
    assert.doesNotMatch(text, /<script>alert/, path)
    assert.match(text, /&lt;script&gt;alert/, path)
  }
})

test('a pruned trial is shown with its value and why it was stopped, and not as a problem', async (t) => {
  const daemon = fakeDaemon()
  const [first, _, ...rest] = exampleTrials(4)
  daemon.put(exampleStudy([first, prunedTrial(1, 0.2), ...rest]))
  const server = await serve(t, {daemon})
  const {text} = await ask(server, '/studies/a')
  assert.match(text, /<p class="hint">Epoch 1: val_accuracy 0\.2 is not/)
  assert.match(text, /<span class="badge pruned">pruned<\/span><small>at 20\.0 % 0\.1 s<\/small>/)
  assert.match(text, /3 of 40 trials, 1 pruned, about/)
  assert.match(text, /<span class="key tone-3">pruned<\/span>/)
})

test('energy and mean power of a study and its trials are shown where they were measured', async (t) => {
  const daemon = fakeDaemon()
  const measured = {...completeTrial(0, 0.5), durationMs: 60_000, joules: 360}
  const energy = {joules: 7_200, measuredMs: 1_000_000}
  daemon.put(exampleStudy([measured], {energy}))
  daemon.put(exampleStudy([completeTrial(0, 0.5)], {id: 'b'}))
  const server = await serve(t, {daemon})
  const {text} = await ask(server, '/studies/a')
  assert.match(text, /trained for 41 s · 2 Wh, 7\.2 W in the mean · queued/)
  assert.match(text, /<small>complete 1 min<\/small><small>0\.1 Wh, 6\.0 W<\/small>/)
  assert.doesNotMatch((await ask(server, '/studies/b')).text, / Wh/)
})

test('the form asks for a pruner', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const words = wordsOf((await ask(server, '/studies/new')).text)
  assert.equal(words.get('pruner'), 'none')
  words.set('pruner', 'median')
  await postForm(server, '/studies', words)
  assert.equal(daemon.study('s1')?.settings.pruner?.name, 'median')
})

test('the study’s page shows result, interval, classes and confusion', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(
    exampleStudy(exampleTrials(12).slice(0, 11), {state: 'complete', score: exampleScore()}),
  )
  const server = await serve(t, {daemon})
  const {text} = await ask(server, '/studies/a')
  assert.match(text, /<strong>88.7 %<\/strong>.*95 % interval 86.6–90.5 %/s)
  assert.match(text, /<th scope="row">2 homer <small class="quiet">100 pictures<\/small><\/th>/)
  assert.equal(text.match(/<td class="heat-\d">/g)?.length, 100)
  assert.match(text, /The loss became NaN in epoch 2/)
  assert.match(text, /<title>✓ [\d.]+ % · signals-at-night – Simmer<\/title>/)
})

test('the study’s page shows what matters as soon as enough trials are complete', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const study = runningStudy()
  daemon.put({...study, trials: spreadTrials(9)})
  const early = await ask(server, '/studies/some-study-1')
  assert.match(early.text, /<section id="importance" hidden><\/section>/)
  daemon.put({...study, trials: spreadTrials(30)})
  const {text} = await ask(server, '/studies/some-study-1')
  assert.match(text, /learned from 30 complete trials/)
  assert.match(text, /<li class="main"><span>lr<\/span> <b>(9\d|100) %<\/b>/)
  assert.match(text, /<li class="rest"><span>interactions and chance<\/span>/)
  const trials = spreadTrials(30).map((trial) =>
    trial.state === 'complete' ? {...trial, values: [trial.values[0], trial.id % 7]} : trial,
  )
  daemon.put({...runningStudy({objectives: twoObjectives}), trials})
  const both = await ask(server, '/studies/some-study-1')
  assert.match(both.text, /<h3>Validation accuracy<\/h3>[\s\S]*<h3>Duration<\/h3>/)
})

test('thousands of trials come in pages, the best can come first', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(2000)))
  const server = await serve(t, {daemon})
  const rows = (text: string) =>
    [...text.matchAll(/<tr id="trial-(\d+)"/g)].map(([, id]) => Number(id))
  const newest = rows((await ask(server, '/studies/a')).text)
  assert.deepEqual([newest.length, newest[0]], [25, 1999])
  assert.equal(rows((await ask(server, '/studies/a?page=80')).text).at(-1), 0)
  const best = await ask(server, '/studies/a?sort=best')
  assert.match(best.text, new RegExp(`<tr id="trial-${rows(best.text)[0]}" class="best"`))
})

const twofold = (...values: readonly (readonly number[])[]): readonly Trial[] =>
  values.map(([accuracy, ms], id) => completeTrial(id, accuracy, ms))

test('a study with two objectives shows its front as steps and as a table, and both values of trials', async (t) => {
  const daemon = fakeDaemon()
  const {settings} = exampleStudy([])
  daemon.put({
    ...exampleStudy(twofold([0.8, 1500], [0.9, 2500], [0.7, 2000], [0.6, 400])),
    settings: {...settings, objectives: twoObjectives},
  })
  const server = await serve(t, {daemon})
  const {text} = await ask(server, '/studies/a')
  const front = text.slice(
    text.indexOf('<section id="front"'),
    text.indexOf('<section id="charts"'),
  )
  assert.match(front, /Validation accuracy against duration/)
  // Three members: the path goes along, then up, twice.
  assert.match(front, /<path class="line tone-1" d="M[\d. ]+H[\d.]+V[\d.]+H[\d.]+V[\d.]+"/)
  assert.deepEqual(
    [...front.matchAll(/<th scope="row" class="trial">(\d)<.*?<b>(.*?)<.*?<b>(.*?)</gs)].map(
      ([, ...cells]) => cells,
    ),
    [
      ['1', '90.0 %', '2.5 s'],
      ['0', '80.0 %', '1.5 s'],
      ['3', '60.0 %', '400 ms'],
    ],
  )
  assert.match(text, /<tr id="trial-1" class="best">/)
  assert.match(text, /<tr id="trial-3" class="front">/)
  assert.match(text, /<tr id="trial-2">.*?<b>70.0 %<\/b>.*?<b>2 s<\/b>/s)
  const alone = exampleStudy(exampleTrials(3), {id: 'b'})
  daemon.put(alone)
  assert.match((await ask(server, '/studies/b')).text, /<section id="front" hidden><\/section>/)
})

test('a study for its duration alone has no curve by epoch', async (t) => {
  const daemon = fakeDaemon()
  const {settings} = exampleStudy([])
  daemon.put({
    ...exampleStudy([completeTrial(0, 400)]),
    settings: {...settings, objectives: [twoObjectives[1]]},
  })
  const {text} = await ask(await serve(t, {daemon}), '/studies/a')
  assert.match(text, /Duration of trials/)
  assert.doesNotMatch(text, /by epoch/)
})

test('the form offers a second objective, and energy where it is measured', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const words = wordsOf((await ask(server, '/studies/new')).text)
  words.set('objective.1.metric', 'minimize joules')
  await postForm(server, '/studies', words)
  assert.deepEqual(daemon.study('s1')?.settings.objectives, [
    {metric: 'val_accuracy', goal: 'maximize'},
    {metric: 'joules', goal: 'minimize'},
  ])
  words.set('objective.1.metric', 'minimize val_accuracy')
  const refused = await postForm(server, '/studies', words)
  assert.match(refused.text, /id="objective.1.metric-problem">expected another metric/)

  const blind = {...daemon, machine: {...daemon.machine, measuresPower: false}}
  const page = await ask(await serve(t, {daemon: blind}), '/studies/new')
  assert.match(page.text, /value="minimize duration_ms"/)
  assert.doesNotMatch(page.text, /joules/)
})

test('a button’s form changes the study and goes back to its page', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(2)))
  const server = await serve(t, {daemon})
  const {status, headers} = await postForm(server, '/studies/a/pause', {})
  assert.deepEqual([status, headers.location], [303, '/studies/a'])
  assert.equal(daemon.study('a')?.state, 'paused')
  const again = await postForm(server, '/studies/a/pause', {})
  assert.equal(again.status, 409)
  assert.match(again.text, /Expected a queued or running study/)
  assert.equal((await ask(server, '/studies/a/cancel')).status, 404)
})

test('the device’s page says in words what is to be known of the box', async (t) => {
  const daemon = fakeDaemon(
    [],
    [
      {about: 'processor', isGood: true, text: 'WebAssembly trains; `simmer x` brings <more>.'},
      {about: 'last stop', isGood: false, text: 'The box lost power.', fix: 'Use 5 V 4 A.'},
    ],
  )
  const {text} = await ask(await serve(t, {daemon}), '/device')
  assert.match(
    text,
    /<div><dt>Processor<\/dt><dd>WebAssembly trains; <code>simmer x<\/code> brings &lt;more&gt;\.</,
  )
  assert.match(
    text,
    /<div class="notice"><dt>Last stop<\/dt><dd>The box lost power\. <strong>Use 5 V 4 A\.<\/strong>/,
  )
})

test('a device that measures nothing shows nothing made up', async (t) => {
  const server = await serve(t)
  for (const path of ['/', '/device']) {
    const {text} = await ask(server, path)
    assert.doesNotMatch(text, /NaN|undefined|Infinity| °C</)
  }
})

test('ticks are round, inside the range and not too many', () => {
  fc.assert(
    fc.property(
      fc.double({min: -1e6, max: 1e6, noNaN: true}),
      fc.double({min: 1e-6, max: 1e6, noNaN: true}),
      (low, span) => {
        const high = low + span
        const values = ticks(low, high, 4, 0)
        assert.ok(values.length <= 5)
        // Ticks are written with twelve digits.
        const tolerance = span * 1e-3 + Math.max(Math.abs(low), Math.abs(high)) * 1e-11
        for (const value of values) {
          assert.ok(value >= low - tolerance && value <= high + tolerance)
        }
      },
    ),
  )
  assert.deepEqual(ticks(0, 10, 4, 0), [0, 5, 10])
  assert.deepEqual(ticks(1, 3, 5, 1), [1, 2, 3])
})

test('numbers and durations are short enough to read', () => {
  assert.deepEqual([0.0012346, 64, 1.23456e-7].map(formatNumber), ['0.001235', '64', '1.235e-7'])
  assert.deepEqual([4200, 59_600, 200_000, 7_500_000].map(formatDuration), [
    '4.2 s',
    '1 min',
    '3 min 20 s',
    '2 h 5 min',
  ])
  assert.deepEqual(paramPairs({optimizer: {name: 'adam', beta1: 0.9}, flip: true}), [
    ['optimizer', 'adam'],
    ['beta1', '0.9'],
    ['flip', 'true'],
  ])
})
