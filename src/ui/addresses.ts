/** Where others on the network find this box. */
import {readFileSync} from 'node:fs'
import {hostname, networkInterfaces} from 'node:os'
import type {Scheme} from './auth/same-origin.ts'

/** What avahi announces as `NAME.local`: its own setting goes before the machine's name. */
export const announcedName = (avahiSettings = '/etc/avahi/avahi-daemon.conf'): string => {
  try {
    const setting = /^\s*host-name\s*=\s*(\S+)/m.exec(readFileSync(avahiSettings, 'utf8'))
    return setting?.[1] ?? hostname()
  } catch {
    // There is no avahi here.
    return hostname()
  }
}

/**
 * The names that a certificate is for come first, since browsers trust no other; then addresses, which work in every
 * browser; then the announced name, which old phones don't know.
 */
export const lanAddresses = (
  port: number,
  scheme: Scheme = 'http',
  certifiedNames: readonly string[] = [],
): readonly string[] => {
  const names = [...certifiedNames, ...lanIps(), `${announcedName()}.local`]
  return [...new Set(names)].map((name) => `${scheme}://${name}:${port}`)
}

/** What a phone's camera reads: the page where a browser is paired, with the code in it. */
export const linkAddress = (address: string, linkCode: string): string =>
  `${address}/pair?code=${linkCode}`

/** The IPv4 addresses on networks, in the order of the interfaces. */
export const lanIps = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({family, internal}) => family === 'IPv4' && !internal)
    .map(({address}) => address)
