/** The last thing that the button does. */
import {spawn} from 'node:child_process'
import type {Log} from '../base/log.ts'

/**
 * Runs the command that switches the box off, in a shell. Answers with 1 where that was refused, so that systemd starts
 * Simmer again and the light comes back: then the box is not to be unplugged.
 */
export const switchOff = (command: string, log: Log): Promise<0 | 1> =>
  new Promise((resolve) => {
    const child = spawn(command, {shell: true, stdio: ['ignore', 'ignore', 'pipe']})
    let words = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-1_000)
    })
    child.once('error', ({message}) => {
      words = message
    })
    child.once('close', (code) => {
      if (code !== 0) {
        log.error(
          `The box stays on, for \`${command}\` failed: ${words.trim() || `exit code ${code}`}. See docs/panel.md on the right to switch it off.`,
        )
      }
      resolve(code === 0 ? 0 : 1)
    })
  })
