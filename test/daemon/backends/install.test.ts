import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {test} from 'node:test'
import {runCommand} from '../../../src/daemon/backends/command.ts'
import {fetchPackage, fetchWheel} from '../../../src/daemon/backends/fetch.ts'
import {
  installedVersion,
  installTensorflow,
  removeTensorflow,
} from '../../../src/daemon/backends/install.ts'
import {type Library, libraryFor} from '../../../src/daemon/backends/library.ts'
import {backendFolder, bindingFile} from '../../../src/daemon/backends/places.ts'
import {pythonSymbolsIn, standInSource} from '../../../src/daemon/backends/python-symbols.ts'
import {checkDisk, findCompiler, findFetchers} from '../../../src/daemon/backends/tools.ts'
import {openWheel} from '../../../src/daemon/backends/wheel.ts'
import {ok, type Result} from '../../../src/daemon/base/result.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {nativeBackend} from '../../fixtures/native-backend.ts'
import {simmer} from '../../fixtures/simmer.ts'

const never = new AbortController().signal

test('each machine gets the build that suits it, and others a sentence', () => {
  const chosen = (platform: string, arch: string, l4tMajor?: number) => {
    const found = libraryFor({platform, arch, ...(l4tMajor && {l4tMajor})})
    return found.ok ? found.value.version : found.problems
  }
  assert.equal(chosen('linux', 'x64'), '2.18.1')
  assert.equal(chosen('linux', 'arm64'), '2.18.1')
  assert.equal(chosen('linux', 'arm64', 36), '2.18.1')
  assert.equal(chosen('linux', 'arm64', 32), '2.7.0+nv22.1')
  assert.equal(chosen('darwin', 'arm64'), '2.18.1')
  assert.equal(chosen('darwin', 'x64'), '2.16.2')
  assert.match(String(chosen('win32', 'x64')), /Expected linux x64, .* found win32 x64\./)
})

test('missing tools are named, each with its remedy', async () => {
  const fetchers = await findFetchers({...process.env, PYTHON: '/nowhere/python'})
  assert.ok(!fetchers.ok)
  assert.equal(fetchers.problems.length, 1)
  assert.match(
    fetchers.problems[0],
    /Expected Python 3 with pip as `\/nowhere\/python`.*python3-pip/,
  )
  const compiler = await findCompiler({...process.env, CXX: '/nowhere/c++'})
  assert.ok(!compiler.ok)
  assert.match(
    compiler.problems[0],
    /Expected a C\+\+ compiler as \/nowhere\/c\+\+.*apt install g\+\+/,
  )
})

test('a full disk is told before anything is fetched, with how much is needed', (t) => {
  const found = checkDisk(temporaryFolder(t), 1e18)
  assert.ok(!found.ok)
  assert.match(found.problems[0], /Expected 1000000000\.0 GB of free disk for .*, found [\d.]+ GB/)
})

test('an installation that cannot begin leaves nothing and changes nothing', async (t) => {
  const home = temporaryFolder(t)
  const found = await installTensorflow({
    home,
    machine: {platform: process.platform, arch: process.arch},
    env: {...process.env, PYTHON: '/nowhere/python'},
    prove: async () => ok('tensorflow'),
    say: () => {},
    signal: never,
  })
  assert.equal(found.ok, false)
  assert.deepEqual(readdirSync(home), [])
  assert.equal(installedVersion(home), undefined)
})

test('a wheel from an address is checked; a wrong or missing one is refused and not kept', async (t) => {
  const content = Buffer.from('a wheel')
  const sha256 = createHash('sha256').update(content).digest('hex')
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/there.whl' ? 200 : 404
    response.end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo // it listens on a port
  const folder = join(temporaryFolder(t), 'downloads')
  const fetched = (path: string, digest: string) => {
    const url = `http://127.0.0.1:${port}/${path}`
    const library: Library = {...anyLibrary, wheel: {kind: 'url', url, sha256: digest}}
    const fetchers = {python: 'python3', npm: 'npm'}
    return fetchWheel(library, {folder, fetchers, signal: never})
  }

  const wrong = await fetched('there.whl', sha256.replace(/./, 'x'))
  assert.ok(!wrong.ok && /Expected there\.whl to have the sha256 x/.test(wrong.problems[0]))
  assert.deepEqual(readdirSync(folder), [])
  const missing = await fetched('missing.whl', sha256)
  assert.ok(!missing.ok && /the server answered 404.*Check the network/.test(missing.problems[0]))
  const found = await fetched('there.whl', sha256)
  assert.ok(found.ok)
  server.close()
  server.closeAllConnections()
  // What is there and whole is not fetched again.
  assert.deepEqual(await fetched('there.whl', sha256), found)
})

