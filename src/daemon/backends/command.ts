/** Programs of the machine, run to their end. */
import {spawn} from 'node:child_process'
import {ok, type Result, refuse} from '../base/result.ts'

/**
 * What the program printed. Where it is missing or fails, what it said last. `isShown` lets it speak to the person, on
 * stderr, for stdout is the command's own.
 */
export const runCommand = async (
  program: string,
  args: readonly string[],
  options: {readonly cwd?: string; readonly signal?: AbortSignal; readonly isShown?: boolean} = {},
): Promise<Result<string>> => {
  const {isShown = false, ...rest} = options
  const child = spawn(program, args, {...rest, stdio: ['ignore', isShown ? 2 : 'pipe', 'pipe']})
  let output = ''
  let complaint = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000)
    if (isShown) process.stderr.write(text)
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(refuse(`${program}: ${error.message}`)))
    child.once('close', (code) =>
      resolve(
        code === 0
          ? ok(output)
          : refuse(`${program} ended with ${code}: ${lastLine(complaint || output)}`),
      ),
    )
  })
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''
