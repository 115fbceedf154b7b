import assert from 'node:assert/strict'
import {execFile, execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, readFileSync, writeFileSync} from 'node:fs'
import type {IncomingMessage} from 'node:http'
import {get, request} from 'node:https'
import {connect, connect as connectPlain, type Socket} from 'node:net'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {connect as connectTls} from 'node:tls'
import {promisify} from 'node:util'
import {readTls} from '../../src/ui/tls.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {freePort} from '../fixtures/free-port.ts'
import {simmer, startSimmer} from '../fixtures/simmer.ts'
import {type Answer, ask, serve} from './serve.ts'

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], {stdio: 'ignore'})
    return true
  } catch {
    return false
  }
})()
const options = hasOpenssl ? {} : {skip: 'openssl is not installed, and makes the certificates'}

/** A certificate for nano.example.org and *.home.example that vouches for itself, and its key. */
const makeCertificate = async (t: TestContext) => {
  const folder = temporaryFolder(t)
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', keyFile, '-out', certFile, '-days', '2', '-subj', '/CN=nano.example.org'],
    ...['-addext', 'subjectAltName=DNS:nano.example.org,DNS:*.home.example'],
  ])
  return {certFile, keyFile}
}

const serveTls = async (t: TestContext) => {
  const tls = await makeCertificate(t)
  return {...(await serve(t, {host: '0.0.0.0', tls})), ca: readFileSync(tls.certFile, 'utf8')}
}

type TlsServer = Awaited<ReturnType<typeof serveTls>>

/** One request over TLS, which trusts this certificate alone. */
const askTls = (
  {port, ca}: TlsServer,
  path: string,
  {
    method = 'GET',
    host = `nano.example.org:${port}`,
    headers = {},
    body = '',
  }: {
    readonly method?: string
    readonly host?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
  } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...{host: '127.0.0.1', port, path, method, ca, agent: false},
        servername: 'nano.example.org',
        headers: {Host: host, ...headers},
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () =>
          resolve({status: response.statusCode ?? 0, headers: response.headers, text}),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })

const pairTls = (server: TlsServer, origin: string): Promise<Answer> =>
  askTls(server, '/pair', {
    method: 'POST',
    headers: {'Content-Type': 'application/x-www-form-urlencoded', Origin: origin},
    body: new URLSearchParams({code: server.pairingCode ?? ''}).toString(),
  })

test(
  'over TLS a browser pairs and keeps a cookie that no plain connection sends',
  options,
  async (t) => {
    const server = await serveTls(t)
    assert.equal(server.url, `https://nano.example.org:${server.port}`)
    const own = `https://nano.example.org:${server.port}`
    for (const origin of [own.replace('https', 'http'), 'https://evil.example', 'null']) {
      assert.equal((await pairTls(server, origin)).status, 403, origin)
    }
    const paired = await pairTls(server, own)
    assert.equal(paired.status, 303)
    const [setCookie = ''] = paired.headers['set-cookie'] ?? []
    assert.match(setCookie, /^__Host-simmer_session=[\w-]+;/)
    for (const flag of ['Secure', 'HttpOnly', 'SameSite=Strict', 'Path=/']) {
      assert.ok(setCookie.split('; ').includes(flag), setCookie)
    }
    const [pair = ''] = setCookie.split(';')
    assert.equal((await askTls(server, '/', {headers: {Cookie: pair}})).status, 200)
    const unprefixed = {Cookie: pair.replace('__Host-', '')}
    assert.equal((await askTls(server, '/', {headers: unprefixed})).status, 303)
    const page = await askTls(server, '/access', {headers: {Cookie: pair}})
    assert.ok(page.text.includes(`${own}/pair?code=`))
    assert.equal(page.headers['strict-transport-security'], undefined)
  },
)

