import assert from 'node:assert/strict'
import {cpSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import type {Json} from '../../../src/daemon/base/json.ts'
import {realFileSystem} from '../../../src/daemon/storage/file-system.ts'
import {openJournalAdapter} from '../../../src/daemon/storage/journal-adapter.ts'
import {version as currentVersion} from '../../../src/daemon/storage/stored-study.ts'
import {openStudyStore} from '../../../src/daemon/storage/study-store.ts'
import {bestTrial} from '../../../src/daemon/studies/summary.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {projectRoot} from '../../fixtures/project.ts'
import {simmer} from '../../fixtures/simmer.ts'
import {completeTrial, failedTrial, queuedStudy} from '../../fixtures/studies.ts'

/** What Simmer wrote before studies could have two objectives. */
const version1 = (): Json => {
  const {settings, ...study} = queuedStudy()
  const {objectives, ...others} = settings
  const {values, ...trial} = completeTrial(0, 0.5) as Extract<
    ReturnType<typeof completeTrial>,
    {state: 'complete'}
  > // as its name says
  return JSON.parse(
    JSON.stringify({
      version: 1,
      study: {
        ...study,
        settings: {...others, objective: objectives[0]},
        trials: [{...trial, value: values[0]}, failedTrial(1)],
      },
    }),
  )
}

const recorded = (version: number): string =>
  join(projectRoot(), 'test/fixtures/stored-studies', `version-${version}`)

for (let from = 1; from <= currentVersion; from++) {
  test(`studies as version ${from} left them are there, go on, and are read again`, async (t) => {
    const folder = join(temporaryFolder(t), 'studies')
    cpSync(recorded(from), folder, {recursive: true})
    const store = openStudyStore(folder)
    const {studies, notices} = await store.load()
    assert.deepEqual(notices, [])
    assert.deepEqual(
      studies.map(({id, state, trials}) => [id, state, trials.map((trial) => trial.state)]),
      [
        ['recorded-model-1', 'complete', ['complete', 'complete', 'complete']],
        [
          'recorded-command-2',
          'complete',
          ['failed', 'failed', 'complete', 'failed', 'complete', 'failed'],
        ],
      ],
    )
    const [model, command] = studies
    assert.ok(model && command)
    assert.equal(bestTrial(model)?.id, 2)
    assert.equal(bestTrial(command)?.id, 4)
    await store.save({...command, trials: command.trials.slice(0, 5)})
    await store.close()
    const again = openStudyStore(folder)
    const {studies: found} = await again.load()
    await again.close()
    assert.deepEqual(found[1]?.trials, command.trials.slice(0, 5))
  })
}

test('what a newer version wrote stays in its place, and no new study takes its name', async (t) => {
  const home = temporaryFolder(t)
  const folder = join(home, 'studies')
  cpSync(recorded(currentVersion), folder, {recursive: true})
  const adapter = openJournalAdapter<Json>(join(folder, 'three-9'), realFileSystem)
  await adapter.read()
  await adapter.write({version: currentVersion + 1, study: {shape: 'of the future'}})
  await adapter.close()
  const before = readdirSync(join(folder, 'three-9')).map((name) =>
    readFileSync(join(folder, 'three-9', name), 'utf8'),
  )
  const store = openStudyStore(folder)
  const {studies, notices, taken} = await store.load()
  await store.close()
  assert.equal(studies.length, 2)
  assert.deepEqual(taken, ['three-9'])
  assert.deepEqual(notices, [
    `The study three-9 was written by a newer Simmer (its form is ${currentVersion + 1}) and is left as it is. Update Simmer to see it.`,
  ])
  const file = join(home, 'study.yaml')
  writeFileSync(
    file,
    JSON.stringify({
      name: 'three',
      command: `node ${join(projectRoot(), 'test/fixtures/measuring-program.mjs')}`,
      space: {x: {uniform: [0, 1]}},
      objective: {metric: 'loss', goal: 'minimize'},
      budget: {trials: 1},
    }),
  )
  const {code, stdout, stderr} = await simmer(['run', file, '--json'], {env: {SIMMER_HOME: home}})
  assert.equal(code, 0, stderr)
  assert.match(stdout, /"study":"three-10"/)
  assert.deepEqual(
    readdirSync(join(folder, 'three-9')).map((name) =>
      readFileSync(join(folder, 'three-9', name), 'utf8'),
    ),
    before,
  )
})

test('a study of version 1 is loaded with a list of one objective, saved, and loaded again', async (t) => {
  const folder = join(temporaryFolder(t), 'studies')
  const adapter = openJournalAdapter<Json>(join(folder, 'some-study-1'), realFileSystem)
  await adapter.read()
  await adapter.write(version1())
  await adapter.close()

  const expected = {...queuedStudy(), trials: [completeTrial(0, 0.5), failedTrial(1)]}
  const store = openStudyStore(folder)
  const {studies, notices} = await store.load()
  assert.deepEqual([studies, notices], [[expected], []])
  const longer = {...expected, trials: [...expected.trials, completeTrial(2, 0.7)]}
  await store.save(longer)
  await store.close()

  const again = openStudyStore(folder)
  assert.deepEqual(await again.load(), {studies: [longer], notices: [], taken: []})
  await again.close()
})

test('migrated settings are in the order in which they are written today, by which studies are compared', async (t) => {
  const folder = join(temporaryFolder(t), 'studies')
  const {settings} = queuedStudy()
  const text = JSON.stringify({version: 2, study: {...queuedStudy(), trials: []}})
  const old = JSON.parse(
    text
      .replace('"version":2', '"version":1')
      .replace(/"objectives":\[(.*?)\]/, (_, one) => `"objective":${one}`),
  )
  const adapter = openJournalAdapter<Json>(join(folder, 'some-study-1'), realFileSystem)
  await adapter.read()
  await adapter.write(old)
  await adapter.close()
  const store = openStudyStore(folder)
  const {studies} = await store.load()
  await store.close()
  assert.equal(JSON.stringify(studies[0]?.settings), JSON.stringify(settings))
})

test('a document that calls itself version 1 but has no such shape is set aside', async (t) => {
  const folder = join(temporaryFolder(t), 'studies')
  const adapter = openJournalAdapter<Json>(join(folder, 'some-study-1'), realFileSystem)
  await adapter.read()
  await adapter.write({version: 1, study: 'none'})
  await adapter.close()
  const store = openStudyStore(folder)
  const {studies, notices} = await store.load()
  await store.close()
  assert.equal(studies.length, 0)
  assert.match(notices[0] ?? '', /could not be read \(version: .*\); its files are kept in/)
})
