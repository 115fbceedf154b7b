import assert from 'node:assert/strict'
import {mkdirSync, readdirSync, readlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {type Box, makeBox, smallSource} from './box.ts'

const study = 'var/lib/simmer/studies/one/snapshot-1.json'

/** A box with a release that runs, and a study of it. */
const boxWithStudy = async (t: TestContext): Promise<Box> => {
  const box = makeBox(t)
  const {status, stderr} = await box.setUp(['--yes', '--source', smallSource(t, '// first\n')])
  assert.equal(status, 0, stderr)
  box.write(study, 'old')
  box.write('var/lib/simmer/auth.json', 'old keys')
  box.write('var/lib/simmer/lock', '7')
  box.write('var/lib/simmer/datasets/faces.simmer', 'pictures')
  box.calls()
  return box
}

const current = (box: Box) => readlinkSync(join(box.root, 'opt/simmer/current'))

test('a first installation that does not come up is stopped and not started at boot', async (t) => {
  const box = makeBox(t)
  const {status, stderr} = await box.setUp(['--yes', '--source', smallSource(t, '// broken\n')])
  assert.equal(status, 1)
  assert.match(stderr, /what went wrong/)
  assert.match(
    stderr,
    /Start: releases\/\w{12} does not come up: .* not started at boot: .* run this script again/,
  )
  assert.ok(!box.is('enabled') && !box.is('active'))
  const corrected = await box.setUp(['--yes', '--source', smallSource(t)])
  assert.equal(corrected.status, 0, corrected.stderr)
  assert.ok(box.is('enabled') && box.is('active'))
  assert.equal(readdirSync(join(box.root, 'opt/simmer/releases')).length, 1)
})

test('an update that does not come up is taken back, its studies too', async (t) => {
  const box = await boxWithStudy(t)
  const before = current(box)
  const source = smallSource(t, '// migrates, broken\n')
  writeFileSync(join(source, 'systemd/simmer.service'), '[Service]\nType=newer\n')
  const {status, stderr} = await box.setUp(['--yes', '--source', source])
  assert.equal(status, 1)
  assert.match(stderr, /does not come up: .* runs again with the studies as it left them\. /)
  assert.equal(current(box), before)
  assert.equal(box.read(study), 'old')
  assert.equal(box.read('var/lib/simmer/auth.json'), 'old keys')
  assert.equal(box.read('opt/simmer/rolled-back/studies/one/snapshot-1.json'), 'migrated\n')
  assert.doesNotMatch(box.read('etc/systemd/system/simmer.service'), /Type=newer/)
  assert.ok(box.is('enabled') && box.is('active'))
  assert.ok(!box.has('opt/simmer/before-update/datasets'))
  assert.ok(!box.has('opt/simmer/before-update/lock'))
})

test('an update that starts but does not answer is taken back', async (t) => {
  const box = await boxWithStudy(t)
  const before = current(box)
  const {status, stderr} = await box.setUp([
    '--yes',
    '--source',
    smallSource(t, '// migrates, silent\n'),
  ])
  assert.equal(status, 1)
  assert.match(stderr, /it does not answer at http:\/\/127\.0\.0\.1:8080\/healthz\. releases/)
  assert.equal(current(box), before)
  assert.equal(box.read(study), 'old')
})

test('after an update whose last steps were cut off, the next one goes back no further than to it', async (t) => {
  const box = await boxWithStudy(t)
  const first = current(box)
  await box.setUp(['--yes', '--source', smallSource(t, '// second\n')])
  const second = current(box)
  // As if it had ended while it waited for an answer, which came; then time passed.
  box.write('opt/simmer/updating', `${first}\n`)
  box.write(study, 'of weeks later')
  const third = smallSource(t, '// migrates, silent\n')
  const {status, stderr} = await box.setUp(['--yes', '--source', third])
  assert.equal(status, 1, stderr)
  assert.equal(current(box), second)
  assert.equal(box.read(study), 'of weeks later')
})

test('studies are copied while the service is stopped', async (t) => {
  const box = await boxWithStudy(t)
  await box.setUp(['--yes', '--source', smallSource(t, '// migrates\n')])
  assert.deepEqual(
    box.calls().filter((call) => call.startsWith('systemctl')),
    [
      'systemctl stop simmer',
      'systemctl daemon-reload',
      'systemctl enable simmer',
      'systemctl restart simmer',
    ],
  )
  assert.equal(box.read(study), 'migrated\n')
  assert.equal(box.read('opt/simmer/before-update/studies/one/snapshot-1.json'), 'old')
})

test('after updates the running release and the one before are kept', async (t) => {
  const box = await boxWithStudy(t)
  const seen = [current(box)]
  for (const program of ['// second\n', '// third\n']) {
    const {status, stderr} = await box.setUp(['--yes', '--source', smallSource(t, program)])
    assert.equal(status, 0, stderr)
    seen.unshift(current(box))
  }
  const [third, second] = seen
  assert.equal(readlinkSync(join(box.root, 'opt/simmer/previous')), second)
  assert.deepEqual(
    readdirSync(join(box.root, 'opt/simmer/releases')).sort(),
    [third, second].map((name) => name?.replace('releases/', '')).sort(),
  )
})

test('a running release that does not come up again is not taken back to an older one', async (t) => {
  const box = await boxWithStudy(t)
  const source = smallSource(t, '// second\n')
  await box.setUp(['--yes', '--source', source])
  const running = current(box)
  box.write(join('opt/simmer', running, 'bin/simmer.js'), '// broken by its settings\n')
  box.write('etc/simmer/simmer.env', 'SIMMER_PORT=81\n')
  box.write(study, 'new')
  const {status, stderr} = await box.setUp(['--yes', '--source', source])
  assert.equal(status, 1)
  assert.match(stderr, /It was not new, so nothing was taken back/)
  assert.equal(current(box), running)
  assert.equal(box.read(study), 'new')
})

test('where an earlier version of the script put the program is removed after the switch, or taken back', async (t) => {
  const box = makeBox(t)
  mkdirSync(join(box.root, 'opt/simmer/app/bin'), {recursive: true})
  box.write('opt/simmer/app/bin/simmer.js', '// app\n')
  box.write('opt/simmer/app/systemd/simmer.service', '[Service]\nDescription=app\n')
  box.write(study, 'old')
  const broken = await box.setUp(['--yes', '--source', smallSource(t, '// migrates, broken\n')])
  assert.equal(broken.status, 1)
  assert.match(box.read('etc/systemd/system/simmer.service'), /Description=app/)
  assert.equal(box.read(study), 'old')
  assert.ok(box.is('active'))
  const good = await box.setUp(['--yes', '--source', smallSource(t)])
  assert.equal(good.status, 0, good.stderr)
  assert.ok(!box.has('opt/simmer/app'))
})
