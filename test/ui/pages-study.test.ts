import assert from 'node:assert/strict'
import {test} from 'node:test'
import {gzipSync} from 'node:zlib'
import {systemClock} from '../../src/daemon/base/clock.ts'
import {seededRandom} from '../../src/daemon/base/random.ts'
import {rowOf} from '../../src/daemon/history/row.ts'
import {parseSpace} from '../../src/daemon/space/parse.ts'
import {paramsOf, samplePoint} from '../../src/daemon/space/sample.ts'
import type {Study, Trial} from '../../src/daemon/studies/study.ts'
import {changesBetween} from '../../src/ui/live/regions.ts'
import {liveStudy} from '../../src/ui/pages/study.ts'
import {
  exampleReading,
  exampleScore,
  exampleStudy,
  exampleTrials,
  fakeDaemon,
} from '../fixtures/fake-daemon.ts'
import {completeTrial, runningStudy, spreadTrials, twoObjectives} from '../fixtures/studies.ts'
import {ask, postForm, serve} from './serve.ts'

const rowIds = (text: string) =>
  [...text.matchAll(/<tr id="trial-(\d+)"/g)].map(([, id]) => Number(id))

/** `count` complete trials over four parameters, one of them conditional. */
const richStudy = (count: number): Study => {
  const parsed = parseSpace({
    lr: {loguniform: [0.0001, 0.3]},
    momentum: {uniform: [0, 0.99]},
    batch: {choice: [16, 32, 64]},
    optimizer: {choice: ['sgd', {name: 'adam', beta1: {uniform: [0.8, 0.99]}}]},
  })
  if (!parsed.ok) throw new Error(parsed.problems.join(' '))
  const space = parsed.value
  const rng = seededRandom(1, 'rich')
  const trials = Array.from({length: count}, (_, id): Trial => {
    const point = samplePoint(space, rng)
    const value = 0.9 - 0.05 * (Math.log10(point.lr) + 2) ** 2
    return {
      ...(completeTrial(id, value) as Extract<Trial, {state: 'complete'}>),
      point,
      params: paramsOf(space, point),
    }
  })
  return {...runningStudy({space, budget: {trials: count}}), trials}
}

test('trials are sorted by value, duration or parameter, either way, by links', async (t) => {
  const daemon = fakeDaemon()
  const study = richStudy(12)
  daemon.put(study)
  const server = await serve(t, {daemon})
  const page = async (query: string) => (await ask(server, `/studies/some-study-1${query}`)).text
  const byRate = study.trials.toSorted((a, b) => a.point.lr - b.point.lr).map(({id}) => id)
  assert.deepEqual(rowIds(await page('?sort=param.lr')), byRate)
  assert.deepEqual(rowIds(await page('?sort=param.lr&order=down')), byRate.toReversed())
  assert.match(
    await page('?sort=param.lr'),
    /href="\?sort=param\.lr&amp;order=down#trials" aria-current="true">lr ↑</,
  )
  assert.deepEqual(rowIds(await page('?sort=nonsense')), rowIds(await page('')))
  assert.deepEqual(
    rowIds(await page('?sort=number&order=up')),
    study.trials.map(({id}) => id),
  )
  // A conditional parameter sorts those first that have it.
  const conditional = rowIds(await page('?sort=param.optimizer.1.beta1'))
  const having = study.trials.filter(({point}) => 'optimizer.1.beta1' in point).length
  assert.ok(having > 0 && having < 12)
  for (const [place, id] of conditional.entries()) {
    assert.equal('optimizer.1.beta1' in (study.trials[id]?.point ?? {}), place < having)
  }
})

test('trials are filtered by state, range and option, and a bound that is no number is told', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(30)))
  const server = await serve(t, {daemon})
  const page = async (query: string) => (await ask(server, `/studies/a${query}`)).text
  const failed = await page('?state=failed')
  assert.deepEqual(rowIds(failed), [22, 13, 4])
  assert.match(failed, /href="\?state=failed#trials" aria-current="true">failed 3</)
  const batch = await page('?is.batch=32&state=complete')
  assert.ok(rowIds(batch).every((id) => id % 3 === 1))
  assert.match(batch, /<option value="32" selected>32<\/option>/)
  assert.match(batch, /7 of 30 trials\. <a href="\?state=complete#trials">Show all/)
  const good = rowIds(await page('?min.%3D0=80%25'))
  assert.ok(good.length > 0 && good.length < 30)
  assert.deepEqual(good, rowIds(await page('?min.%3D0=0.8')))
  const wrong = await page('?min.lr=low%22%3E')
  assert.match(wrong, /id="min\.lr-problem">expected a number, got &quot;low/)
  assert.equal(rowIds(wrong).length, 25)
  assert.match(await page('?max.lr=1e-9'), /No trial is like that/)
})

