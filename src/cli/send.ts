/** One request to the daemon of this machine, in plain HTTP or over TLS. */
import {X509Certificate} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {request} from 'node:http'
import {connect, type TLSSocket} from 'node:tls'

type Message = {
  readonly host: string
  readonly port: number
  /** Where TLS is spoken: the certificate that the daemon has to show. */
  readonly certFile?: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export type Answer = {readonly status: number; readonly text: string}

/** Rejects when there is no answer, or when another than the daemon would give it. */
export const send = async (message: Message): Promise<Answer> => {
  const {host, port, certFile, method, path, headers, body} = message
  const socket = certFile === undefined ? undefined : await connectTo(host, port, certFile)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...{host, port, method, path, headers},
        ...(socket ? {createConnection: () => socket} : {agent: false}),
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({status: response.statusCode ?? 0, text}))
        response.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/**
 * A connection whose other end has the key of exactly this certificate, before a word of ours (the token!) is said. No
 * authority and no name is asked: the certificate need not be for a loopback address.
 */
const connectTo = (host: string, port: number, certFile: string): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const {fingerprint256} = new X509Certificate(readFileSync(certFile))
    const socket = connect({host, port, rejectUnauthorized: false}, () => {
      if (socket.getPeerX509Certificate()?.fingerprint256 === fingerprint256) {
        resolve(socket)
        return
      }
      socket.destroy()
      reject(
        new Error(
          `it shows another certificate than ${certFile}; restart it after the file has changed`,
        ),
      )
    })
    socket.once('error', reject)
  })
