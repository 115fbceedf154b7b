import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {openTable} from '../../src/cli/telemetry-table.ts'
import {openBoard} from '../../src/daemon/telemetry/sysfs.ts'
import {boardFiles, overlay, overlayChange, writeNano} from '../fixtures/device-tree.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {simmer} from '../fixtures/simmer.ts'

const recordedNano = (t: TestContext): string => {
  const root = temporaryFolder(t)
  writeNano(root)
  overlay(root, 'train-gpu-99')
  return root
}

const telemetry = (root: string, ...args: readonly string[]) =>
  simmer(['telemetry', ...args], {env: {SIMMER_SYSFS_ROOT: root}})

test('telemetry --once shows the machine and a reading in full', async (t) => {
  const {code, stdout} = await telemetry(recordedNano(t), '--once')
  assert.equal(code, 0)
  const lines = stdout.trimEnd().split('\n')
  assert.equal(lines[0], 'NVIDIA Jetson Nano Developer Kit, L4T 32.7.1, 4 cores, 3.9 GiB')
  assert.ok(lines.includes('GPU           99 %, 922 of 922 MHz, nvhost_podgov'), stdout)
})

test('a recording is played as it was shown, for people and as JSON', async (t) => {
  const root = recordedNano(t)
  const file = join(root, 'recording.ndjson')
  const live = await telemetry(root, '--once', '--json', '--record', file)
  assert.equal(live.code, 0, live.stderr)
  const played = await telemetry(root, '--replay', file, '--json')
  assert.equal(played.code, 0, played.stderr)
  assert.equal(played.stdout, live.stdout)
  const {stdout} = await telemetry(root, '--replay', file)
  const [machine, header, row, ...rest] = stdout.split('\n')
  assert.equal(machine, 'NVIDIA Jetson Nano Developer Kit, L4T 32.7.1, 4 cores, 3.9 GiB')
  assert.equal(
    header,
    '    time  CPU °C  GPU °C  hottest °C  GPU %  GPU MHz  free MiB  watts  fan %  mode',
  )
  assert.match(
    row ?? '',
    /^\d\d:\d\d:\d\d {4}43\.5 {4}43\.0 {8}48\.0 {5}99 {6}922 {6}2158 {3}4\.53 {6}0 {2}MAXN$/,
  )
  assert.deepEqual(rest, [''])
})

test('files that cannot be played or written are refused in one line', async (t) => {
  const root = recordedNano(t)
  const file = join(root, 'other')
  writeFileSync(file, 'other\n')
  for (const [args, problem] of [
    [['--replay', file], /first line/],
    [['--replay', join(root, 'none')], /ENOENT/],
    [['--once', '--record', file], /Choose another name/],
    [['--record', file, '--replay', file], /got both/],
  ] as const) {
    const {code, stdout, stderr} = await telemetry(root, ...args)
    assert.equal(code, 2, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, problem)
    assert.equal(stderr.trimEnd().split('\n').length, 1)
  }
  assert.equal(readFileSync(file, 'utf8'), 'other\n')
})

test('the table tells alarms once, and widens when a sensor comes late', () => {
  const clock = {nowMs: () => 0, monotonicMs: () => 0}
  const reading = openBoard(boardFiles('nano', overlayChange('hot-surface')), clock).read()
  const linesOf = openTable()
  assert.deepEqual(linesOf(reading).slice(2), [
    '  alarm: The heat sink is too hot to touch (above 70 °C).',
  ])
  assert.equal(linesOf(reading).length, 1)
  const [header, row] = linesOf({...reading, cpuLoad: 0.5})
  assert.match(header ?? '', / CPU % /)
  assert.equal(row?.length, header?.length)
})
