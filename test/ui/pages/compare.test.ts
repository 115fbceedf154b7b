import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {exportStudy} from '../../../src/daemon/exports/formats.ts'
import {bestByTime, bestByTrial, type Compared} from '../../../src/ui/parts/compared.ts'
import {exampleStudy, exampleTrials, fakeDaemon} from '../../fixtures/fake-daemon.ts'
import {twoObjectives} from '../../fixtures/studies.ts'
import {type Answer, ask, serve} from '../serve.ts'

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
  assert.equal(many.text.match(/<tr>\s*<th scope="row" class="compared-name">/g)?.length, 6)
})

/** A form as a browser would send it: files by their names, and the studies that were chosen. */
const upload = (
  server: {readonly port: number},
  files: Readonly<Record<string, string>>,
  studies: readonly string[] = [],
): Promise<Answer> => {
  const boundary = '----WebKitFormBoundaryAb3'
  const head = (name: string, more = '') =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n`
  const parts = [
    ...studies.map((id) => `${head('study')}\r\n${id}\r\n`),
    ...Object.entries(files).map(
      ([name, text]) =>
        `${head('files', `; filename="${name}"`)}Content-Type: application/json\r\n\r\n${text}\r\n`,
    ),
  ]
  return ask(server, '/compare', {
    method: 'POST',
    headers: {
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      Origin: `http://127.0.0.1:${server.port}`,
    },
    body: `${parts.join('')}--${boundary}--\r\n`,
  })
}

test('an export of another box is compared with a study of this one, and not kept', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(5), {id: 'a', name: 'here'}))
  const server = await serve(t, {daemon})
  const elsewhere = exampleStudy(exampleTrials(9).slice(0, -1), {
    name: 'there <b>',
    state: 'complete',
    energy: {joules: 7_200, measuredMs: 1_000_000},
  })
  const {text: file} = exportStudy(elsewhere, 'json', 'Jetson Orin')
  const {status, text} = await upload(server, {'there.json': file}, ['a'])
  assert.equal(status, 200)
  assert.match(text, /<span class="key tone-2">there &lt;b&gt;<\/span>/)
  assert.match(
    text,
    /<th scope="row" class="compared-name">there &lt;b&gt; <span class="badge complete">/,
  )
  assert.match(text, /2 Wh, 7\.2 W/)
  assert.match(text, /<td>tensorflow-gpu<\/td>\s*<td>Jetson Orin<\/td>/)
  assert.deepEqual(
    daemon.studies().map(({id}) => id),
    ['a'],
  )
})

test('an uploaded study says the same as the study itself', async (t) => {
  const daemon = fakeDaemon()
  const study = exampleStudy(exampleTrials(20), {id: 'a', name: 'one'})
  daemon.put(study)
  const server = await serve(t, {daemon})
  const {text} = await upload(
    server,
    {'a.json': exportStudy(study, 'json', daemon.machine.model).text},
    ['a'],
  )
  const [own, read] = [
    ...text.matchAll(/<tr>\s*<th scope="row" class="compared-name">.*?<\/th>(.*?)<\/tr>/gs),
  ]
  assert.equal(own?.[1], read?.[1])
  const paths = [...text.matchAll(/<path class="line tone-\d" d="([^"]*)"/g)].map(([, d]) => d)
  assert.deepEqual([paths[0], paths[2]], [paths[1], paths[3]])
})

test('files that are no exported study are refused with what was expected', async (t) => {
  const server = await serve(t)
  for (const content of ['', '{', '[]', '{"name": "x"}', '"'.repeat(100), '{"trials": 7}']) {
    const {status, text} = await upload(server, {'x<i>.json': content})
    assert.equal(status, 422)
    assert.match(text, /x&lt;i&gt;\.json: expected a study that Simmer has exported as JSON/)
  }
  const none = await upload(server, {})
  assert.equal(none.status, 422)
  assert.match(none.text, /Expected a file, got none/)
  const large = await upload(server, {'x.json': ' '.repeat(5_000_000)})
  assert.equal(large.status, 413)
})

test('whatever stands in place of a form is answered in words', async (t) => {
  const server = await serve(t)
  const headers = {Origin: `http://127.0.0.1:${server.port}`}
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('multipart/form-data', 'multipart/form-data; boundary=x', 'text/plain'),
      fc.string(),
      async (type, body) => {
        const {status} = await ask(server, '/compare', {
          method: 'POST',
          headers: {...headers, 'Content-Type': type},
          body: body.replaceAll('b', '\r\n--x'),
        })
        assert.equal(status, 422)
      },
    ),
    {numRuns: 60},
  )
})
