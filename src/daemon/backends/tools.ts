/** The programs that an installation needs, each with what to do where it is missing. */
import {statfsSync} from 'node:fs'
import {ok, type Result, refuse} from '../base/result.ts'
import {runCommand} from './command.ts'

/** What brings files from the network. */
export type Fetchers = {readonly python: string; readonly npm: string}

/** All of them, or a sentence on each that is missing. */
export const findFetchers = async (env: NodeJS.ProcessEnv): Promise<Result<Fetchers>> => {
  const python = env.PYTHON ?? 'python3'
  const npm = 'npm'
  const problems: string[] = []
  const pip = await runCommand(python, ['-m', 'pip', '--version'])
  if (!pip.ok) {
    problems.push(
      `Expected Python 3 with pip as \`${python}\`, but it did not run (${pip.problems.join(' ')}). Install it (Debian and Ubuntu: apt install python3-pip), or name another in PYTHON.`,
    )
  }
  const npmRuns = await runCommand(npm, ['--version'])
  if (!npmRuns.ok) {
    problems.push(
      `Expected npm, but it did not run (${npmRuns.problems.join(' ')}). Install it beside Node.js.`,
    )
  }
  return problems.length > 0 ? refuse(...problems) : ok({python, npm})
}

/** The C++ compiler's name. */
export const findCompiler = async (env: NodeJS.ProcessEnv): Promise<Result<string>> => {
  const compiler = await firstThatRuns(
    env.CXX === undefined ? ['c++', 'g++', 'clang++'] : [env.CXX],
  )
  return compiler === undefined
    ? refuse(
        `Expected a C++ compiler as ${env.CXX ?? 'c++, g++ or clang++'}, found none. Install one (Debian and Ubuntu: apt install g++; macOS: xcode-select --install), or name it in CXX.`,
      )
    : ok(compiler)
}

const firstThatRuns = async (programs: readonly string[]): Promise<string | undefined> => {
  for (const program of programs) {
    if ((await runCommand(program, ['--version'])).ok) return program
  }
  return undefined
}

/** Whether the disk of `folder` has that much room. */
export const checkDisk = (folder: string, bytes: number): Result<undefined> => {
  const {bavail, bsize} = statfsSync(folder)
  const free = bavail * bsize
  return free >= bytes
    ? ok(undefined)
    : refuse(
        `Expected ${gigabytes(bytes)} of free disk for ${folder}, found ${gigabytes(free)}. Free some space, or choose another SIMMER_HOME; about half of it is given back at the end.`,
      )
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`
