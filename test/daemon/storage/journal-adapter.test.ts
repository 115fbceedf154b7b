import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import type {Json} from '../../../src/daemon/base/json.ts'
import {checkedLine, readCheckedLines} from '../../../src/daemon/storage/checked-line.ts'
import {applyChanges, difference} from '../../../src/daemon/storage/difference.ts'
import type {FileSystem} from '../../../src/daemon/storage/file-system.ts'
import {openJournalAdapter} from '../../../src/daemon/storage/journal-adapter.ts'
import {
  crashingFileSystem,
  type Disk,
  describeDisk,
  emptyDisk,
  PowerCut,
} from '../../fixtures/crashing-file-system.ts'

type Document = {readonly count: number; readonly trials: readonly string[]}

const folder = '/studies/one'
/** So small that the workload folds its journal several times. */
const foldBytes = 150

const documentAfter = (commits: number): Document | null =>
  commits === 0
    ? null
    : {count: commits, trials: Array.from({length: commits}, (_, i) => `trial ${i + 1}`)}

/** Writes document after document until the power goes; how many were acknowledged. */
const commitUntilCut = async (files: FileSystem, from: number, to: number): Promise<number> => {
  const adapter = openJournalAdapter<Document>(folder, files, foldBytes)
  let acknowledged = from
  try {
    assert.deepEqual(await adapter.read(), documentAfter(from))
    for (let commit = from + 1; commit <= to; commit++) {
      await adapter.write(documentAfter(commit) as Document) // there is one from 1 on
      acknowledged = commit
    }
  } catch (error) {
    if (!(error instanceof PowerCut) && !/the power is cut/.test(String(error))) throw error
  }
  return acknowledged
}

/** What is found on a disk, and how many commits that are. */
const recover = async (disk: Disk) => {
  const files = crashingFileSystem(disk)
  const adapter = openJournalAdapter<Document>(folder, files, foldBytes)
  const found = await adapter.read()
  return {files, adapter, commits: found?.count ?? 0, found}
}

const commits = 12

test('whenever the power goes, every acknowledged commit is there, and at most the one in flight besides', async () => {
  let cuts = 0
  let disks = 0
  for (let cutAt = 1; ; cutAt++) {
    const files = crashingFileSystem(emptyDisk, cutAt)
    const acknowledged = await commitUntilCut(files, 0, commits)
    for (const disk of files.disksAfterCut()) {
      disks++
      const {adapter, commits: found, found: document} = await recover(disk)
      assert.ok(
        found === acknowledged || found === acknowledged + 1,
        `cut at operation ${cutAt}: ${acknowledged} acknowledged, ${found} found\n${describeDisk(disk)}`,
      )
      assert.deepEqual(document, documentAfter(found))
      // Work goes on, and is there at the next start.
      await adapter.write(documentAfter(found + 1) as Document) // there is one from 1 on
      await adapter.close()
    }
    if (files.operations() < cutAt) break
    cuts++
  }
  assert.ok(cuts > 60, `only ${cuts} cuts`)
  assert.ok(disks > 300, `only ${disks} disks`)
})

test('a power cut during the recovery from a power cut loses nothing either', async () => {
  for (let cutAt = 1; cutAt < 70; cutAt += 3) {
    const first = crashingFileSystem(emptyDisk, cutAt)
    await commitUntilCut(first, 0, commits)
    for (const disk of first.disksAfterCut()) {
      const {commits: found} = await recover(disk)
      for (let again = 1; again < 8; again++) {
        const second = crashingFileSystem(disk, again)
        const acknowledged = await commitUntilCut(second, found, found + 2)
        for (const after of second.disksAfterCut()) {
          const {commits: last} = await recover(after)
          assert.ok(
            last === acknowledged || last === acknowledged + 1,
            `cuts at ${cutAt} and ${again}: ${acknowledged} acknowledged, ${last} found`,
          )
        }
      }
    }
  }
})

test('after a write that the disk refused nothing more is written, and what was acknowledged stays', async () => {
  for (let failAt = 1; failAt < 40; failAt++) {
    const files = crashingFileSystem(emptyDisk, failAt, () => new Error('EIO: the power is cut'))
    const acknowledged = await commitUntilCut(files, 0, commits)
    const {commits: found} = await recover(files.disksAfterCut().at(-1) ?? emptyDisk)
    assert.ok(found === acknowledged || found === acknowledged + 1)
  }
})

