/**
 * `simmer update`: the newest source takes the place of the version that runs. How is the business of the set-up script
 * that comes with that source: it builds beside, switches, sees whether the new version answers, and goes back if not.
 */
import {spawn} from 'node:child_process'
import {existsSync, readFileSync, statSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {ok, type Result, refuse} from '../daemon/base/result.ts'
import {type App, complain, type ExitCode} from './app.ts'

type Options = {
  /** Folder of the new source, as it is; without it the one that was installed from is brought up to date first. */
  readonly source?: string
  /** Folder that `setup-jetson.sh --prepare` has filled, in place of the network. */
  readonly offline?: string
}

type Source = {readonly folder: string; readonly isToBePulled: boolean}

export const update = async (
  options: Options,
  app: Pick<App, 'log' | 'programFolder'>,
): Promise<ExitCode> => {
  const source = sourceOf(options, app.programFolder)
  if (!source.ok) {
    complain(app, source.problems)
    return 2
  }
  const {folder, isToBePulled} = source.value
  if (isToBePulled && !(await pull(folder))) {
    complain(app, [
      `Expected \`git pull\` to bring ${folder} up to date, but it did not: see its message above. Nothing has changed.`,
    ])
    return 1
  }
  const offline = options.offline === undefined ? [] : ['--offline', options.offline]
  const code = await runInTerminal('bash', [setUpScript(folder), '--yes', ...offline])
  return code === 0 || code === 2 ? code : 1
}

const setUpScript = (source: string): string => join(source, 'scripts/setup-jetson.sh')

/** Where the new version is, or why there is none to be had. */
const sourceOf = ({source, offline}: Options, programFolder: string): Result<Source> => {
  const releases = dirname(programFolder)
  if (basename(releases) !== 'releases') {
    return refuse(
      `Expected a Simmer that scripts/setup-jetson.sh has installed, found one in ${programFolder}. Update a clone by \`git pull && node scripts/ready.mjs\`, then start it again.`,
    )
  }
  const folder = source ?? readSourceFile(join(dirname(releases), 'source'))
  if (folder === undefined || !existsSync(setUpScript(folder))) {
    return refuse(
      `Expected Simmer's source in ${folder ?? 'the folder that it was installed from'}, found none. Clone it again, and name the folder: sudo simmer update --source DIR`,
    )
  }
  if (process.getuid?.() !== 0) {
    return refuse('Expected to run as root. Use: sudo simmer update')
  }
  const isToBePulled =
    source === undefined && offline === undefined && existsSync(join(folder, '.git'))
  return ok({folder, isToBePulled})
}

const readSourceFile = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    // A version before this command did not write it.
    return undefined
  }
}

/** As the clone's owner, whose keys and settings git needs; and git refuses to work in somebody else's. */
const pull = async (folder: string): Promise<boolean> => {
  const {uid} = statSync(folder)
  const pulling = ['git', '-C', folder, 'pull', '--ff-only']
  const asOwner =
    uid === 0 ? pulling : ['sudo', '--set-home', '--user', `#${uid}`, '--', ...pulling]
  const [program = '', ...args] = asOwner
  return (await runInTerminal(program, args)) === 0
}

/** Its exit code; 127 for a program that is not there. What it says and asks is between it and the person. */
const runInTerminal = (program: string, args: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(program, args, {stdio: 'inherit'})
    child.once('error', ({message}) => {
      process.stderr.write(`${message}\n`)
      resolve(127)
    })
    child.once('close', (code) => resolve(code ?? 1))
  })
