import assert from 'node:assert/strict'
import {test} from 'node:test'
import {makeBox, smallSource, snapshot} from './box.ts'

test('uninstalling removes all that was made, keeps studies and settings, and can be followed by an installation', async (t) => {
  const box = makeBox(t)
  const source = smallSource(t)
  const args = ['--yes', '--source', source]
  await box.setUp([...args, '--swap', '1'])
  const installed = snapshot(box.root)
  box.write('var/lib/simmer/studies/one/snapshot-1.json', 'mine')
  box.write('etc/systemd/system/simmer.service.d/override.conf', '[Service]\nNice=6\n')
  box.calls()
  const {status, stderr} = await box.setUp(['--uninstall', ...args])
  assert.equal(status, 0, stderr)
  assert.deepEqual(
    box.calls().filter((call) => call.startsWith('systemctl')),
    [
      'systemctl disable --now simmer',
      'systemctl disable --now opt-simmer-swapfile.swap',
      'systemctl daemon-reload',
      'systemctl try-restart avahi-daemon',
      'systemctl try-restart systemd-journald',
    ],
  )
  for (const gone of [
    'opt/simmer',
    'usr/local/bin/simmer',
    'etc/systemd/system/simmer.service',
    'etc/systemd/system/simmer.service.d/groups.conf',
    'etc/systemd/system/opt-simmer-swapfile.swap',
    'etc/systemd/journald.conf.d/simmer.conf',
    'etc/avahi/services/simmer.service',
    'etc/udev/rules.d/99-simmer-gpio.rules',
  ]) {
    assert.ok(!box.has(gone), gone)
  }
  assert.equal(box.read('etc/avahi/avahi-daemon.conf'), '[server]\n#host-name=foo\nuse-ipv4=yes\n')
  assert.equal(box.read('var/lib/simmer/studies/one/snapshot-1.json'), 'mine')
  assert.ok(box.has('etc/simmer/simmer.env'))
  assert.ok(box.has('etc/systemd/system/simmer.service.d/override.conf'))
  assert.match(box.read('etc/passwd'), /^simmer:/m)
  const again = await box.setUp([...args, '--swap', '1'])
  assert.equal(again.status, 0, again.stderr)
  assert.ok(box.is('enabled') && box.is('active'))
  const known = snapshot(box.root)
  for (const [name, content] of Object.entries(installed)) assert.equal(known[name], content, name)
})

test('purging leaves the system as it was but for packages and groups', async (t) => {
  const box = makeBox(t)
  const args = ['--yes', '--source', smallSource(t)]
  await box.setUp(args)
  const {status, stderr} = await box.setUp(['--uninstall', '--purge', ...args])
  assert.equal(status, 0, stderr)
  for (const gone of ['var/lib/simmer', 'etc/simmer', 'opt/simmer']) assert.ok(!box.has(gone), gone)
  assert.doesNotMatch(box.read('etc/passwd'), /simmer/)
  const again = await box.setUp(['--uninstall', '--purge', ...args])
  assert.equal(again.status, 0, again.stderr)
})

test('uninstalling asks first, and its dry run only says what it would remove', async (t) => {
  const box = makeBox(t)
  const source = smallSource(t)
  await box.setUp(['--yes', '--source', source])
  const installed = snapshot(box.root, true)
  const dry = await box.setUp(['--uninstall', '--purge', '--dry-run', '--source', source])
  assert.equal(dry.status, 0, dry.stderr)
  assert.match(dry.stdout, /\+ rm -rf \/opt\/simmer\n/)
  assert.match(dry.stdout, /\+ rm -rf \/var\/lib\/simmer\n/)
  const unasked = await box.setUp(['--uninstall', '--purge', '--source', source])
  assert.equal(unasked.status, 2)
  assert.match(unasked.stdout, /all studies, data sets and logs/)
  assert.deepEqual(snapshot(box.root, true), installed)
})

test('a command of another program is not removed', async (t) => {
  const box = makeBox(t)
  box.write('usr/local/bin/simmer', '#!/bin/sh\n')
  const {status, stderr} = await box.setUp(['--uninstall', '--yes', '--source', smallSource(t)])
  assert.equal(status, 0, stderr)
  assert.ok(box.has('usr/local/bin/simmer'))
})
