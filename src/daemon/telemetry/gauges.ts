/** Asks sensors for their values, and keeps why one that ought to have a value has none. Never guesses one. */
import type {DeviceFiles} from './device-files.ts'

/**
 * A value out of a text: undefined where the text makes no sense, `off` where the sensor says that it has nothing to
 * measure at the moment.
 */
type Parse<T> = (text: string) => T | undefined | typeof off

export const off = Symbol('off')

export interface Gauges {
  /** The sensor's value; undefined where it gives none. */
  readonly measure: <T>(name: string, path: string, parse: Parse<T>) => T | undefined
  /** Leaves a sensor alone this time, as it is known to have nothing to say. */
  readonly rest: (name: string) => void
  /** Why sensors gave no value since the last call. One that never gave a value and is not there has no reason. */
  readonly takeReasons: () => Readonly<Record<string, string>>
}

export const openGauges = (files: DeviceFiles): Gauges => {
  /** Sensors that have given a value once. */
  const known = new Set<string>()
  let asked = new Set<string>()
  let reasons: Record<string, string> = {}
  return {
    measure: (name, path, parse) => {
      asked.add(name)
      const answer = files.read(path)
      const value = 'text' in answer ? parse(answer.text) : undefined
      if (value !== undefined && value !== off) {
        known.add(name)
        return value
      }
      const isAbsent = value === off || ('error' in answer && meansAbsent.has(answer.error))
      if (known.has(name) || !isAbsent) {
        reasons[name] =
          'error' in answer
            ? reasonOf(answer.error)
            : value === off
              ? 'is switched off'
              : quoted(answer.text)
      }
      return undefined
    },
    rest: (name) => asked.add(name),
    takeReasons: () => {
      // Discovery may have found that its file is gone.
      for (const name of known) if (!asked.has(name)) reasons[name] ??= reasonOf('ENOENT')
      const taken = reasons
      asked = new Set()
      reasons = {}
      return taken
    },
  }
}

/** What a driver answers for a sensor that this board does not have, or that sleeps. */
const meansAbsent: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENODEV',
  'ENXIO',
  'ENODATA',
  'EAGAIN',
  'EINVAL',
  'EOPNOTSUPP',
  'ENOTSUP',
])

/** The error of a file that is not asked as long as an earlier question hangs. */
export const noAnswer = 'no answer'

const words: Readonly<Record<string, string>> = {
  ENOENT: 'is gone',
  ENOTDIR: 'is gone',
  ENODEV: 'is gone',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  EISDIR: 'is a folder, not a file',
  [noAnswer]: 'does not answer',
}

/** What happened, in words. */
export const reasonOf = (error: string): string => words[error] ?? `answers ${error}`

const quoted = (text: string): string => {
  // Rubbish may be long.
  const printable = text
    .slice(0, 100)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
  if (printable === '') return text === '' ? 'says nothing' : 'says nothing readable'
  return `says "${printable.length > 24 ? `${printable.slice(0, 24)}…` : printable}"`
}
