import type {DeviceFiles} from './device-files.ts'
import {noAnswer} from './gauges.ts'

/** The files, each shown in shared memory while it is asked. Those that hang are not asked. */
export const showCurrent = (
  files: DeviceFiles,
  avoided: readonly string[],
  current: SharedArrayBuffer,
): DeviceFiles => {
  const [numbers, path] = viewsOf(current)
  const encoder = new TextEncoder()
  const isAvoided = (asked: string) =>
    avoided.some((one) => asked === one || asked.startsWith(`${one}/`))
  const shown = <T>(asked: string, answer: () => T): T => {
    Atomics.add(numbers, 1, 1)
    Atomics.store(numbers, 0, encoder.encodeInto(asked, path).written)
    const answered = answer()
    Atomics.store(numbers, 0, 0)
    return answered
  }
  return {
    read: (asked) => (isAvoided(asked) ? {error: noAnswer} : shown(asked, () => files.read(asked))),
    list: (asked) => (isAvoided(asked) ? [] : shown(asked, () => files.list(asked))),
  }
}

/** Memory to share with the thread: the length of the path, the number of the question, and the path in UTF-8. */
export const makeCurrent = (): SharedArrayBuffer => new SharedArrayBuffer(8 + 4096)

/** The file that is asked right now, and the how-manieth question it is; undefined while none is asked. */
export const currentFile = (
  current: SharedArrayBuffer,
): {readonly path: string; readonly question: number} | undefined => {
  const [numbers, path] = viewsOf(current)
  const length = Atomics.load(numbers, 0)
  if (length === 0) return undefined
  return {path: Buffer.from(path.slice(0, length)).toString(), question: Atomics.load(numbers, 1)}
}

const viewsOf = (current: SharedArrayBuffer) =>
  [new Int32Array(current, 0, 2), new Uint8Array(current, 8)] as const

/** What to leave alone where `path` hangs. All files of a device behind a wire hang together. */
export const avoidedWith = (path: string): string =>
  /\/i2c\/|\/hwmon\//.test(path) ? path.slice(0, path.lastIndexOf('/')) : path
