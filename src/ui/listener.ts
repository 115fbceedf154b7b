/**
 * The open port: how much one client may take of it, and which protocol is spoken. It knows no page.
 */
import {createServer, type RequestListener} from 'node:http'
import {createServer as createTlsServer} from 'node:https'
import {createServer as createNetServer, type Server, type Socket} from 'node:net'

export type Listener = {
  readonly server: Server
  /** Ends every connection, streams too. */
  readonly endConnections: () => void
}

const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // How often it looks whether one of the two is over.
  connectionsCheckingInterval: 2_000,
}
const mostConnections = 256
const mostConnectionsOfOneClient = 32
const firstByteWithinMs = 10_000

export const plainListener = (app: RequestListener): Listener => {
  const server = limitConnections(createServer(limits, app))
  return {server, endConnections: () => server.closeAllConnections()}
}

/**
 * TLS, and on the same port an answer in plain HTTP for those who ask in it: a browser that was given the address without
 * the s gets `plainApp` in place of waiting for nothing.
 */
export const tlsListener = (
  app: RequestListener,
  plainApp: RequestListener,
  {cert, key}: {readonly cert: string; readonly key: string},
): Listener => {
  const tls = createTlsServer({...limits, cert, key, handshakeTimeout: firstByteWithinMs}, app)
  const plain = createServer(limits, plainApp)
  // They never listen themselves, but from that word on they look at the clock for slow headers and requests.
  for (const inner of [tls, plain]) inner.emit('listening')
  const sockets = new Set<Socket>()
  const server = createNetServer({pauseOnConnect: false}, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.setTimeout(firstByteWithinMs, () => socket.destroy())
    socket.once('data', (start) => {
      socket.setTimeout(0)
      socket.removeAllListeners('timeout')
      socket.pause()
      socket.unshift(start)
      const speaker = start[0] === handshake ? tls : plain
      speaker.emit('connection', socket)
      process.nextTick(() => socket.resume())
    })
  })
  return {
    server: limitConnections(server),
    endConnections: () => {
      for (const inner of [tls, plain]) inner.emit('close')
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** The first byte of a TLS connection (RFC 8446, 5.1); no word of HTTP begins with it. */
const handshake = 22

const limitConnections = <S extends Server>(server: S): S => {
  server.maxConnections = mostConnections
  const counts = new Map<string, number>()
  server.on('connection', (socket) => {
    const client = socket.remoteAddress ?? ''
    const count = (counts.get(client) ?? 0) + 1
    counts.set(client, count)
    socket.once('close', () => {
      const left = (counts.get(client) ?? 1) - 1
      if (left) counts.set(client, left)
      else counts.delete(client)
    })
    if (count > mostConnectionsOfOneClient) socket.destroy()
  })
  return server
}
