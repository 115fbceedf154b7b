import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {temporaryFolder} from '../fixtures/folders.ts'
import {projectRoot} from '../fixtures/project.ts'

const unitFile = join(projectRoot(), 'systemd/simmer.service')
const newerFile = join(projectRoot(), 'systemd/drop-ins/newer-systemd.conf')

/** The unit as it is where the drop-in for newer systems is installed, too. */
const unitOfToday = (): string => {
  const newer = readFileSync(newerFile, 'utf8').replace('[Service]', '')
  return readFileSync(unitFile, 'utf8').replace('[Install]', `${newer}\n[Install]`)
}

const keysOf = (text: string): readonly string[] =>
  [...text.matchAll(/^([A-Za-z]+)=/gm)].map(([, key]) => key ?? '')

/** Keys that systemd 237 does not know (`systemd-analyze verify` of a newer one accepts them). */
const tooNew = [
  'OOMPolicy',
  'ExecCondition',
  'PrivateMounts',
  'ProtectHostname',
  'ProtectKernelLogs',
  'ProtectProc',
  'ProcSubset',
  'RestrictSUIDSGID',
  'RestrictFileSystems',
  'TemporaryFileSystem',
  'LogRateLimitIntervalSec',
  'LogRateLimitBurst',
  'LoadCredential',
  'SetCredential',
  'ExitType',
  'RestartSteps',
]

/** Keys that would take the GPU, the pins or the just-in-time compiler away. */
const harmful = [
  'MemoryDenyWriteExecute',
  'PrivateDevices',
  'ProtectKernelTunables',
  'DynamicUser',
  'DevicePolicy',
  'DeviceAllow',
  // It implies a DeviceAllow, which closes all other devices.
  'ProtectClock',
]

/** Those of systemd 237, of which the unit may name some: one it does not know may void the whole line. */
const systemCallSets =
  'aio basic-io chown clock cpu-emulation debug default file-system io-event ipc keyring memlock module mount network-io obsolete privileged process raw-io reboot resources setuid signal swap sync timer'
    .split(' ')
    .map((name) => `@${name}`)

const unknownSets = (unit: string): readonly string[] =>
  [...unit.matchAll(/^SystemCallFilter=~?(.*)$/gm)]
    .flatMap(([, sets]) => sets?.split(' ') ?? [])
    .filter((name) => name.startsWith('@') && !systemCallSets.includes(name))

/** What stands in the way of a unit on systemd 237. */
const problemsOf = (unit: string): readonly string[] => [
  ...keysOf(unit).filter((key) => tooNew.includes(key) || harmful.includes(key)),
  ...[...unit.matchAll(/^(Type=exec|\w+=append:.*)$/gm)].map(([line]) => line),
  ...unknownSets(unit),
]

test('the unit uses nothing that is too new for JetPack 4 or harmful on it', () => {
  assert.deepEqual(problemsOf(readFileSync(unitFile, 'utf8')), [])
})

test('that check finds what it looks for', () => {
  const bad =
    'Type=exec\nOOMPolicy=continue\nPrivateDevices=yes\nStandardOutput=append:/x\nSystemCallFilter=@swap @system-service\nUser=a\n'
  assert.deepEqual(problemsOf(bad), [
    'OOMPolicy',
    'PrivateDevices',
    'Type=exec',
    'StandardOutput=append:/x',
    '@system-service',
  ])
})

test('the drop-in for newer systems adds only what the unit must not hold', () => {
  const keys = keysOf(readFileSync(newerFile, 'utf8'))
  assert.ok(keys.length > 0)
  for (const key of keys) assert.ok(tooNew.includes(key), key)
})

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0

test('systemd finds nothing wrong with unit and drop-in together', {
  skip: hasSystemd ? false : 'systemd-analyze is not here',
}, (t) => {
  const folder = temporaryFolder(t)
  const verified = join(folder, 'simmer.service')
  // The program is not at its place on this machine, and the user does not exist: neither is the unit's fault.
  const unit = unitOfToday()
    .replace('ExecStart=/opt/simmer/node/bin/node', `ExecStart=${process.execPath}`)
    .replace(/^Documentation=.*$/m, '')
  writeFileSync(verified, unit)
  const {status, stderr} = spawnSync('systemd-analyze', ['verify', verified], {encoding: 'utf8'})
  const complaints = stderr
    .split('\n')
    .filter((line) => line.includes(verified) || line.includes('simmer.service'))
  assert.deepEqual(complaints, [])
  assert.equal(status, 0, stderr)
})

test('systemd does find a mistyped key', {
  skip: hasSystemd ? false : 'systemd-analyze is not here',
}, (t) => {
  const verified = join(temporaryFolder(t), 'simmer.service')
  writeFileSync(verified, '[Service]\nExecStart=/bin/true\nRestrat=always\n')
  const {stderr} = spawnSync('systemd-analyze', ['verify', verified], {encoding: 'utf8'})
  assert.match(stderr, /Restrat/)
})

/** 0 is a locked cell, 10 an open door. */
const exposureOf = (text: string, folder: string): number | undefined => {
  const unit = join(folder, 'simmer.service')
  writeFileSync(unit, text)
  const args = ['security', '--offline=true', '--no-pager', unit]
  const {stdout} = spawnSync('systemd-analyze', args, {encoding: 'utf8'})
  const exposure = /Overall exposure level for simmer\.service: ([\d.]+)/.exec(stdout)?.[1]
  return exposure === undefined ? undefined : Number(exposure)
}

test('what systemd thinks of the sandbox does not get worse', {
  skip: hasSystemd ? false : 'systemd-analyze is not here',
}, (t) => {
  const exposure = exposureOf(unitOfToday(), temporaryFolder(t))
  if (exposure === undefined) return t.skip('systemd-analyze is older than 250')
  assert.ok(exposure <= 2.2, `unit and drop-in: ${exposure}`)
  const old = exposureOf(readFileSync(unitFile, 'utf8'), temporaryFolder(t))
  assert.ok(old !== undefined && old <= 2.9, `the unit alone: ${old}`)
})

test('no key of the drop-in is harmful', () => {
  const keys = keysOf(readFileSync(newerFile, 'utf8'))
  assert.deepEqual(
    keys.filter((key) => harmful.includes(key)),
    [],
  )
})
