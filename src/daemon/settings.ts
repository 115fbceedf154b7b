/**
 * The settings that may be changed while Simmer runs, and from the network: what each is, where it came from, and its way
 * into simmer.yaml. What decides where Simmer listens or which programs it starts is set on the box alone.
 */
import {chmod, readFile, realpath, stat, statfs} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {type Document, isMap, parseDocument} from 'yaml'
import {reasonOf} from './base/log.ts'
import {ok, type Result, refuse, refuseForNow} from './base/result.ts'
import {
  aboutSetting,
  type Config,
  checkSettings,
  type EffectiveSettings,
  type Environment,
  type SettingOrigin,
  settingsFileName,
  valueOfText,
} from './config.ts'
import {usablePins} from './panel/header.ts'
import {realFileSystem as files} from './storage/file-system.ts'

/** When a change counts. The first names are the throttle's limits, which it reads each second. */
const applies = {
  temperature_c: 'at once',
  hard_temperature_c: 'at once',
  memory_available_mb: 'at once',
  power_w: 'at once',
  trial_memory_mb: 'with the next trial',
  silence_s: 'with the next trial',
  led_pin: 'after a restart',
  button_pin: 'after a restart',
} as const

export type ChangeableName = keyof typeof applies

/** One that may be changed. */
export type Setting = {
  readonly name: ChangeableName
  /** Undefined where nothing is set. */
  readonly value: number | undefined
  readonly fallback: number | undefined
  /** The environment variable, `simmer.yaml` or `default`. */
  readonly from: string
  /** By the environment, which goes before simmer.yaml. */
  readonly isFixed: boolean
  /** In words. */
  readonly allowed: string
  /** Where they are few enough to choose from. */
  readonly choices?: readonly number[]
  readonly applies: (typeof applies)[ChangeableName]
  /** The value waits for a restart. */
  readonly isPending: boolean
}

/** By name: a number, what a person typed for one, or null to take it out of simmer.yaml. */
export type SettingChanges = ReadonlyMap<string, number | string | null>

/** What a person wants to know of this installation. */
export type Installation = {
  readonly version: string
  /** The folder of all state. */
  readonly home: string
  /** Of the disk that the folder is on. */
  readonly disk: {readonly freeBytes: number; readonly totalBytes: number}
  /** What only the environment and simmer.yaml set. */
  readonly others: readonly SettingOrigin[]
}

/** What pages and API see. */
export interface Settings {
  /** The same list until one of them changes. */
  readonly list: () => readonly Setting[]
  /**
   * Writes changes into simmer.yaml, all or none, and lets those count that can. Each problem starts with its setting's
   * name; it may pass where only the disk is in the way.
   */
  readonly change: (changes: SettingChanges) => Promise<Result<readonly Setting[]>>
  readonly installation: () => Promise<Installation>
}

/** What only the one who opened them may see. */
export interface OpenSettings extends Settings {
  /** As they hold now. */
  readonly limits: () => Config['limits']
  readonly trialLimits: () => Config['trialLimits']
}

/** `started` is what the program was started with. */
export const openSettings = (options: {
  readonly env: Environment
  readonly started: EffectiveSettings
  readonly version: string
}): OpenSettings => {
  const {env, started, version} = options
  const {home} = started.config
  let current = started
  let list = settingsIn(current, started)
  let turn: Promise<unknown> = Promise.resolve()

  const change = async (changes: SettingChanges): Promise<Result<readonly Setting[]>> => {
    const refusals = [...changes.keys()].flatMap((name) => refusalOf(name, list))
    if (refusals.length) return refuse(...refusals)
    if (changes.size === 0) return ok(list)
    const file = await openFile(join(home, settingsFileName))
    if (!file.ok) return file
    const {document, path} = file.value
    for (const [name, value] of changes) setIn(document, name, value)
    const checked = checkSettings(env, document.toJS() ?? {})
    if (!checked.ok) return checked
    try {
      await files.writeSynced(`${path}.new`, document.toString({lineWidth: 0}))
      await chmod(`${path}.new`, file.value.mode)
      await files.rename(`${path}.new`, path)
      await files.syncFolder(dirname(path))
    } catch (error) {
      return refuseForNow(
        `Expected to write ${path}, but the disk refuses (${reasonOf(error)}). Nothing has changed. Free some space, or see to the disk.`,
      )
    }
    current = checked.value
    list = settingsIn(current, started)
    return ok(list)
  }

  return {
    list: () => list,
    change: (changes) => {
      // One after the other: each reads what the one before has written.
      const changed = turn.then(() => change(changes))
      turn = changed.catch(() => {})
      return changed
    },
    installation: async () => {
      const {bavail, blocks, bsize} = await statfs(home)
      return {
        version,
        home,
        disk: {freeBytes: bavail * bsize, totalBytes: blocks * bsize},
        others: current.origins.filter(({setting}) => setting !== 'home' && !isChangeable(setting)),
      }
    },
    limits: () => current.config.limits,
    trialLimits: () => current.config.trialLimits,
  }
}

const isChangeable = (name: string): name is ChangeableName => Object.hasOwn(applies, name)

const settingsIn = ({origins}: EffectiveSettings, started: EffectiveSettings): readonly Setting[] =>
  origins.flatMap(({setting: name, value, from}): readonly Setting[] => {
    if (!isChangeable(name)) return []
    const {env, fallback, allowed} = aboutSetting(name)
    const before = started.origins.find(({setting}) => setting === name)?.value
    return [
      {
        name,
        value: numberIn(value),
        fallback: numberIn(fallback),
        from,
        isFixed: from === env,
        allowed,
        ...(name.endsWith('_pin') ? {choices: usablePins} : {}),
        applies: applies[name],
        isPending: applies[name] === 'after a restart' && value !== before,
      },
    ]
  })

/** Those that may be changed are numbers, or nothing. */
const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined

const refusalOf = (name: string, list: readonly Setting[]): readonly string[] => {
  const setting = list.find((one) => one.name === name)
  if (!setting) {
    const known = list.map((one) => one.name).join(', ')
    return [`${name}: not a setting that can be changed here. Those are ${known}.`]
  }
  return setting.isFixed
    ? [`${name}: fixed by ${setting.from}. Change it where that is set, and start Simmer again.`]
    : []
}

const setIn = (document: Document, name: string, value: number | string | null): void => {
  if (!isChangeable(name)) return
  if (value === null) document.delete(name)
  else document.set(name, typeof value === 'string' ? valueOfText(name, value) : value)
}

type SettingsFile = {
  readonly document: Document
  /** Where it really is: a link to it stays one. */
  readonly path: string
  readonly mode: number
}

/** The file with the person's own words in it; an empty one where there is none. */
const openFile = async (named: string): Promise<Result<SettingsFile>> => {
  let path = named
  let text = ''
  let mode = 0o600
  try {
    path = await realpath(named)
    text = await readFile(path, 'utf8')
    mode = (await stat(path)).mode & 0o777
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException // node's own file errors carry a code
    if (code !== 'ENOENT') return refuseForNow(`Expected to read ${named}: ${reasonOf(error)}`)
  }
  const document: Document = parseDocument(text)
  const [error] = document.errors
  if (error) return refuse(`${named}: expected YAML: ${error.message.split('\n')[0]}`)
  if (document.contents === null) document.contents = document.createNode({})
  if (!isMap(document.contents)) {
    return refuse(`${named}: expected settings such as \`port: 8080\`. Correct it by hand first.`)
  }
  // An empty file becomes lines, not braces.
  document.contents.flow = false
  return ok({document, path, mode})
}
