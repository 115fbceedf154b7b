/** An emulated arm64 computer with systemd, of a root folder: booted, told to do things, switched off. */
import {type ChildProcess, spawn} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'

export type Ended = {readonly code: number; readonly output: string}

export type Answer = {readonly status: number; readonly text: string}

export type Machine = {
  /** Does a line of bash as root in there. Its output is stdout and stderr as they came. */
  readonly run: (command: string, options?: {readonly timeoutMs?: number}) => Promise<Ended>
  /** Asks for a page of port 8080 in there; status 0 where nobody answers. */
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>
  /** What Simmer, systemd's starts of it and the kernel said last. */
  readonly journal: (lines?: number) => Promise<string>
  /** Switches it off, the polite way first. Nothing of it is left then but the folder. */
  readonly stop: () => Promise<void>
}

const bootMs = 120_000
const stopMs = 60_000

/** Boots the system in a folder, which nothing else may use meanwhile. */
export const boot = async (root: string): Promise<Machine> => {
  const nspawn = spawn(
    // When this process ends in whatever way, the box is switched off.
    'setpriv',
    [
      '--pdeathsig=TERM',
      'systemd-nspawn',
      '--boot',
      '--quiet',
      '--register=no',
      '--keep-unit',
      '--private-network',
      '--console=pipe',
      '--machine=simmer-rehearsal',
      `--directory=${root}`,
    ],
    {stdio: ['ignore', 'pipe', 'pipe']},
  )
  const said = outputOf(nspawn)
  const ended = new Promise<void>((resolve) => nspawn.once('exit', () => resolve()))

  const leader = await within(bootMs, () => leaderOf(nspawn)).catch(() => {
    nspawn.kill('SIGKILL')
    throw new Error(`expected it to boot, it did not:\n${said()}`)
  })
  const run: Machine['run'] = (command, {timeoutMs = 120_000} = {}) =>
    runToEnd(
      'nsenter',
      [
        `--target=${leader}`,
        ...spaces,
        'env',
        '-i',
        ...environment,
        'bash',
        '-c',
        `cd /; ${command}`,
      ],
      timeoutMs,
    )
  const machine: Machine = {
    run,
    get: async (path, headers = {}) => {
      const ask = `fetch('http://127.0.0.1:8080${path}', {headers: ${JSON.stringify(headers)}, redirect: 'manual', signal: AbortSignal.timeout(30000)})
        .then(async (answer) => ({status: answer.status, text: await answer.text()}), (error) => ({status: 0, text: String(error.cause ?? error)}))
        .then((answer) => process.stdout.write(JSON.stringify(answer)))`
      const {code, output} = await runToEnd(
        'nsenter',
        [`--target=${leader}`, '--net', process.execPath, '-e', ask],
        60_000,
      )
      if (code !== 0) throw new Error(`expected to ask for ${path}: ${output}`)
      return JSON.parse(output)
    },
    journal: async (lines = 40) =>
      (await run(`journalctl --no-pager --lines=${lines} --unit=simmer`)).output,
    stop: async () => {
      await run('systemctl poweroff', {timeoutMs: 30_000})
      const isOff = await Promise.race([ended.then(() => true), sleep(stopMs, false, {ref: false})])
      // Its first process takes all others along.
      if (!isOff) process.kill(leader, 'SIGKILL')
      await ended
    },
  }
  try {
    await within(bootMs, async () => {
      const {output} = await run('systemctl is-system-running')
      return /^(running|degraded)/m.test(output) || undefined
    })
  } catch {
    const units = await run('systemctl list-jobs --no-pager; systemctl --failed --no-pager')
    await machine.stop()
    throw new Error(`expected it to boot, it did not:\n${units.output}\n${said()}`)
  }
  return machine
}

const spaces = ['--mount', '--uts', '--ipc', '--net', '--pid']

const environment = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'LANG=C.UTF-8',
]

/** Waits for an answer other than undefined; asks once a second. */
export const within = async <T>(
  timeoutMs: number,
  ask: () => T | undefined | Promise<T | undefined>,
): Promise<T> => {
  const end = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > end) throw new Error(`expected it within ${timeoutMs / 1000} s`)
    await sleep(1000)
  }
}

/** The first process in there, by its number out here: the one that is number 1 in a space of its own. */
const leaderOf = ({pid}: ChildProcess): number | undefined => {
  for (const child of childrenOf(pid)) {
    for (const candidate of [child, ...childrenOf(child)]) {
      const pids = /^NSpid:\s+(.+)$/m.exec(textOf(`/proc/${candidate}/status`))?.[1]?.split(/\s+/)
      if (pids && pids.length > 1 && pids.at(-1) === '1') return candidate
    }
  }
  return undefined
}

const childrenOf = (pid: number | undefined): readonly number[] =>
  textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // It has ended meanwhile.
    return ''
  }
}

const outputOf = (child: ChildProcess): (() => string) => {
  let text = ''
  const add = (more: string) => {
    text += more
  }
  child.stdout?.setEncoding('utf8').on('data', add)
  child.stderr?.setEncoding('utf8').on('data', add)
  return () => text
}

const runToEnd = async (
  program: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<Ended> => {
  const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe']})
  const output = outputOf(child)
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit) => resolve(exit ?? 128))
  })
  clearTimeout(timer)
  return {code, output: output()}
}
