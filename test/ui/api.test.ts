import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {systemClock} from '../../src/daemon/base/clock.ts'
import {pageOf} from '../../src/ui/api/paging.ts'
import {
  exampleReading,
  exampleScore,
  exampleStudy,
  exampleTrials,
  fakeDaemon,
} from '../fixtures/fake-daemon.ts'
import {runningStudy, spreadTrials} from '../fixtures/studies.ts'
import {ask, serve} from './serve.ts'

const studyFile = {
  name: 'from-json',
  dataset: 'rail-signals',
  space: {lr: {loguniform: [0.001, 0.1]}},
  budget: {trials: 3},
}

const post = (server: {port: number}, path: string, body = '', type = 'application/json') =>
  ask(server, path, {method: 'POST', headers: {'Content-Type': type}, body})

test('a study file as JSON is queued and answered with the study', async (t) => {
  const server = await serve(t)
  const {status, headers, text} = await post(server, '/api/v1/studies', JSON.stringify(studyFile))
  const study = JSON.parse(text)
  assert.equal(status, 201)
  assert.equal(headers.location, `/api/v1/studies/${study.id}`)
  assert.deepEqual([study.name, study.state], ['from-json', 'queued'])
  const {text: again} = await ask(server, `/api/v1/studies/${study.id}`)
  assert.equal(JSON.parse(again).id, study.id)
})

test('a study file as YAML is queued too', async (t) => {
  const server = await serve(t)
  const yaml =
    'name: from-yaml\ndataset: rail-signals\nspace: {lr: {uniform: [0.1, 0.2]}}\nbudget: {trials: 2}\n'
  const {status, text} = await post(server, '/api/v1/studies', yaml, 'application/yaml')
  assert.equal(status, 201)
  assert.equal(JSON.parse(text).name, 'from-yaml')
})

test('what is wrong with a study file is said in problem+json', async (t) => {
  const server = await serve(t)
  const bad = JSON.stringify({...studyFile, budget: {trials: 0}})
  const cases: readonly [body: string, type: string, status: number, detail: RegExp][] = [
    [bad, 'application/json', 422, /^budget.trials: /],
    ['{"name":', 'application/json', 400, /could not be read/],
    ['a: [', 'application/yaml', 400, /to be YAML/],
    ['name=x', 'text/plain', 415, /got content type text\/plain/],
    [`"${'x'.repeat(300_000)}"`, 'application/json', 413, /too large/],
  ]
  for (const [body, type, status, detail] of cases) {
    const answer = await post(server, '/api/v1/studies', body, type)
    assert.equal(answer.status, status)
    assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/)
    const problem = JSON.parse(answer.text)
    assert.equal(problem.status, status)
    assert.match(problem.detail, detail)
  }
})

test('trials carry what is true of their state, and come in pages', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(7)))
  const server = await serve(t, {daemon})
  const first = JSON.parse((await ask(server, '/api/v1/studies/a/trials?limit=5')).text)
  assert.deepEqual(
    first.items.map(({id}: {id: number}) => id),
    [0, 1, 2, 3, 4],
  )
  assert.equal(typeof first.items[0].value, 'number')
  assert.equal(first.items[4].state, 'failed')
  assert.equal(first.items[4].reason.kind, 'diverged')
  assert.ok(!('value' in first.items[4]))
  const second = JSON.parse(
    (await ask(server, `/api/v1/studies/a/trials?limit=5&cursor=${first.next}`)).text,
  )
  assert.deepEqual(
    second.items.map(({id, state}: {id: number; state: string}) => [id, state]),
    [
      [5, 'complete'],
      [6, 'running'],
    ],
  )
  assert.equal(second.next, null)
})

