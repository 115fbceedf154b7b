/**
 * What plain HTTP gets on a port of TLS: whether the box is well, which is no secret and which the set-up script asks, and
 * the way to HTTPS. Nothing else, and no change.
 */
import type {RequestListener} from 'node:http'
import {isOwnHost, type Naming} from './auth/same-origin.ts'

export const plainApp =
  (naming: () => Naming): RequestListener =>
  (request, response) => {
    const {headers, method = '', url = '/', socket} = request
    const say = (status: number, text: string, more: Record<string, string> = {}) => {
      response.writeHead(status, {'Content-Type': 'text/plain; charset=utf-8', ...more})
      response.end(text)
    }
    response.shouldKeepAlive = false
    if (!isOwnHost(headers.host, naming(), socket.localPort ?? 0)) {
      say(421, `This box does not answer to ${headers.host ?? 'an empty host name'}.\n`)
    } else if (url === '/healthz') {
      say(200, '{"status":"ok"}', {'Content-Type': 'application/json'})
    } else if (method === 'GET' || method === 'HEAD') {
      const path = url.startsWith('/') ? url : '/'
      say(307, 'Here HTTPS is spoken.\n', {Location: `https://${headers.host}${path}`})
    } else {
      say(400, `Expected HTTPS, got plain HTTP. Send it to https://${headers.host}${url}.\n`)
    }
  }