test('over TLS it answers to the names of its certificate, and to no other', options, async (t) => {
  const server = await serveTls(t)
  for (const name of ['nano.example.org', 'box.home.example', '127.0.0.1', 'simmer.local']) {
    const {status} = await askTls(server, '/pair', {host: `${name}:${server.port}`})
    assert.equal(status, 200, name)
  }
  for (const name of ['evil.example', 'a.b.home.example', 'nano.example.org.evil.example']) {
    const {status} = await askTls(server, '/pair', {host: `${name}:${server.port}`})
    assert.equal(status, 421, name)
  }
})

test(
  'plain HTTP on the port of TLS is led to HTTPS, told of health, and changes nothing',
  options,
  async (t) => {
    const server = await serveTls(t)
    const moved = await ask(server, '/studies/a?sort=value')
    assert.deepEqual(
      [moved.status, moved.headers.location],
      [307, `https://127.0.0.1:${server.port}/studies/a?sort=value`],
    )
    const health = await ask(server, '/healthz')
    assert.deepEqual([health.status, JSON.parse(health.text)], [200, {status: 'ok'}])
    const changed = await ask(server, '/pair', {method: 'POST', body: 'code=1'})
    assert.equal(changed.status, 400)
    assert.match(changed.text, /^Expected HTTPS, got plain HTTP\. Send it to https:/)
    const foreign = {Host: `evil.example:${server.port}`}
    assert.equal((await ask(server, '/', {headers: foreign})).status, 421)
    const absolute = await ask(server, 'http://evil.example/x')
    assert.equal(absolute.headers.location, `https://127.0.0.1:${server.port}/`)
  },
)

test(
  'what is neither TLS nor HTTP on that port is cut off and harms nobody',
  options,
  async (t) => {
    const server = await serveTls(t)
    for (const junk of [
      Buffer.from([22, 3, 1, 0, 5, 1, 2, 3, 4, 5]),
      Buffer.from('\0\0\0\r\n\r\n'),
    ]) {
      const socket = connect(server.port, '127.0.0.1').on('error', () => {})
      socket.resume().write(junk)
      await new Promise((resolve) => socket.once('close', resolve))
    }
    assert.equal((await askTls(server, '/healthz')).status, 200)
  },
)

test('a stream over TLS ends with its session, and when the server closes', options, async (t) => {
  const server = await serveTls(t)
  const origin = `https://nano.example.org:${server.port}`
  const paired = await pairTls(server, origin)
  const Cookie = paired.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const token = readFileSync(join(server.home, 'cli-token'), 'utf8').trim()
  const ofBrowser = await openStream(server, {Cookie})
  const ofBox = await openStream(server, {Authorization: `Bearer ${token}`})
  const headers = {Origin: origin, Cookie}
  assert.equal((await askTls(server, '/forget', {method: 'POST', headers})).status, 303)
  await ofBrowser.ended
  assert.ok(!ofBox.stream.destroyed)
  await server.close()
  await ofBox.ended
})

const openStream = async ({port, ca}: TlsServer, headers: Readonly<Record<string, string>>) => {
  const stream = await new Promise<IncomingMessage>((resolve) => {
    const where = {host: '127.0.0.1', port, path: '/events', servername: 'nano.example.org'}
    get({...where, ca, agent: false, headers: {Host: `127.0.0.1:${port}`, ...headers}}, resolve)
  })
  assert.equal(stream.statusCode, 200)
  // It is cut off, which is an error to the client.
  stream.on('error', () => {})
  return {stream, ended: new Promise((resolve) => stream.resume().once('close', resolve))}
}

