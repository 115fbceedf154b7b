/** Where others on the network find this box. */
import {readFileSync} from 'node:fs'
import {hostname, networkInterfaces} from 'node:os'

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

/** Addresses that work in every browser first, then the name, which old phones don't know. */
export const lanAddresses = (port: number): readonly string[] =>
  [...lanIps(), `${announcedName()}.local`].map((name) => `http://${name}:${port}`)

/** The IPv4 addresses on networks, in the order of the interfaces. */
export const lanIps = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({family, internal}) => family === 'IPv4' && !internal)
    .map(({address}) => address)