test('a store that has failed once says so at every later write', async () => {
  const files = crashingFileSystem(emptyDisk, 8, () => new Error('EIO: i/o error'))
  const adapter = openJournalAdapter<Document>(folder, files)
  await adapter.read()
  await assert.rejects(async () => {
    for (let commit = 1; commit < 9; commit++)
      await adapter.write(documentAfter(commit) as Document)
  }, /EIO/)
  await assert.rejects(
    adapter.write({count: 99, trials: []}),
    /^Error: nothing is written any more, since the disk refused: EIO: i\/o error$/,
  )
})

/** A disk after some commits, with one file changed by hand. */
const damagedDisk = async (
  count: number,
  pick: (name: string) => boolean,
  damage: (content: Buffer) => Buffer,
): Promise<Disk> => {
  const files = crashingFileSystem()
  assert.equal(await commitUntilCut(files, 0, count), count)
  const disk = files.disksAfterCut().at(-1) ?? emptyDisk
  const path = [...disk.files.keys()].find(pick)
  assert.ok(path, describeDisk(disk))
  const content = disk.files.get(path) ?? Buffer.alloc(0)
  return {...disk, files: new Map([...disk.files, [path, damage(content)]])}
}

test('a line that was altered in the middle ends the replay there; the bad bytes are kept aside and told', async () => {
  const disk = await damagedDisk(
    2,
    (name) => name.endsWith('journal-1.log'),
    (content) => Buffer.from(content.toString().replace('trial 2', 'trial X')),
  )
  const {commits: found, adapter, files} = await recover(disk)
  assert.equal(found, 1)
  assert.match(
    adapter.notices().join(),
    /journal-1\.log had \d+ unreadable bytes at its end; they are kept in .*damaged-journal-1-at-0\.log/,
  )
  const aside = await files.read(`${folder}/damaged-journal-1-at-0.log`)
  assert.match(aside.toString(), /trial X/)
  await adapter.write({count: 50, trials: []})
  const again = await recover(files.disksAfterCut().at(-1) ?? emptyDisk)
  assert.equal(again.commits, 50)
  assert.deepEqual(again.adapter.notices(), [])
})

test('a damaged snapshot gives way to the one before it, with the journals since', async () => {
  const disk = await damagedDisk(
    12,
    (name) => /snapshot-(\d+)\.json$/.test(name) && !name.endsWith('snapshot-1.json'),
    (content) => content.subarray(1),
  )
  const newest = [...disk.files.keys()].filter((name) => name.includes('snapshot')).sort()
  assert.ok(newest.length === 2, newest.join())
  const {commits: found} = await recover(disk)
  assert.equal(found, 12)
})

test('a folder full of garbage is no reason to throw', async () => {
  const garbage: Disk = {
    folders: new Set(['/', '/studies', folder]),
    files: new Map([
      [`${folder}/snapshot-3.json`, Buffer.from('garbage')],
      [`${folder}/journal-3.log`, Buffer.alloc(40)],
      [`${folder}/readme.txt`, Buffer.from('hello')],
    ]),
  }
  const {found, adapter} = await recover(garbage)
  assert.equal(found, null)
  assert.match(adapter.notices().join(), /snapshot-3\.json is damaged; it is left as it is/)
})

const json = fc.jsonValue({maxDepth: 4}) as fc.Arbitrary<Json> // JSON values are what it makes

test('the difference of two documents, applied to the first, gives the second', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const changes = JSON.parse(JSON.stringify(difference(before, after)))
      const plain = (value: Json): Json => JSON.parse(JSON.stringify(value))
      assert.deepEqual(plain(applyChanges(plain(before), changes)), plain(after))
    }),
  )
})

test('a small change of a large document is a small difference', () => {
  const before = {trials: Array.from({length: 1000}, (_, id) => ({id, state: 'waiting'}))}
  const after = {trials: [...before.trials]}
  after.trials[500] = {id: 500, state: 'running'}
  assert.deepEqual(difference(before, after), [{path: ['trials', 500, 'state'], value: 'running'}])
})

test('a checked line is read back, and no altered byte of it goes unseen', () => {
  fc.assert(
    fc.property(json, fc.nat(), fc.integer({min: 1, max: 255}), (value, at, flip) => {
      const line = Buffer.from(checkedLine(value))
      const plain = JSON.parse(JSON.stringify(value))
      assert.deepEqual(readCheckedLines(line), {values: [plain], goodBytes: line.length})
      const altered = Buffer.from(line)
      altered[at % line.length] ^= flip
      const {values} = readCheckedLines(altered)
      assert.ok(values.length === 0, altered.toString())
    }),
  )
})