test('certificate and key that cannot be used are one sentence', options, async (t) => {
  const {certFile, keyFile} = await makeCertificate(t)
  const other = await makeCertificate(t)
  const junk = join(temporaryFolder(t), 'junk.pem')
  writeFileSync(junk, 'not PEM')
  const problemOf = (files: {certFile: string; keyFile: string}): string => {
    const tls = readTls(files)
    return tls.ok ? '' : tls.problems.join('\n')
  }
  assert.equal(problemOf({certFile, keyFile}), '')
  assert.match(
    problemOf({certFile: '/none.pem', keyFile}),
    /^SIMMER_TLS_CERT: expected a file, found none that can be read at \/none\.pem \(ENOENT\)\.$/,
  )
  assert.match(
    problemOf({certFile, keyFile: junk}),
    /^SIMMER_TLS_KEY: expected a private key in PEM/,
  )
  assert.match(
    problemOf({certFile: junk, keyFile}),
    /^SIMMER_TLS_CERT: expected a certificate in PEM/,
  )
  assert.match(
    problemOf({certFile, keyFile: other.keyFile}),
    /^SIMMER_TLS_KEY: expected the key that belongs to the certificate in .*, got another one in /,
  )
  chmodSync(keyFile, 0)
  if (process.getuid?.() !== 0) {
    assert.match(
      problemOf({certFile, keyFile}),
      /^SIMMER_TLS_KEY: .* the user of the service may read/,
    )
  }
})

test(
  'the command line speaks TLS with the daemon, and with no other certificate',
  options,
  async (t) => {
    const {certFile, keyFile} = await makeCertificate(t)
    const env = {
      SIMMER_HOME: temporaryFolder(t),
      SIMMER_HOST: '0.0.0.0',
      SIMMER_PORT: String(await freePort()),
      SIMMER_BACKEND: 'wasm',
      SIMMER_TLS_CERT: certFile,
      SIMMER_TLS_KEY: keyFile,
    }
    const daemon = startSimmer(['serve'], {env})
    t.after(async () => {
      daemon.child.kill('SIGKILL')
      await daemon.ended
    })
    await daemon.says(`Simmer is at https://nano.example.org:${env.SIMMER_PORT}`)
    const paired = await simmer(['pair'], {env})
    assert.equal(paired.code, 0, paired.stderr)
    assert.ok(paired.stdout.includes(`\n  https://nano.example.org:${env.SIMMER_PORT}\n`))

    const other = await makeCertificate(t)
    const refused = await simmer(['study', 'list'], {
      env: {...env, SIMMER_TLS_CERT: other.certFile},
    })
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /^error: .* it shows another certificate than .*\n$/)
  },
)

test('a key of another certificate stops the start with one line', options, async (t) => {
  const [one, other] = [await makeCertificate(t), await makeCertificate(t)]
  const env = {
    SIMMER_HOME: temporaryFolder(t),
    SIMMER_PORT: String(await freePort()),
    SIMMER_BACKEND: 'wasm',
    SIMMER_TLS_CERT: one.certFile,
  }
  const half = await simmer(['serve'], {env})
  assert.equal(half.code, 2)
  assert.match(half.stderr, /^error: tls_key: expected it beside tls_cert, .*\n$/)
  const ended = await simmer(['serve'], {env: {...env, SIMMER_TLS_KEY: other.keyFile}})
  assert.equal(ended.code, 2)
  assert.match(ended.stderr, /^error: SIMMER_TLS_KEY: expected the key that belongs to .*\n$/)
})

test(
  'who sends headers slowly is hung up on, in both protocols of the port',
  options,
  async (t) => {
    const {port} = await serveTls(t)
    const words = 'GET / HTTP/1.1\r\nHost: nano.example.org\r\nX: '
    const plain = connectPlain({host: '127.0.0.1', port}, () => plain.write(words))
    const secure = connectTls({host: '127.0.0.1', port, rejectUnauthorized: false}, () =>
      secure.write(words),
    )
    const sockets: readonly Socket[] = [plain, secure]
    t.after(() => {
      for (const socket of sockets) socket.destroy()
    })
    await Promise.all(
      sockets.map((socket) => {
        socket.on('error', () => {})
        socket.resume()
        return once(socket, 'close')
      }),
    )
  },
)
