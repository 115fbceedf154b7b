/** `simmer bench`: the project's own benchmarks, which lie in bench/ and run in a process of their own. */
import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {extname} from 'node:path'
import {fileURLToPath} from 'node:url'
import {type App, complain, type ExitCode} from './app.ts'

export const benchmarks = [
  'training',
  'event-loop',
  'optimizers',
  'asks',
  'telemetry',
  'throttle',
  'pages',
]

export const runBench = async (
  name: string,
  options: {readonly json?: boolean},
  app: App,
): Promise<ExitCode> => {
  if (!benchmarks.includes(name)) {
    complain(app, [`bench: expected ${benchmarks.join(', ')}, got ${name}.`])
    return 2
  }
  const file = fileURLToPath(
    new URL(`../../bench/${name}${extname(import.meta.url)}`, import.meta.url),
  )
  if (!existsSync(file)) {
    complain(app, [
      'Expected the benchmarks beside the program; an installed Simmer has none. Run it in a clone.',
    ])
    return 1
  }
  const child = spawn(
    process.execPath,
    [...process.execArgv, file, ...(options.json ? ['--json'] : [])],
    {
      stdio: 'inherit',
    },
  )
  return new Promise((resolve) => child.once('close', (code) => resolve(code === 0 ? 0 : 1)))
}
