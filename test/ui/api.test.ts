import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Router} from 'express'
import fc from 'fast-check'
import {systemClock} from '../../src/daemon/base/clock.ts'
import {apiRouter} from '../../src/ui/api/api.ts'
import {pageOf} from '../../src/ui/api/paging.ts'
import {
  exampleReading,
  exampleScore,
  exampleStudy,
  exampleTrials,
  fakeDaemon,
} from '../fixtures/fake-daemon.ts'
import {settingsIn} from '../fixtures/settings.ts'
import {runningStudy, spreadTrials} from '../fixtures/studies.ts'
import {assertDescribed, assertProblem, routes, schemas} from './described.ts'
import {type Answer, ask as askAnything, serve} from './serve.ts'

/** Every answer here is held against the description. */
const ask: typeof askAnything = async (server, path, options = {}) => {
  const answer = await askAnything(server, path, options)
  assertDescribed(options.method ?? 'GET', path, answer)
  return answer
}

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

test('the description names every route of the router, and no other', () => {
  const router = apiRouter({
    daemon: fakeDaemon(),
    settings: settingsIn('/nowhere'),
    clock: systemClock,
  })
  assert.deepEqual(
    routesOf(router).toSorted(),
    routes.map(({method, path}) => `${method} ${path}`).toSorted(),
  )
})

test('what the description refers to is there, and each operation has a name of its own', async (t) => {
  const server = await serve(t)
  const {text} = await ask(server, '/api/v1/openapi.json')
  assert.equal(JSON.parse(text).openapi, '3.1.0')
  for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
    assert.ok(name in schemas, name)
  }
  for (const name of Object.keys(schemas)) assert.ok(text.includes(`schemas/${name}"`), name)
  assert.equal(new Set(routes.map(({operation}) => operation.operationId)).size, routes.length)
})

test('every kind of study and trial is answered as described', async (t) => {
  const daemon = fakeDaemon()
  daemon.put({...exampleStudy(exampleTrials(7)), score: exampleScore()})
  daemon.put({
    ...runningStudy(),
    trials: spreadTrials(20),
    energy: {joules: 9000, measuredMs: 60_000},
    finishedAtMs: 1_790_000_000_000,
    state: 'complete',
  })
  const server = await serve(t, {daemon})
  for (const id of ['a', 'some-study-1']) {
    for (const path of ['', '/trials', '/importance', '/export', '/export?format=md']) {
      assert.equal((await ask(server, `/api/v1/studies/${id}${path}`)).status, 200, path)
    }
  }
  assert.equal(JSON.parse((await ask(server, '/api/v1/studies')).text).items.length, 2)
})

test('what has not changed is not sent again, and what has is', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(3)))
  daemon.put(exampleStudy(exampleTrials(3), {id: 'b'}))
  daemon.read(exampleReading(1))
  const server = await serve(t, {daemon})
  const paths = routes
    .filter(({method, path}) => method === 'GET' && path !== '/telemetry/log')
    .map(({path}) => `/api/v1${path.replace('{id}', 'a')}`)
  const tags = new Map<string, string>()
  for (const path of paths) {
    const {headers} = await ask(server, path)
    assert.match(headers.etag ?? '', /^W\/"/, path)
    tags.set(path, headers.etag ?? '')
  }
  const again = async (path: string) => {
    const headers = {'If-None-Match': `"x", ${tags.get(path)}`}
    return (await ask(server, path, {headers})).status
  }
  for (const path of paths) assert.equal(await again(path), 304, path)
  daemon.put(exampleStudy(exampleTrials(4)))
  daemon.read(exampleReading(2))
  for (const path of paths) {
    const hasChanged = /studies|telemetry|devices/.test(path)
    assert.equal(await again(path), hasChanged ? 200 : 304, path)
  }
  assert.equal(new Set(tags.values()).size, tags.size)
})

test('HEAD answers as GET does, without the content', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(3)))
  const server = await serve(t, {daemon})
  for (const {path} of routes.filter(({method}) => method === 'GET')) {
    const asked = `/api/v1${path.replace('{id}', 'a')}`
    const [get, head] = [await ask(server, asked), await ask(server, asked, {method: 'HEAD'})]
    assert.deepEqual([head.status, head.text], [200, ''], path)
    assert.deepEqual(
      [head.headers.etag, head.headers['content-type']],
      [get.headers.etag, get.headers['content-type']],
      path,
    )
  }
})

