import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {test} from 'node:test'
import {announcedName, lanAddresses} from '../../src/ui/addresses.ts'
import {isOwnHost, ownNames} from '../../src/ui/auth/same-origin.ts'
import {temporaryFolder} from '../fixtures/folders.ts'

test("avahi's own setting is the name that the network knows", (t) => {
  const file = join(temporaryFolder(t), 'avahi-daemon.conf')
  writeFileSync(file, '[server]\n#host-name=foo\nhost-name=simmer\nuse-ipv4=yes\n')
  assert.equal(announcedName(file), 'simmer')
  writeFileSync(file, '[server]\n#host-name=foo\n')
  assert.equal(announcedName(file), hostname())
  assert.equal(announcedName(join(temporaryFolder(t), 'none')), hostname())
})

test('the name comes last, for not every phone can look it up', () => {
  const addresses = lanAddresses(8080)
  assert.match(addresses.at(-1) ?? '', /^http:\/\/.+\.local:8080$/)
  for (const address of addresses.slice(0, -1)) {
    assert.match(address, /^http:\/\/\d+\.\d+\.\d+\.\d+:8080$/)
  }
})

test('it answers to the announced name, and to the number that avahi gives a second box', () => {
  const names = ownNames('0.0.0.0', 'nano', 'simmer')
  for (const host of ['simmer.local:8080', 'simmer-2.local:8080', 'nano.local:8080']) {
    assert.ok(isOwnHost(host, names, 8080), host)
  }
  assert.ok(!isOwnHost('simmer-evil.local:8080', names, 8080))
})
