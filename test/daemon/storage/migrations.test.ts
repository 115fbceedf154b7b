import assert from 'node:assert/strict'
import {join} from 'node:path'
import {test} from 'node:test'
import type {Json} from '../../../src/daemon/base/json.ts'
import {realFileSystem} from '../../../src/daemon/storage/file-system.ts'
import {openJournalAdapter} from '../../../src/daemon/storage/journal-adapter.ts'
import {openStudyStore} from '../../../src/daemon/storage/study-store.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
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
  assert.deepEqual(await again.load(), {studies: [longer], notices: []})
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
