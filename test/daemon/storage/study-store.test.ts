import assert from 'node:assert/strict'
import {type ChildProcess, spawn} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {extname, join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {openStudyStore} from '../../../src/daemon/storage/study-store.ts'
import type {Study, StudyId} from '../../../src/daemon/studies/study.ts'
import {storageContract} from '../../contracts/storage.ts'
import {crashingFileSystem, emptyDisk} from '../../fixtures/crashing-file-system.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {completeTrial, queuedStudy} from '../../fixtures/studies.ts'

storageContract('in a folder', (t) => {
  const folder = join(temporaryFolder(t), 'studies')
  return () => openStudyStore(folder)
})

storageContract('in a simulated folder', () => {
  let disk = emptyDisk
  let files = crashingFileSystem(disk)
  return () => {
    disk = files.disksAfterCut().at(-1) ?? disk
    files = crashingFileSystem(disk)
    return openStudyStore('/studies', files)
  }
})

const study = (order: number, trials: number): Study => ({
  ...queuedStudy(),
  id: `study-${order}` as StudyId, // made here, and only here
  order,
  trials: Array.from({length: trials}, (_, id) => completeTrial(id, 0.5)),
})

test('whenever the power goes, both studies are as acknowledged, or one commit further', async () => {
  const workload = [study(1, 0), study(1, 1), study(2, 0), study(1, 2), study(2, 1), study(2, 2)]
  for (let cutAt = 1; ; cutAt++) {
    const files = crashingFileSystem(emptyDisk, cutAt)
    const acknowledged = await saveUntilCut(openStudyStore('/studies', files), workload)
    for (const disk of files.disksAfterCut()) {
      const store = openStudyStore('/studies', crashingFileSystem(disk))
      const {studies, notices} = await store.load()
      const found = JSON.stringify(studies)
      const allowed = [acknowledged, acknowledged + 1].map((count) =>
        JSON.stringify(lastOfEach(workload.slice(0, count))),
      )
      assert.ok(allowed.includes(found), `cut at ${cutAt}, ${acknowledged} acknowledged: ${found}`)
      for (const notice of notices) assert.match(notice, /unreadable bytes at its end/)
    }
    if (files.operations() < cutAt) return
  }
})

const saveUntilCut = async (
  store: ReturnType<typeof openStudyStore>,
  workload: readonly Study[],
): Promise<number> => {
  let acknowledged = 0
  try {
    await store.load()
    for (const one of workload) {
      await store.save(one)
      acknowledged++
    }
  } catch (error) {
    assert.match(String(error), /the power is cut/)
  }
  return acknowledged
}

const lastOfEach = (saved: readonly Study[]): readonly Study[] =>
  [...new Map(saved.map((one) => [one.id, one])).values()].sort((a, b) => a.order - b.order)

const saved = async (t: TestContext, ...studies: readonly Study[]): Promise<string> => {
  const folder = join(temporaryFolder(t), 'studies')
  const store = openStudyStore(folder)
  await store.load()
  for (const one of studies) await store.save(one)
  await store.close()
  return folder
}

test('a study on disk is JSON that a person can read', async (t) => {
  const folder = await saved(t, study(1, 1))
  const [, json] =
    /^[0-9a-f]{8} (.*)\n$/.exec(readFileSync(join(folder, 'study-1/snapshot-1.json'), 'utf8')) ?? []
  assert.deepEqual(JSON.parse(json ?? ''), {version: 2, study: study(1, 1)})
})

test('a study of a shape that is not known is kept aside and told; the others load', async (t) => {
  const folder = await saved(t, study(1, 1), study(2, 0))
  const files = join(folder, 'study-1')
  for (const name of readdirSync(files)) writeFileSync(join(files, name), 'garbage\n')
  const store = openStudyStore(folder)
  const {studies, notices} = await store.load()
  await store.close()
  assert.deepEqual(
    studies.map(({id}) => id),
    ['study-2'],
  )
  assert.match(
    notices.at(-1) ?? '',
    /^The study study-1 could not be read \(.*\); its files are kept in study-1\.damaged-1\.$/,
  )
  assert.deepEqual(readdirSync(folder).sort(), ['study-1.damaged-1', 'study-2'])
  const again = openStudyStore(folder)
  assert.deepEqual((await again.load()).notices, [])
  await again.close()
})

test('files and folders that are none of ours are left alone', async (t) => {
  const folder = await saved(t, study(1, 0))
  mkdirSync(join(folder, 'My Notes'))
  writeFileSync(join(folder, 'README.txt'), 'hello')
  const store = openStudyStore(folder)
  const {studies, notices} = await store.load()
  await store.close()
  assert.deepEqual([studies.length, notices], [1, []])
  assert.ok(readdirSync(folder).includes('My Notes'))
})

const writer = fileURLToPath(
  new URL(`../../fixtures/endless-writer${extname(import.meta.url)}`, import.meta.url),
)

test('after kill -9 every commit that was acknowledged is there', async (t) => {
  const folder = join(temporaryFolder(t), 'studies')
  let expected = 0
  for (const commitsBeforeKill of [1, 7, 40, 150]) {
    const child = spawn(
      process.execPath,
      [...(writer.endsWith('.ts') ? ['--import', 'tsx'] : []), writer, folder],
      {stdio: ['ignore', 'pipe', 'inherit']},
    )
    const acknowledged = await killAfter(child, commitsBeforeKill)
    const store = openStudyStore(folder)
    const {studies} = await store.load()
    await store.close()
    const found = studies[0]?.trials.length ?? 0
    assert.ok(found >= acknowledged, `${acknowledged} acknowledged, ${found} found`)
    assert.ok(found > expected)
    expected = found
  }
})

/** Kills the writer after so many acknowledgments; resolves with the last one that it printed. */
const killAfter = (child: ChildProcess, lines: number): Promise<number> =>
  new Promise((resolve) => {
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.split('\n').length > lines) child.kill('SIGKILL')
    })
    child.once('close', () => resolve(Number(output.trim().split('\n').at(-1))))
  })