test('without a network all must be there and whole, and nothing is fetched', async (t) => {
  const folder = temporaryFolder(t)
  const content = 'a wheel'
  const sha256 = createHash('sha256').update(content).digest('hex')
  const wheels: readonly Library['wheel'][] = [
    {kind: 'url', url: 'http://127.0.0.1:1/there-1.whl', sha256},
    {kind: 'index', requirement: 'there==1', platformTag: 'any', sha256},
  ]
  const found = () =>
    Promise.all(wheels.map((wheel) => fetchWheel({...anyLibrary, wheel}, {folder, signal: never})))
  const saysMissing = (result: Result<string>) =>
    assert.match(String(!result.ok && result.problems), /Expected .*there.* in .*, found none that/)

  for (const result of await found()) saysMissing(result)
  writeFileSync(join(folder, 'there-1.whl'), 'half a wh')
  for (const result of await found()) saysMissing(result)
  writeFileSync(join(folder, 'there-1.whl'), content)
  for (const result of await found()) assert.deepEqual(result, ok(join(folder, 'there-1.whl')))

  const source = {name: '@a/b', version: '1.0.0', sha512: 'x'}
  const sources = await fetchPackage(source, {folder, signal: never})
  assert.match(
    String(!sources.ok && sources.problems),
    /Expected a-b-1\.0\.0\.tgz in .*backend fetch/,
  )
})

test('a folder for a machine without a network is asked for with known words', async () => {
  const folder = '/nowhere'
  const wrong = await simmer(['backend', 'fetch', '--to', folder, '--for', 'toaster'])
  assert.equal(wrong.code, 2)
  assert.match(
    wrong.stderr,
    /^error: --for: expected jetpack4, linux-arm64, linux-x64, got toaster/,
  )
  const other = await simmer(['backend', 'fetch', 'torch', '--to', folder, '--for', 'jetpack4'])
  assert.equal(other.code, 2)
  assert.match(other.stderr, /expected tensorflow, got torch/)
})

test('libraries come out of a wheel, and headers with all that they include', async (t) => {
  const folder = temporaryFolder(t)
  const include = join(folder, 'tensorflow', 'include')
  mkdirSync(join(include, 'external/local_tsl/tsl'), {recursive: true})
  mkdirSync(join(include, 'tensorflow/c'), {recursive: true})
  writeFileSync(join(include, 'tensorflow/c/c_api.h'), '#include <stddef.h>\n#include "tsl/a.h"\n')
  writeFileSync(join(include, 'external/local_tsl/tsl/a.h'), '// a')
  writeFileSync(join(include, 'tensorflow/c/unused.h'), '// unused')
  writeFileSync(join(folder, 'tensorflow', 'lib.so.2'), 'machine code')
  const made = await runCommand('python3', ['-m', 'zipfile', '-c', 'a.whl', 'tensorflow'], {
    cwd: folder,
  })
  assert.ok(made.ok, String(made))
  const wheel = await openWheel(join(folder, 'a.whl'))
  const target = join(folder, 'out')
  await wheel.extract('tensorflow/lib.so.2', join(target, 'lib.so'))
  await wheel.extractHeaders(['tensorflow/c/c_api.h'], join(target, 'include'))
  await assert.rejects(wheel.extract('nothing', join(target, 'x')), /Expected nothing in/)
  wheel.close()
  assert.equal(readFileSync(join(target, 'lib.so'), 'utf8'), 'machine code')
  assert.deepEqual(readdirSync(join(target, 'include'), {recursive: true}).sort(), [
    'tensorflow',
    'tensorflow/c',
    'tensorflow/c/c_api.h',
    'tsl',
    'tsl/a.h',
  ])
})

test('a stand-in defines the symbols of Python that a library refers to, and no others', async (t) => {
  const listing = [
    '                 U PyObject_Call',
    '                 U malloc@GLIBC_2.2.5',
    '                 U _Py_NoneStruct',
    '0000000000001130 T PyInit_thing',
    '',
  ].join('\n')
  const names = pythonSymbolsIn(listing)
  assert.deepEqual(names, ['PyObject_Call', '_Py_NoneStruct'])
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'python.c'), standInSource(names))
  const args = ['-shared', '-fPIC', '-x', 'c', 'python.c', '-o', 'python.so']
  const compiled = await runCommand('c++', args, {cwd: folder})
  assert.ok(compiled.ok)
  const defined = await runCommand('nm', ['-D', '--defined-only', 'python.so'], {cwd: folder})
  assert.ok(defined.ok)
  for (const name of names) assert.match(defined.value, new RegExp(` ${name}$`, 'm'))
})

test('TensorFlow is installed by way of the package index, found again, and removed', async (t) => {
  const backend = await nativeBackend()
  if (backend.kind === 'unreachable') {
    t.skip(backend.reason)
    return
  }
  assert.ok(installedVersion(backend.home))
  assert.deepEqual(
    readdirSync(backendFolder(backend.home))
      .filter((name) => !/^libtensorflow/.test(name))
      .sort(),
    ['installed.json', 'tfjs_binding.node'],
  )
  assert.ok(!existsSync(join(backend.home, 'backends', 'downloads')))

  const said: string[] = []
  const again = await installTensorflow({
    home: backend.home,
    machine: {platform: process.platform, arch: process.arch},
    env: {PATH: '/nowhere'},
    prove: async (file) => ok(file === bindingFile(backend.home) ? 'tensorflow' : 'other'),
    say: (sentence) => said.push(sentence),
    signal: never,
  })
  assert.deepEqual(again, ok('tensorflow'))
  assert.match(said.join(), /installed already, and trains/)

  const home = temporaryFolder(t)
  mkdirSync(backendFolder(home), {recursive: true})
  assert.equal(await removeTensorflow(home), true)
  assert.equal(await removeTensorflow(home), false)
})

const anyLibrary = {
  version: '1',
  main: 'main',
  framework: 'framework',
  needsPythonSymbols: false,
  diskBytes: 1,
}
