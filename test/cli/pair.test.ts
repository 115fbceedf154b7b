import assert from 'node:assert/strict'
import {type TestContext, test} from 'node:test'
import jsQR from 'jsqr'
import {temporaryFolder} from '../fixtures/folders.ts'
import {freePort} from '../fixtures/free-port.ts'
import {serveSimmer} from '../fixtures/serving-simmer.ts'
import {simmer} from '../fixtures/simmer.ts'

const serve = async (t: TestContext, host: string) =>
  (await serveSimmer(t, {SIMMER_HOST: host, SIMMER_BACKEND: 'wasm'})).env

/** What a camera reads in lines of half blocks, where the drawn half is light. */
const readQr = (lines: readonly string[]): string | undefined => {
  const scale = 4
  const rows = lines.flatMap((line) => [
    [...line].map((character) => '█▀'.includes(character)),
    [...line].map((character) => '█▄'.includes(character)),
  ])
  const side = Math.max(...rows.map((row) => row.length))
  const width = side * scale
  const height = rows.length * scale
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isLight = rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] ?? false
      pixels.fill(isLight ? 255 : 0, (y * width + x) * 4, (y * width + x) * 4 + 3)
    }
  }
  // Its types describe the default export of an ES module; it is a CommonJS one.
  const read = jsQR as unknown as typeof jsQR.default
  return read(pixels, width, height)?.data
}

test('a phone comes in by the code, or by the address in the picture', async (t) => {
  const env = await serve(t, '0.0.0.0')
  const {code: exitCode, stdout, stderr} = await simmer(['pair'], {env})
  assert.equal(exitCode, 0, stderr)
  const code = /pairing code (\d{4} \d{4})\./.exec(stdout)?.[1]
  assert.ok(code, stdout)
  const address = readQr(stdout.split('\n').filter((line) => /^[█▀▄ ]+$/.test(line)))
  assert.ok(address, stdout)
  assert.match(address, new RegExp(`^http://[\\w.-]+:${env.SIMMER_PORT}/pair\\?code=[\\da-f]{24}$`))
  assert.ok(stdout.includes(`  ${new URL(address).origin}\n`))
  const here = `http://127.0.0.1:${env.SIMMER_PORT}${new URL(address).pathname}${new URL(address).search}`
  const page = await (await fetch(here)).text()
  assert.ok(page.includes(`value="${new URL(address).searchParams.get('code')}"`), page)
  const paired = await fetch(here, {
    method: 'POST',
    redirect: 'manual',
    headers: {origin: new URL(here).origin},
    body: new URLSearchParams({code}),
  })
  assert.equal(paired.status, 303)
  const after = JSON.parse((await simmer(['pair', '--json'], {env})).stdout)
  assert.notEqual(after.code, code)
})

test('on loopback nobody pairs, and it says so', async (t) => {
  const env = await serve(t, '127.0.0.1')
  const {code, stdout} = await simmer(['pair'], {env})
  assert.equal(code, 0)
  assert.match(stdout, /^Simmer is reached from this machine alone.*SIMMER_HOST=0\.0\.0\.0.*\n$/)
  assert.equal((await simmer(['pair', '--json'], {env})).stdout, '{"code":null,"addresses":[]}\n')
})

test('without a daemon there is nothing to pair with', async (t) => {
  const env = {SIMMER_HOME: temporaryFolder(t), SIMMER_PORT: String(await freePort())}
  const {code, stderr} = await simmer(['pair'], {env})
  assert.equal(code, 1)
  assert.match(stderr, /^error: Expected a running daemon at .*\n$/)
})