test('pages in a row hold every item once, whatever their size', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer()), fc.integer({min: 1, max: 9}), (keys, limit) => {
      const items = keys.sort((a, b) => a - b)
      const seen: number[] = []
      let cursor: string | undefined
      do {
        const page = pageOf(items, (key) => key, {limit, cursor})
        assert.ok(page.ok)
        seen.push(...page.value.items)
        cursor = page.value.next ?? undefined
      } while (cursor !== undefined)
      assert.deepEqual(seen, items)
    }),
  )
})

test('a page size or cursor that makes no sense is refused in words', async (t) => {
  const server = await serve(t)
  for (const query of ['limit=0', 'limit=1001', 'limit=many', 'cursor=x', 'limit=1&limit=2']) {
    const {status, text} = await ask(server, `/api/v1/studies?${query}`)
    assert.equal(status, 400, query)
    assert.match(JSON.parse(text).detail, /^(limit|cursor): expected/)
  }
})

test('pause, resume and cancel answer the study, or 409 with the reason', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(2)))
  const server = await serve(t, {daemon})
  const states = []
  for (const action of ['pause', 'resume', 'cancel']) {
    states.push(JSON.parse((await post(server, `/api/v1/studies/a/${action}`)).text).state)
  }
  assert.deepEqual(states, ['paused', 'queued', 'canceled'])
  const again = await post(server, '/api/v1/studies/a/pause')
  assert.equal(again.status, 409)
  assert.match(JSON.parse(again.text).detail, /a is canceled/)
})

test('what matters in a study is answered, or why nothing can be told yet', async (t) => {
  const daemon = fakeDaemon()
  daemon.put({...runningStudy(), trials: spreadTrials(20)})
  daemon.put(exampleStudy(exampleTrials(3)))
  const server = await serve(t, {daemon})
  const importance = async (id: string) =>
    JSON.parse((await ask(server, `/api/v1/studies/${id}/importance`)).text)
  const {method, trials, objectives} = await importance('some-study-1')
  assert.deepEqual([method, trials, objectives[0].metric], ['functional-anova', 20, 'val_accuracy'])
  assert.equal(objectives[0].parameters[0].name, 'lr')
  const [early] = (await importance('a')).objectives
  assert.deepEqual(early.parameters, [])
  assert.match(early.reason, /^It takes 10 complete trials/)
})

test('a study is exported as a file of the asked format', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(3)))
  const server = await serve(t, {daemon})
  const {headers, text} = await ask(server, '/api/v1/studies/a/export?format=csv')
  assert.equal(headers['content-disposition'], 'attachment; filename=a.csv')
  assert.match(text, /^trial,state,value/)
  const unknown = await ask(server, '/api/v1/studies/a/export?format=exe')
  assert.match(JSON.parse(unknown.text).detail, /expected one of csv, .*got exe/)
})

test('data sets, the device and its readings are listed', async (t) => {
  const daemon = fakeDaemon([], [{about: 'supply', isGood: true, text: 'The 5 V supply holds.'}])
  for (let second = 0; second < 3; second++) daemon.read(exampleReading(second))
  const server = await serve(t, {daemon})
  const list = async (path: string) => JSON.parse((await ask(server, `/api/v1${path}`)).text)
  const {items: datasets, next} = await list('/datasets')
  assert.equal(datasets[0].name, 'rail-signals')
  assert.ok(datasets.every(({license}: {license: string}) => license))
  assert.equal(next, null)
  const [device] = (await list('/devices')).items
  assert.equal(device.model, 'NVIDIA Jetson Nano')
  assert.deepEqual(device.remarks, [
    {about: 'supply', is_good: true, text: 'The 5 V supply holds.'},
  ])
  assert.equal(device.reading.temperatures_c.CPU, exampleReading(2).temperaturesC.CPU)
  const readings = await list('/telemetry?limit=2')
  assert.deepEqual(
    readings.items.map(({at_ms}: {at_ms: number}) => at_ms),
    [exampleReading(2).atMs, exampleReading(1).atMs],
  )
  assert.equal((await list(`/telemetry?cursor=${readings.next}`)).items.length, 1)
})

