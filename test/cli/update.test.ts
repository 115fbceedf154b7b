import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {update} from '../../src/cli/update.ts'
import {silentLog} from '../../src/daemon/base/log.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {simmer} from '../fixtures/simmer.ts'

/** A folder of releases as the set-up script leaves it, and a source whose script notes how it was called. */
const installation = (t: TestContext, exitCode = 0) => {
  const folder = temporaryFolder(t)
  const program = join(folder, 'releases/0123456789ab')
  const source = join(folder, 'clone')
  const called = join(folder, 'called')
  mkdirSync(program, {recursive: true})
  mkdirSync(join(source, 'scripts'), {recursive: true})
  writeFileSync(join(folder, 'source'), `${source}\n`)
  writeScript(source, called, exitCode)
  const problems: string[] = []
  return {
    folder,
    program,
    source,
    problems,
    wasCalledWith: () => (existsSync(called) ? readFileSync(called, 'utf8').trim() : undefined),
    run: (options: Parameters<typeof update>[0] = {}, programFolder = program) =>
      update(options, {
        programFolder,
        log: {...silentLog, error: (message) => problems.push(message)},
      }),
  }
}

const writeScript = (source: string, called: string, exitCode = 0) =>
  writeFileSync(
    join(source, 'scripts/setup-jetson.sh'),
    `echo "$@" >'${called}'\nexit ${exitCode}\n`,
  )

const asRoot = {skip: process.getuid?.() === 0 ? false : 'only root may update'}

test('the source that was installed from sets itself up, without a question', asRoot, async (t) => {
  const {run, wasCalledWith, problems} = installation(t)
  assert.equal(await run(), 0)
  assert.equal(wasCalledWith(), '--yes')
  assert.deepEqual(problems, [])
})

test('a clone is brought up to date first', asRoot, async (t) => {
  const {folder, source, run, wasCalledWith} = installation(t)
  const git = (where: string, ...args: readonly string[]) => {
    const {status, stderr} = spawnSync(
      'git',
      ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args],
      {cwd: where, encoding: 'utf8'},
    )
    assert.equal(status, 0, stderr)
  }
  git(source, 'init', '--quiet', '--initial-branch=main')
  git(source, 'add', '.')
  git(source, 'commit', '--quiet', '--message', 'First')
  const upstream = join(folder, 'upstream')
  git(folder, 'clone', '--quiet', source, upstream)
  git(source, 'remote', 'add', 'origin', upstream)
  git(source, 'fetch', '--quiet', 'origin')
  git(source, 'branch', '--quiet', '--set-upstream-to=origin/main')
  const called = join(folder, 'newer')
  writeScript(upstream, called)
  git(upstream, 'commit', '--quiet', '--all', '--message', 'Second')
  assert.equal(await run(), 0)
  assert.equal(wasCalledWith(), undefined)
  assert.equal(readFileSync(called, 'utf8'), '--yes\n')

  writeFileSync(join(source, 'scripts/setup-jetson.sh'), 'edited\n')
  writeScript(upstream, called, 1)
  git(upstream, 'commit', '--quiet', '--all', '--message', 'Third')
  assert.equal(await run(), 1)
})

test(
  'a source that is named is taken as it is, and so are prepared downloads',
  asRoot,
  async (t) => {
    const first = installation(t)
    const second = installation(t)
    assert.equal(await first.run({source: second.source, offline: '/downloads'}), 0)
    assert.equal(first.wasCalledWith(), undefined)
    assert.equal(second.wasCalledWith(), '--yes --offline /downloads')
  },
)

test(
  'where the set-up goes back to the version before, the update has failed',
  asRoot,
  async (t) => {
    assert.equal(await installation(t, 1).run(), 1)
  },
)

test('a Simmer that no set-up script has installed says how it is updated', async (t) => {
  const {run, source, problems} = installation(t)
  assert.equal(await run({}, source), 2)
  assert.match(problems[0] ?? '', /^Expected a Simmer that .* has installed.*git pull && node/)
  const real = await simmer(['update'])
  assert.equal(real.code, 2)
  assert.match(real.stderr, /^error: Expected a Simmer that .*\n$/)
})

test('a source that has gone is one line', async (t) => {
  const {run, problems, folder} = installation(t)
  assert.equal(await run({source: join(folder, 'gone')}), 2)
  writeFileSync(join(folder, 'source'), '/gone\n')
  assert.equal(await run(), 2)
  for (const problem of problems)
    assert.match(problem, /^Expected Simmer's source in .*gone, found none/)
  assert.equal(problems.length, 2)
})