test('an address that is asked by another method says which it takes', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(3)))
  const server = await serve(t, {daemon})
  const cases = [
    ['DELETE', '/studies', 'GET, HEAD, POST, OPTIONS'],
    ['GET', '/studies/a/pause', 'POST, OPTIONS'],
    ['HEAD', '/studies/a/pause', 'POST, OPTIONS'],
    ['PUT', '/settings', 'GET, HEAD, PATCH, OPTIONS'],
    ['POST', '/telemetry/log', 'GET, HEAD, OPTIONS'],
  ] as const
  for (const [method, path, allow] of cases) {
    const answer = await askAnything(server, `/api/v1${path}`, {method})
    assert.deepEqual([answer.status, answer.headers.allow], [405, allow], `${method} ${path}`)
    if (method !== 'HEAD') assertProblem(answer, path)
  }
  const options = await askAnything(server, '/api/v1/studies', {method: 'OPTIONS'})
  assert.deepEqual([options.status, options.headers.allow], [204, 'GET, HEAD, POST, OPTIONS'])
})

test('a bug is a problem without its innards', async (t) => {
  const secret = 'ENOENT /var/lib/simmer/secret'
  const daemon = {
    ...fakeDaemon(),
    activity: () => {
      throw new Error(secret)
    },
  }
  const server = await serve(t, {daemon})
  const answer = await askAnything(server, '/api/v1/devices')
  assert.equal(answer.status, 500)
  assertProblem(answer, 'devices')
  assert.ok(!answer.text.includes('secret'), answer.text)
})

test('a study file that is nested too deep, or of another encoding, is refused', async (t) => {
  const server = await serve(t)
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const cases: readonly (readonly [body: string, type: string, status: number])[] = [
    [deep, 'application/json', 400],
    [`{"name": "x", "space": ${deep}}`, 'application/json', 400],
    ['- '.repeat(10_000), 'application/yaml', 400],
    ['{a: '.repeat(5000), 'application/yaml', 400],
    [`name: ${'x'.repeat(40_000)}`, 'application/yaml', 413],
    ['{}', 'application/json; charset=latin1', 415],
    ['{"__proto__": {"name": "x"}}', 'application/json', 422],
  ]
  for (const [body, type, status] of cases) {
    assert.equal((await post(server, '/api/v1/studies', body, type)).status, status, type)
  }
})

const patch = (server: {port: number}, changes: unknown): Promise<Answer> =>
  ask(server, '/api/v1/settings', {
    method: 'PATCH',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(changes),
  })

test('settings are listed, changed together, and refused together', async (t) => {
  const server = await serve(t)
  const settingIn = (answer: Answer, name: string) => {
    const {items}: {items: {name: string; value: number | null; from: string}[]} = JSON.parse(
      answer.text,
    )
    const found = items.find((one) => one.name === name)
    return [found?.value, found?.from]
  }
  assert.deepEqual(settingIn(await ask(server, '/api/v1/settings'), 'power_w'), [null, 'default'])
  const changed = await patch(server, {power_w: 9.5, temperature_c: 65})
  assert.deepEqual(settingIn(changed, 'power_w'), [9.5, 'simmer.yaml'])
  const refused = await patch(server, {power_w: null, temperature_c: 20, host: 1})
  assert.equal(refused.status, 422)
  assert.match(JSON.parse(refused.text).problems[0], /^host: not a setting that can be changed/)
  const mistyped = await patch(server, {temperature_c: 'hot'})
  assert.equal(mistyped.status, 422)
  assert.equal((await patch(server, [])).status, 422)
  assert.deepEqual(settingIn(await ask(server, '/api/v1/settings'), 'temperature_c'), [
    65,
    'simmer.yaml',
  ])
})

/** `GET /studies/{id}`, … as the router itself has them. */
const routesOf = (router: Router): readonly string[] =>
  router.stack.flatMap((layer) => {
    if (layer.route) {
      const path = layer.route.path.replace(/:(\w+)/g, '{$1}')
      return layer.route.stack
        .map(({method}) => `${method.toUpperCase()} ${path}`)
        .filter((route, i, all) => all.indexOf(route) === i)
    }
    return isRouter(layer.handle) ? routesOf(layer.handle) : []
  })

/** A router that is used by another is a function with a stack. */
const isRouter = (handle: unknown): handle is Router =>
  typeof handle === 'function' && 'stack' in handle
