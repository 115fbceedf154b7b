/**
 * Requests that are made from the API's own description, right ones and broken ones: none ends in a 500, and whatever is
 * answered is as described. FUZZ_REQUESTS=20000 tries more.
 */
import assert from 'node:assert/strict'
import {type TestContext, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {gzipSync} from 'node:zlib'
import fc, {type Arbitrary} from 'fast-check'
import {stringify} from 'yaml'
import {exampleReading, exampleStudy, exampleTrials, fakeDaemon} from '../fixtures/fake-daemon.ts'
import {oddName, oddText, oddValue, valuesOf} from '../fixtures/from-schema.ts'
import {assertDescribed, type Parameter, type Route, routes, schemas} from './described.ts'
import {type Answer, ask, serve} from './serve.ts'

const requests = Number(process.env.FUZZ_REQUESTS ?? 400)
const longestMs = 20_000

type Request = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
}

/** As it may stand in an address: half a pair of surrogates has no encoding. */
const encoded = (text: string): string =>
  encodeURIComponent(Buffer.from(text).toString().slice(0, 500))

const textOf = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value)

const someId = fc.oneof(
  {weight: 4, arbitrary: fc.constant('a')},
  {weight: 2, arbitrary: fc.oneof(oddText, oddName).map(encoded)},
  {weight: 1, arbitrary: fc.constantFrom('%E0%A4%A', '%', '%2e%2e%2f', '%00', 'a%2Fpause', ';a=b')},
)

