/**
 * Which requests come from our own pages. Two checks that hold on plain HTTP too: the name we are called by (against
 * rebinding of names) and the page that a change comes from (against forms on other sites).
 */
import {networkInterfaces} from 'node:os'

/** Whether only this machine can reach an address. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** The names we answer to, without ports. Addresses may change while we run, so ask for each request. */
export const ownNames = (
  boundHost: string,
  hostname: string,
  announcedName: string = hostname,
): readonly string[] => {
  const here = ['localhost', '127.0.0.1', '[::1]', bracketed(boundHost)]
  if (isLoopback(boundHost)) return here
  const addresses = Object.values(networkInterfaces()).flatMap(
    (all) => all?.map(({address}) => bracketed(address)) ?? [],
  )
  return [
    ...here,
    ...addresses,
    hostname,
    `${hostname}.local`,
    'simmer.local',
    ...announcedNames(announcedName),
  ]
}

/** Where several boxes would announce the same name, avahi numbers all but the first. */
const announcedNames = (name: string): readonly string[] => [
  `${name}.local`,
  ...Array.from({length: 8}, (_, index) => `${name}-${index + 2}.local`),
]

/** A Host header that is one of our names with the port we listen on (which 80 may leave out). */
export const isOwnHost = (
  header: string | undefined,
  names: readonly string[],
  port: number,
): boolean => {
  const asked = header?.toLowerCase()
  return names
    .map((name) => name.toLowerCase())
    .some((name) => asked === `${name}:${port}` || (port === 80 && asked === name))
}

export type Provenance = {
  readonly method: string
  readonly host: string | undefined
  readonly origin: string | undefined
  /** Sec-Fetch-Site: browsers send it to loopback, but not to a LAN name over plain HTTP. */
  readonly fetchSite: string | undefined
  readonly hasToken: boolean
  readonly isOnLoopback: boolean
}

/**
 * Whether a request may change something: its Origin is our own. Programs send none: they need a token, or to run on
 * this machine. Every browser of the last years sends one with a form or fetch that changes something, and those on
 * loopback also say Sec-Fetch-Site.
 */
export const mayChange = (from: Provenance): boolean => {
  if (from.method === 'GET' || from.method === 'HEAD' || from.method === 'OPTIONS') return true
  if (from.origin !== undefined) return from.origin === `http://${from.host}`
  if (from.hasToken) return true
  return from.isOnLoopback && [undefined, 'same-origin', 'none'].includes(from.fetchSite)
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)