test('a trial’s number draws its learning curve, and takes it away again', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(9)))
  const server = await serve(t, {daemon})
  const drawn = (await ask(server, '/studies/a?curves=2,1')).text
  assert.match(drawn, /<span class="key tone-2">trial 2<\/span>/)
  assert.match(drawn, /href="\?curves=1#curves" title="Leave out its learning curve"/)
  assert.match(drawn, /href="\?curves=2%2C1%2C6#curves" title="Draw its learning curve"/)
  const bad = await ask(server, '/studies/a?curves=99,x,-1,1e400')
  assert.equal(bad.status, 200)
})

test('a study of a thousand trials comes in 15 KB, however many parameters it has', async (t) => {
  const daemon = fakeDaemon()
  daemon.put({...richStudy(1000), score: exampleScore(), state: 'complete'})
  const server = await serve(t, {daemon})
  for (const path of ['', '/parameters']) {
    const {text} = await ask(server, `/studies/some-study-1${path}`)
    const bytes = gzipSync(text).length
    assert.ok(bytes < 15 * 1024, `${path} takes ${bytes} bytes`)
  }
})

test('ten thousand trials are drawn by their extremes, and say so', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(richStudy(10_000))
  const {text} = await ask(await serve(t, {daemon}), '/studies/some-study-1')
  assert.match(text, /each trial: the extremes of every 25/)
  assert.ok(gzipSync(text).length < 15 * 1024)
})

test('all parameters are drawn at once, by themselves and in pairs', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(richStudy(60))
  const server = await serve(t, {daemon})
  const {text} = await ask(server, '/studies/some-study-1/parameters')
  // Each figure says in words what it shows.
  assert.match(text, /The best tenth has lr 0\.00\d+ to 0\.0\d+; momentum/)
  assert.equal(text.match(/<figure class="chart slice">/g)?.length, 5)
  assert.match(text, /<caption>lr across, .* down<\/caption>/)
  const pair = await ask(server, '/studies/some-study-1/parameters?across=batch&down=optimizer')
  assert.match(pair.text, /<caption>batch across, optimizer down<\/caption>/)
  assert.match(
    pair.text,
    /<th scope="row">adam<\/th><td class="heat-\d">[\d.]+ %<small>\d+<\/small>/,
  )
  assert.match(pair.text, /<option value="batch" selected>/)
  const same = await ask(server, '/studies/some-study-1/parameters?across=lr&down=lr')
  assert.doesNotMatch(same.text, /<caption>lr across, lr down/)
  const wild = await ask(
    server,
    '/studies/some-study-1/parameters?across=constructor&down=__proto__',
  )
  assert.equal(wild.status, 200)
})

test('the pictures of settings wait for three complete trials', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(richStudy(2))
  const server = await serve(t, {daemon})
  const {text} = await ask(server, '/studies/some-study-1/parameters')
  assert.match(
    text,
    /Pictures of the settings come with the third complete trial; so far there are 2\./,
  )
  assert.match(
    (await ask(server, '/events?page=%2Fstudies%2Fsome-study-1%2Fparameters&poll=1')).text,
    /id="pictures"/,
  )
})

test('a mean of a cell is the mean of its trials', async (t) => {
  const daemon = fakeDaemon()
  const study = richStudy(40)
  daemon.put(study)
  const server = await serve(t, {daemon})
  const {text} = await ask(server, '/studies/some-study-1/parameters?across=batch&down=optimizer')
  const values = study.trials.flatMap((trial) =>
    trial.state === 'complete' && trial.point.batch === 0 && trial.point.optimizer === 0
      ? [trial.values[0] ?? 0]
      : [],
  )
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length
  assert.match(
    text,
    new RegExp(`sgd</th><td class="heat-\\d">${(100 * mean).toFixed(1)} %<small>${values.length}<`),
  )
})

test('two objectives each have their own pictures', async (t) => {
  const daemon = fakeDaemon()
  const trials = spreadTrials(30).map((trial) =>
    trial.state === 'complete' ? {...trial, values: [trial.values[0], 400 + trial.id]} : trial,
  )
  daemon.put({...runningStudy({objectives: twoObjectives}), trials})
  const server = await serve(t, {daemon})
  const second = await ask(server, '/studies/some-study-1/parameters?objective=1')
  assert.match(second.text, /aria-current="true">Duration</)
  assert.match(second.text, /Duration is at the bottom/)
})