const someQuery = (parameters: readonly Parameter[]): Arbitrary<string> => {
  const known = parameters
    .filter((one) => one.in === 'query')
    .map(({name, schema}) =>
      fc
        .array(fc.oneof(valuesOf(schema, schemas), oddText), {maxLength: 2})
        .map((values) => values.map((value) => `${name}=${encoded(textOf(value))}`)),
    )
  const unknown = fc
    .array(fc.tuple(oddName, oddText), {maxLength: 1})
    .map((pairs) => pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`))
  const broken = fc.constantFrom([], [], [], ['%'], ['&&&='], ['limit[__proto__]=1'])
  return fc.tuple(...known, unknown, broken).map((parts) => {
    const query = parts.flat().join('&')
    return query ? `?${query}` : ''
  })
}

/** A text that is what its content type says, mostly. */
const someContent = (of: object): Arbitrary<string> => {
  const schema =
    '$ref' in of && of.$ref === '#/components/schemas/StudyFile' ? schemas.StudyFile : of
  const value = fc.oneof(
    {weight: 5, arbitrary: valuesOf(schema, schemas)},
    {weight: schema === schemas.StudyFile ? 5 : 0, arbitrary: almostGood},
    oddValue,
  )
  return fc.oneof(
    {weight: 8, arbitrary: value.map((one) => JSON.stringify(one))},
    {weight: 2, arbitrary: value.map((one) => stringify(one))},
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '',
        '{',
        'null',
        '"text"',
        '{"a":1e999}',
        '{"a":1,"a":2}',
        '{"__proto__":{"name":"x"},"constructor":{"prototype":{}}}',
        `${'['.repeat(5000)}${']'.repeat(5000)}`,
        `{"space":${'{"choice":['.repeat(2000)}1${']}'.repeat(2000)},"name":"x","budget":{"trials":1}}`,
        'a: &a [x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]',
        '<<: {name: x}\nspace: !!binary aGVsbG8=\n',
        'name: !!js/function "function(){}"\n? [1, 2]\n: 3\n',
        'space: {x: {uniform: [.nan, .inf]}}\nname: x\ndataset: rail-signals\nbudget: {trials: 1}',
        '- '.repeat(3000),
      ),
    },
    {weight: 1, arbitrary: oddText},
  )
}

/** A good study file but for one or two of its parts, so that what is let in is tried too. */
const almostGood: Arbitrary<unknown> = fc
  .record({
    good: fc.constantFrom(
      {dataset: 'rail-signals', space: {lr: {loguniform: [0.001, 0.1]}}},
      {command: 'true', space: {x: {uniform: [0, 1]}}, objective: {metric: 'x', goal: 'minimize'}},
    ),
    other: valuesOf(schemas.StudyFile, schemas),
    names: fc.subarray(
      ['name', 'space', 'optimizer', 'first', 'seed', 'parallel', 'validation', 'pruner', 'limits'],
      {maxLength: 2},
    ),
  })
  .map(({good, other, names}) => {
    const parts = Object.entries(Object(other)).filter(([name]) => names.includes(name))
    return {name: 'fuzzed', budget: {trials: 2}, ...good, ...Object.fromEntries(parts)}
  })

const jsonTypes = ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON']
const otherTypes = [
  'application/yaml',
  'text/yaml; charset=utf-16',
  'text/plain',
  'application/json; charset=x-none',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'nonsense',
  ';',
]

const someBody = ({operation}: Route): Arbitrary<Pick<Request, 'headers' | 'body'>> => {
  const {schema = {type: 'object'}} = operation.requestBody?.content['application/json'] ?? {}
  return fc
    .record({
      text: someContent(schema),
      type: fc.oneof(
        {weight: 6, arbitrary: fc.constantFrom(...jsonTypes)},
        {weight: 3, arbitrary: fc.constantFrom(...otherTypes)},
      ),
      encoding: fc.oneof(
        {weight: 8, arbitrary: fc.constant('')},
        fc.constantFrom('gzip', 'broken gzip', 'br', 'x-none'),
      ),
      isCut: fc.oneof({weight: 9, arbitrary: fc.constant(false)}, fc.constant(true)),
    })
    .map(({text, type, encoding, isCut}) => {
      // A character in half is no UTF-8 any more.
      const bytes = isCut
        ? Buffer.concat([Buffer.from(text), Buffer.from([0xe2, 0x82])])
        : Buffer.from(text)
      const body = encoding === 'gzip' ? gzipSync(bytes) : bytes
      return {
        headers: {
          'Content-Type': type,
          // Without it node sends the body of a DELETE as if it were another request.
          'Content-Length': String(body.length),
          ...(encoding ? {'Content-Encoding': encoding.replace('broken ', '')} : {}),
        },
        body,
      }
    })
}

const someHeaders = fc.oneof(
  {weight: 4, arbitrary: fc.constant({})},
  fc.constantFrom<Readonly<Record<string, string>>[]>(
    {Accept: 'application/xml'},
    {Accept: ';;;q=x'},
    {'If-None-Match': '*'},
    {'If-None-Match': '"x", W/, ,"'},
    {'If-Modified-Since': 'yesterday'},
    {Range: 'bytes=0-1'},
    {'Accept-Encoding': 'gzip;q=0, br;q=0, x-none;q=2'},
    {'X-HTTP-Method-Override': 'DELETE'},
    {Cookie: 'simmer_session=; ='},
    {Authorization: 'Bearer'},
    {'Accept-Language': 'x'.repeat(3000)},
  ),
)

const withBodies = routes.filter(({operation}) => operation.requestBody)
const someRoute = fc.oneof(fc.constantFrom(...routes), fc.constantFrom(...withBodies))

const someRequest: Arbitrary<Request> = someRoute.chain((route) =>
  fc
    .record({
      id: someId,
      query: someQuery(route.operation.parameters ?? []),
      method: fc.oneof(
        {weight: 9, arbitrary: fc.constant(route.method)},
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'),
      ),
      tail: fc.oneof({weight: 9, arbitrary: fc.constant('')}, fc.constantFrom('/', '/x', '.json')),
      headers: someHeaders,
      content: someBody(route),
    })
    .map(({id, query, method, tail, headers, content}) => ({
      method,
      path: `/api/v1${route.path.replace('{id}', id)}${tail}${query}`,
      headers: {...headers, ...(method === 'GET' || method === 'HEAD' ? {} : content.headers)},
      ...(method === 'GET' || method === 'HEAD' ? {} : {body: content.body}),
    })),
)

const assertSound = ({method, path}: Request, answer: Answer): void => {
  const what = `${method} ${path} → ${answer.status} ${answer.text.slice(0, 500)}`
  assert.ok(answer.status < 500, what)
  if (method === 'OPTIONS' && answer.status < 400) return
  if (method === 'HEAD' && answer.status >= 400) return
  assertDescribed(method, path, answer)
}

const answerTo = (server: {port: number}, request: Request): Promise<Answer> =>
  Promise.race([
    ask(server, request.path, request),
    sleep(longestMs, undefined, {ref: false}).then(() => {
      throw new Error(`no answer within ${longestMs} ms: ${request.method} ${request.path}`)
    }),
  ])

const openServer = async (t: TestContext) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(12)))
  for (let second = 0; second < 5; second++) daemon.read(exampleReading(second))
  return serve(t, {daemon})
}

test('whatever is asked of the API, the answer is as described and never a bug', async (t) => {
  const server = await openServer(t)
  const counts = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(someRequest, async (request) => {
      const answer = await answerTo(server, request)
      counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1)
      assertSound(request, answer)
    }),
    {numRuns: requests, seed: 8, endOnFailure: true, includeErrorInReport: true},
  )
  t.diagnostic(JSON.stringify(Object.fromEntries(counts)))
  for (const status of [200, 201, 400, 404, 405, 415, 422]) {
    assert.ok(counts.has(status), `among ${requests} requests none was answered ${status}`)
  }
  // What was let in poisons nothing.
  for (const path of ['/studies?limit=1000', '/settings', '/devices']) {
    const answer = await ask(server, `/api/v1${path}`)
    assert.equal(answer.status, 200)
    assertDescribed('GET', `/api/v1${path}`, answer)
  }
})
