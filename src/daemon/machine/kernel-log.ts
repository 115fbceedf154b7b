/** The kernel's own log, as far as this user may read it. */
import {closeSync, constants, openSync, readSync} from 'node:fs'
import {join} from 'node:path'

/** L4T's driver writes it when the SoC's over-current detector fires: the supply could not follow. */
const overCurrent = /soctherm: OC ALARM/

/**
 * Answers with how often the kernel has noted over-current since it started, or undefined where its log may not be read.
 * Each call reads only what is new.
 */
export const openKernelLog = (root: string): (() => number | undefined) => {
  let file = openLog(join(root, 'dev/kmsg'))
  let count = 0
  let rest = ''
  return () => {
    while (file !== undefined) {
      const text = nextOf(file)
      if (text === undefined) {
        closeSync(file)
        file = undefined
      } else if (text === '') {
        return count
      } else {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        count += lines.filter((line) => overCurrent.test(line)).length
      }
    }
    return undefined
  }
}

const openLog = (file: string): number | undefined => {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    // Missing, or for root alone.
    return undefined
  }
}

/** The kernel gives one message a call, and refuses a buffer that is too small for it. */
const longestMessage = 8_192

/** Nothing (`''`) until the next message; undefined where it cannot be read. */
const nextOf = (file: number): string | undefined => {
  const buffer = Buffer.alloc(longestMessage)
  for (;;) {
    try {
      return buffer.toString('utf8', 0, readSync(file, buffer))
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException // node's own file errors carry a code
      // Some messages were overwritten before they could be read; the next call goes on behind them.
      if (code === 'EPIPE') continue
      return code === 'EAGAIN' ? '' : undefined
    }
  }
}