test('the log is sent by range, as NDJSON or CSV, as fine as it is kept or thinned', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(3)))
  for (let second = 0; second < 7200; second++) daemon.read(exampleReading(second))
  const startMs = exampleReading(0).atMs
  const clock = {...systemClock, nowMs: () => startMs + 7_200_000}
  const server = await serve(t, {daemon, clock})
  const rows = async (query: string) => {
    const {status, text} = await ask(server, `/api/v1/telemetry/log?${query}`)
    assert.equal(status, 200, text)
    return text.trim()
      ? text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : []
  }
  const iso = (second: number) => new Date(startMs + second * 1000).toISOString()

  assert.equal((await rows('')).length, 3600)
  const some = await rows(`from=${iso(10)}&to=${startMs + 20_000}`)
  assert.deepEqual(
    some.map((row) => row.at_ms),
    Array.from({length: 10}, (_, i) => startMs + (10 + i) * 1000),
  )
  assert.deepEqual(
    [some[0].trial, some[0].samples_per_second, some[0].micro_batch, some[0].duty],
    ['a/2', 1420, 4096, 1],
  )
  assert.deepEqual(await rows(`from=${iso(8000)}&to=${iso(9000)}`), [])
  const thinned = await rows(`from=${iso(0)}&to=${iso(600)}&resolution=1min`)
  assert.equal(thinned.length, 10)
  assert.deepEqual(Object.keys(thinned[0].temperatures_max_c), ['CPU', 'GPU'])
  const csv = await ask(server, '/api/v1/telemetry/log?from=PT10M&format=csv')
  assert.match(csv.text, /^time,readings,temperature_cpu_c,temperature_gpu_c,/)
  assert.equal(csv.text.split('\r\n').length, 602)
})

test('a range of the log that makes no sense is refused in words', async (t) => {
  const server = await serve(t)
  const cases: readonly [query: string, detail: RegExp][] = [
    ['from=yesterday', /^from: expected a time such as .* got "yesterday"\.$/],
    ['to=2026-13-45', /^to: expected a time .* got "2026-13-45"\.$/],
    ['to=99999999999999999999', /^to: expected a time/],
    ['from=1&from=2', /^from: expected a time .* got \["1","2"\]\.$/],
    ['from=P', /^from: expected a time/],
    ['from=2026-11-24&to=2026-11-23', /^from: expected a time before `to` \(2026-11-23T00:00:00/],
    ['from=P0D', /^from: expected a time before `to`/],
    ['resolution=2s', /^resolution: expected one of 1s, 10s, 1min, got "2s"\.$/],
    ['format=xml', /^format: expected one of csv, ndjson, got xml\.$/],
  ]
  for (const [query, detail] of cases) {
    const answer = await ask(server, `/api/v1/telemetry/log?${query}`)
    assert.equal(answer.status, 400, query)
    assert.match(JSON.parse(answer.text).detail, detail)
  }
})

test('unknown studies and addresses are 404 with a way on', async (t) => {
  const server = await serve(t)
  for (const path of ['/studies/nix', '/studies/nix/trials', '/nothing']) {
    const {status, text} = await ask(server, `/api/v1${path}`)
    assert.equal(status, 404, path)
    assert.ok(JSON.parse(text).detail.length > 10)
  }
})

test('the description covers every address, and each answers', async (t) => {
  const daemon = fakeDaemon()
  daemon.put({...exampleStudy(exampleTrials(2)), score: exampleScore()})
  const server = await serve(t, {daemon})
  const description = JSON.parse((await ask(server, '/api/v1/openapi.json')).text)
  assert.equal(description.openapi, '3.1.0')
  for (const [path, item] of Object.entries<object>(description.paths)) {
    const {status} = await ask(server, `/api/v1${path.replace('{id}', 'a')}`)
    assert.equal(status, 'get' in item ? 200 : 404, path)
  }
  const text = JSON.stringify(description)
  for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
    assert.ok(name in description.components.schemas, name)
  }
})
