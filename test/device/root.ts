/** A small Debian for arm64, made once and kept in a cache. It shows nothing that is Ubuntu 18.04's own. */
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, renameSync, rmSync} from 'node:fs'
import {homedir} from 'node:os'
import {join} from 'node:path'

const release = 'bookworm'

// What JetPack has as well, and no more: the script must bring all else.
const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'avahi-daemon',
  'python3',
  'procps',
  'hostname',
]

const programs = ['debootstrap', 'qemu-aarch64-static', 'update-binfmts', 'systemd-nspawn']

/** Why a rehearsal cannot be held here; undefined where it can. */
export const whyNot = (): string | undefined => {
  if (process.platform !== 'linux') return 'it needs Linux'
  if (process.getuid?.() !== 0) return 'it needs root, for it boots a system of its own'
  const missing = programs.filter((program) => !isProgram(program))
  if (missing.length === 0) return undefined
  return `${missing.join(', ')} missing: apt-get install debootstrap qemu-user-static binfmt-support systemd-container`
}

const isProgram = (name: string) => spawnSync('which', [name]).status === 0

/** The folder that keeps what takes long to make. */
export const cacheFolder = (): string => {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'simmer-device')
  mkdirSync(folder, {recursive: true})
  return folder
}

/** A copy of the Debian in a folder that must not be there yet. Takes minutes the first time, seconds later. */
export const copyRoot = (to: string): void => {
  understandArm()
  act('cp', '-a', '--reflink=auto', pristineRoot(), to)
}

/** This kernel runs arm64 programs from then on. */
const understandArm = () => {
  const formats = '/proc/sys/fs/binfmt_misc'
  if (!existsSync(join(formats, 'register'))) act('mount', '-t', 'binfmt_misc', 'none', formats)
  if (!existsSync(join(formats, 'qemu-aarch64'))) act('update-binfmts', '--enable', 'qemu-aarch64')
}

const pristineRoot = (): string => {
  const root = join(cacheFolder(), `${release}-arm64-${packages.join('-')}`)
  if (existsSync(root)) return root
  const half = `${root}.half`
  rmSync(half, {recursive: true, force: true})
  const include = `--include=${packages.join(',')}`
  act('debootstrap', '--arch=arm64', '--foreign', '--variant=minbase', include, release, half)
  // What it mounts in there goes with its own view of the mounts.
  act('unshare', '--mount', 'chroot', half, '/debootstrap/debootstrap', '--second-stage')
  rmSync(join(half, 'var/cache/apt/archives'), {recursive: true, force: true})
  renameSync(half, root)
  return root
}

const act = (program: string, ...args: readonly string[]) => {
  const {status, stdout, stderr} = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (status === 0) return
  const end = `${stdout}${stderr}`.split('\n').slice(-15).join('\n')
  throw new Error(`expected this to work: ${program} ${args.join(' ')}\n${end}`)
}