test('the timeline shows heat, pace and the throttle’s sentences of the study’s own time', async (t) => {
  const daemon = fakeDaemon()
  const trials = exampleTrials(5)
  daemon.put(exampleStudy(trials))
  const startMs = exampleReading(0).atMs
  const order = {
    atMs: startMs + 5_000,
    pace: {microBatch: 8, duty: 0.5},
    reason: 'CPU at 76 °C & rising.',
  }
  const history = async function* () {
    for (let second = 0; second < 200; second++) {
      const isOurs = second < 60 || second >= 140
      yield rowOf({
        reading: exampleReading(second),
        pace: {microBatch: second < 30 ? 64 : 8, duty: second < 30 ? 1 : 0.5},
        work: {trials: [isOurs ? 'a/1' : 'ab/1'], task: 'x', samplesPerSecond: 100},
        ...(second === 5 ? {order} : {}),
        ...(second === 100 ? {order: {...order, reason: 'Not of this study.'}} : {}),
      })
    }
  }
  const clock = {...systemClock, nowMs: () => startMs + 200_000}
  const server = await serve(t, {daemon: {...daemon, history}, clock})
  const {text} = await ask(server, '/studies/a/timeline')
  assert.match(text, /held this study back for 75 % of its time, with one order/)
  assert.match(text, /CPU at 76 °C &amp; rising\.<small>micro-batch 8, working 50 % of the time/)
  assert.doesNotMatch(text, /Not of this study/)
  for (const title of ['Trials', 'Temperature', 'Time at work', 'Micro-batch', 'Speed', 'Power']) {
    assert.match(text, new RegExp(`<figcaption><b>${title}</b>`))
  }
  assert.match(text, /aria-label="5 trials along 2 min of training"/)
  assert.match(text, /hx-trigger="every 60s"/)
  assert.match(text, /log\.csv\?from=\d+&amp;to=\d+/)
})

test('a timeline is read once for all who look at it within half a minute', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(5)))
  let readings = 0
  const history = async function* () {
    readings += 1
    yield rowOf({reading: exampleReading(1), pace: {microBatch: 64, duty: 1}})
  }
  let nowMs = exampleReading(200).atMs
  const clock = {...systemClock, nowMs: () => nowMs}
  const server = await serve(t, {daemon: {...daemon, history}, clock})
  const look = () => ask(server, '/studies/a/timeline')
  readings = 0
  await Promise.all([look(), look()])
  await look()
  assert.equal(readings, 1)
  nowMs += 31_000
  await look()
  assert.equal(readings, 2)
})

test('a timeline without a log, or before the first trial, says so', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(5), {state: 'complete'}))
  daemon.put(exampleStudy([], {id: 'b', state: 'queued'}))
  const server = await serve(t, {daemon})
  const old = await ask(server, '/studies/a/timeline')
  assert.match(old.text, /The device’s log says nothing of this study’s time/)
  assert.doesNotMatch(old.text, /hx-trigger/)
  const early = await ask(server, '/studies/b/timeline')
  assert.match(early.text, /No trial has run yet/)
  assert.equal((await ask(server, '/studies/none/timeline')).status, 404)
})

test('limits are changed from the page; a refused form keeps what was typed', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(12)))
  const server = await serve(t, {daemon})
  const words = {'budget.trials': '60', 'budget.hours': '', 'limits.temperature_c': '70'}
  const {status, headers} = await postForm(server, '/studies/a/limits', words)
  assert.deepEqual([status, headers.location], [303, '/studies/a'])
  assert.deepEqual(daemon.study('a')?.settings.budget, {trials: 60})
  const {text} = await ask(server, '/studies/a')
  assert.match(
    text,
    /From trial 12 on: 60 trials, at most 70 °C\. Before: 40 trials, the box’s own/,
  )
  const low = await postForm(server, '/studies/a/limits', {...words, 'budget.trials': '5'})
  assert.equal(low.status, 422)
  assert.match(low.text, /name="budget\.trials" value="5"/)
  assert.match(low.text, /id="budget\.trials-problem">expected 12 or more, for so many have begun/)
  const none = await postForm(server, '/studies/a/limits', {...words, 'budget.trials': ''})
  assert.match(none.text, /id="-problem">budget: expected &#96;trials&#96;/)
  const vague = await postForm(server, '/studies/a/limits', {...words, 'budget.hours': 'soon'})
  assert.match(vague.text, /id="budget\.hours-problem">expected number, got &quot;soon&quot;/)
  daemon.put(exampleStudy(exampleTrials(3), {id: 'b', state: 'complete'}))
  assert.equal((await postForm(server, '/studies/b/limits', words)).status, 422)
  assert.match((await ask(server, '/studies/b')).text, /<div id="limits" hidden>/)
})

