import assert from 'node:assert/strict'
import {test} from 'node:test'
import {serveSimmer} from '../fixtures/serving-simmer.ts'
import {simmer} from '../fixtures/simmer.ts'

test('tokens are made, listed and revoked by name, and everybody can be sent out', async (t) => {
  const {env, address} = await serveSimmer(t, {SIMMER_HOST: '0.0.0.0', SIMMER_BACKEND: 'wasm'})
  const statusWith = async (token: string, method = 'GET') => {
    const headers = {authorization: `Bearer ${token}`}
    return (await fetch(`${address}/api/v1/studies`, {method, headers})).status
  }

  const made = await simmer(['token', 'add', 'backup', '--reader'], {env})
  assert.equal(made.code, 0, made.stderr)
  assert.match(made.stdout, /^simmer_[\w-]{43}\n$/)
  const token = made.stdout.trim()
  assert.equal(await statusWith(token), 200)
  assert.equal(await statusWith(token, 'POST'), 403)
  const listed = await simmer(['token', 'list'], {env})
  assert.match(listed.stdout, /^backup +reader +\d{4}-\d\d-\d\dT.*\n$/)

  const twice = await simmer(['token', 'add', 'backup'], {env})
  assert.equal(twice.code, 1)
  assert.match(twice.stderr, /^error: There is a token backup already\..*\n$/)
  const unknown = await simmer(['token', 'revoke', 'restore'], {env})
  assert.match(unknown.stderr, /^error: Expected the name of a token, got restore\..*\n$/)
  const revoked = await simmer(['token', 'revoke', 'backup'], {env})
  assert.equal(revoked.stdout, 'backup no longer holds.\n')
  assert.equal(await statusWith(token), 401)

  const other = (await simmer(['token', 'add', 'other'], {env})).stdout.trim()
  const first = await simmer(['pair', '--reader', '--json'], {env})
  const all = await simmer(['pair', '--reader', '--revoke-all'], {env})
  assert.match(all.stdout, /^Every browser and token was sent out\.\n/)
  assert.match(all.stdout, /may look at everything, but change nothing\.\n$/)
  assert.ok(!all.stdout.includes(JSON.parse(first.stdout).code))
  assert.equal(await statusWith(other), 401)
})
