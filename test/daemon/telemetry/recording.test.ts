import assert from 'node:assert/strict'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {systemClock} from '../../../src/daemon/base/clock.ts'
import type {Machine, Reading} from '../../../src/daemon/telemetry/reading.ts'
import {openRecording, startRecording} from '../../../src/daemon/telemetry/recording.ts'
import {openBoard} from '../../../src/daemon/telemetry/sysfs.ts'
import {type Board, boardFiles, overlayChange} from '../../fixtures/device-tree.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'

const play = async (file: string): Promise<{machine: Machine; readings: Reading[]}> => {
  const recording = await openRecording(file)
  assert.ok(recording.ok, JSON.stringify(recording))
  const readings: Reading[] = []
  for await (const reading of recording.value.readings) {
    assert.ok(reading.ok, JSON.stringify(reading))
    readings.push(reading.value)
  }
  return {machine: recording.value.machine, readings}
}

const refusalOf = async (file: string): Promise<string> => {
  const recording = await openRecording(file)
  assert.ok(!recording.ok)
  return recording.problems.join('\n')
}

test('what was recorded is played, field by field', async (t) => {
  const boards: readonly (readonly [Board, string])[] = [
    ['nano', 'train-gpu-99'],
    ['nano', 'throttled'],
    ['nano', 'odd-reads'],
    ['orin', 'over-current'],
    ['xavier', ''],
  ]
  for (const [i, [name, overlay]] of boards.entries()) {
    const file = join(temporaryFolder(t), `${i}.ndjson`)
    const board = openBoard(boardFiles(name, overlayChange(overlay, name)), systemClock)
    const recording = startRecording(file, board.machine())
    assert.ok(recording.ok)
    const readings = [board.read(), board.read()]
    for (const reading of readings) assert.ok(recording.value.add(reading).ok)
    assert.deepEqual(await play(file), {machine: board.machine(), readings})
    const first = JSON.parse(readFileSync(file, 'utf8').split('\n')[0] ?? '')
    assert.equal(first.machine.memory_bytes, board.machine().memoryBytes)
  }
})

test('a recording never overwrites a file', (t) => {
  const file = join(temporaryFolder(t), 'mine.txt')
  writeFileSync(file, 'mine')
  const machine = openBoard(boardFiles('nano'), systemClock).machine()
  assert.deepEqual(startRecording(file, machine), {
    ok: false,
    problems: [`Expected a new file, found one at ${file}. Choose another name, or remove it.`],
  })
  assert.equal(readFileSync(file, 'utf8'), 'mine')
})

test('what is no recording is refused in one line', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'other')
  assert.match(await refusalOf(file), /^Expected a recording at .*other: ENOENT[^\n]*$/)
  mkdirSync(join(folder, 'folder'))
  assert.match(await refusalOf(join(folder, 'folder')), /found no file\.$/)
  for (const text of ['', 'hello\n', '{}\n', '{"recording_version":2,"machine":{}}\n', '[1]\n']) {
    writeFileSync(file, text)
    assert.match(
      await refusalOf(file),
      /^Expected a recording of `simmer telemetry --record` in .*other, found something else in its first line\.$/,
    )
  }
})

test('a recording that was cut off, or changed, is played up to there', async (t) => {
  const file = join(temporaryFolder(t), 'cut.ndjson')
  const board = openBoard(boardFiles('nano'), systemClock)
  const recording = startRecording(file, board.machine())
  assert.ok(recording.ok)
  recording.value.add(board.read())
  const whole = readFileSync(file, 'utf8')
  for (const [added, problem] of [
    [whole.slice(0, 200), /in line 3 of .*, found something else/],
    [
      '{"at_ms":"noon","temperatures_c":{},"powers_w":{},"voltages_v":{},"alarms":[]}\n',
      /\(atMs: /,
    ],
  ] as const) {
    writeFileSync(file, whole + added)
    const opened = await openRecording(file)
    assert.ok(opened.ok)
    const results = []
    for await (const result of opened.value.readings) results.push(result)
    assert.deepEqual(
      results.map(({ok}) => ok),
      [true, false],
    )
    assert.match(JSON.stringify(results[1]), problem)
  }
})