test('without JavaScript, limits and notes are typed on a page that does not load itself anew', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(12)))
  const server = await serve(t, {daemon})
  const page = await ask(server, '/studies/a')
  assert.match(page.text, /<noscript><p><a href="\/studies\/a\/edit">/)
  const edit = await ask(server, '/studies/a/edit')
  assert.match(edit.text, /action="\/studies\/a\/limits"[\s\S]*action="\/studies\/a\/notes"/)
  assert.doesNotMatch(edit.text, /http-equiv="refresh"/)
  const refused = await postForm(server, '/studies/a/limits', {'budget.trials': '1'})
  assert.doesNotMatch(refused.text, /http-equiv="refresh"/)
})

test('notes are kept and shown as text', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(2), {state: 'complete'}))
  const server = await serve(t, {daemon})
  const notes = '<img src=x onerror=alert(1)>\n& more'
  assert.equal((await postForm(server, '/studies/a/notes', {notes})).status, 303)
  const {text} = await ask(server, '/studies/a')
  assert.match(text, /<p class="notes">&lt;img src=x onerror=alert\(1\)&gt;\n&amp; more<\/p>/)
  assert.doesNotMatch(text, /<img src=x/)
  const long = await postForm(server, '/studies/a/notes', {notes: 'x'.repeat(10_001)})
  assert.equal(long.status, 422)
  assert.match(long.text, /id="notes-problem">expected at most 10000 letters, got 10001/)
  await postForm(server, '/studies/a/notes', {notes: ' '})
  assert.equal(daemon.study('a')?.notes, undefined)
})

test('limits and notes change over the API, and what is refused says why', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(12)))
  daemon.put(exampleStudy(exampleTrials(3), {id: 'b', state: 'complete'}))
  const server = await serve(t, {daemon})
  const patch = async (id: string, body: unknown, type = 'application/json') => {
    const answer = await ask(server, `/api/v1/studies/${id}`, {
      method: 'PATCH',
      headers: {'Content-Type': type},
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return {status: answer.status, json: JSON.parse(answer.text)}
  }
  const done = await patch('a', {budget: {trials: 50, hours: 3}, notes: 'from a script'})
  assert.equal(done.status, 200)
  assert.deepEqual(done.json.settings.budget, {trials: 50, hours: 3})
  assert.equal(done.json.notes, 'from a script')
  assert.deepEqual(done.json.limit_changes[0].before, {budget: {trials: 40}})
  assert.equal(done.json.limit_changes[0].trial, 12)
  const low = await patch('a', {budget: {trials: 2}})
  assert.equal(low.status, 422)
  assert.match(low.json.detail, /^budget\.trials: expected 12 or more/)
  assert.equal((await patch('b', {budget: {trials: 90}})).status, 409)
  assert.equal((await patch('b', {notes: 'fine'})).status, 200)
  assert.equal((await patch('a', {name: 'x'})).status, 422)
  assert.equal((await patch('a', '[]')).status, 422)
  assert.equal((await patch('a', '{')).status, 400)
  assert.equal((await patch('a', 'notes=x', 'application/x-www-form-urlencoded')).status, 415)
  assert.equal((await patch('none', {notes: ''})).status, 404)
})

test('a form that is being filled in is not replaced by a trial’s progress', () => {
  const study = exampleStudy(exampleTrials(5))
  const query = new URLSearchParams()
  const before = liveStudy(study, query)
  const after = liveStudy({...study, activeMs: study.activeMs + 1, trials: exampleTrials(6)}, query)
  const changes = changesBetween(before, after)?.markup ?? ''
  assert.match(changes, /hx-target="#status"/)
  assert.doesNotMatch(changes, /hx-target="#(limits|study-notes|actions)"/)
})

test('no id stands twice on a study’s page, or morphing would lose its way', async (t) => {
  const daemon = fakeDaemon()
  daemon.put({...richStudy(40), score: exampleScore(), notes: 'x'})
  const server = await serve(t, {daemon})
  for (const path of [
    '/studies/some-study-1',
    '/studies/some-study-1/parameters',
    '/studies/new',
  ]) {
    const {text} = await ask(server, path)
    const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    assert.deepEqual(
      ids.filter((id, i) => ids.indexOf(id) !== i),
      [],
      path,
    )
  }
})
