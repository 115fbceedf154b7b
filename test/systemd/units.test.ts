import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {temporaryFolder} from '../fixtures/folders.ts'
import {projectRoot} from '../fixtures/project.ts'

const unitFile = join(projectRoot(), 'systemd/simmer.service')
const newerFile = join(projectRoot(), 'systemd/drop-ins/newer-systemd.conf')

const keysOf = (text: string): readonly string[] =>
  [...text.matchAll(/^([A-Za-z]+)=/gm)].map(([, key]) => key ?? '')

/** Keys that systemd 237 does not know (`systemd-analyze verify` of a newer one accepts them). */
const tooNew = [
  'OOMPolicy',
  'ExecCondition',
  'ProtectClock',
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
const harmful = ['MemoryDenyWriteExecute', 'PrivateDevices', 'ProtectKernelTunables', 'DynamicUser']

/** What stands in the way of a unit on systemd 237. */
const problemsOf = (unit: string): readonly string[] => [
  ...keysOf(unit).filter((key) => tooNew.includes(key) || harmful.includes(key)),
  ...[...unit.matchAll(/^(Type=exec|\w+=append:.*|SystemCallFilter=.*@system-service.*)$/gm)].map(
    ([line]) => line,
  ),
]

test('the unit uses nothing that is too new for JetPack 4 or harmful on it', () => {
  assert.deepEqual(problemsOf(readFileSync(unitFile, 'utf8')), [])
})

test('that check finds what it looks for', () => {
  const bad =
    'Type=exec\nOOMPolicy=continue\nPrivateDevices=yes\nStandardOutput=append:/x\nUser=a\n'
  assert.deepEqual(problemsOf(bad), [
    'OOMPolicy',
    'PrivateDevices',
    'Type=exec',
    'StandardOutput=append:/x',
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
  const unit = readFileSync(unitFile, 'utf8')
    .replace('ExecStart=/opt/simmer/node/bin/node', `ExecStart=${process.execPath}`)
    .replace(/^Documentation=.*$/m, '')
  const newer = readFileSync(newerFile, 'utf8').replace('[Service]', '')
  writeFileSync(verified, unit.replace('[Install]', `${newer}\n[Install]`))
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
