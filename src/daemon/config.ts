/** What the whole product is set to: the environment first, then simmer.yaml in the home folder, then the defaults. */
import {readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {parse as parseYaml} from 'yaml'
import {z} from 'zod'
import {reasonOf} from './base/log.ts'
import {ok, type Result, refuse} from './base/result.ts'
import {usablePins} from './panel/header.ts'
import type {Limits} from './throttle/limits.ts'
import {type BackendChoice, backendChoices} from './trials/messages.ts'
import type {LimitSettings} from './trials/trial-limits.ts'

export type Config = {
  /** Folder of all state. Absolute. */
  readonly home: string
  readonly host: string
  readonly port: number
  /** Root under which /sys, /proc, /etc and /dev are read. Absolute. */
  readonly sysfsRoot: string
  /** Folder or URL that holds `<data set>/<file>` in place of the public homes. */
  readonly datasetMirror?: string
  readonly backend: BackendChoice
  /** What the machine itself adds to them is not known here. */
  readonly limits: Omit<Limits, 'firstMicroBatch'>
  readonly trialLimits: LimitSettings
  /** The pin of the 40-pin header that a light hangs on. */
  readonly ledPin?: number
  /** The pin of the 40-pin header that a button hangs on. */
  readonly buttonPin?: number
  /** What switches the box off once Simmer has stopped, because the button was held. */
  readonly shutdownCommand: string
}

/** A setting's effective value and where it came from, for `simmer config`. */
export type SettingOrigin = {
  readonly setting: string
  readonly value: unknown
  readonly from: string
}

export type Environment = Readonly<Record<string, string | undefined>>

export type EffectiveSettings = {
  readonly config: Config
  readonly origins: readonly SettingOrigin[]
}

export const settingsFileName = 'simmer.yaml'

const homeOf = (env: Environment): string => resolve(env.SIMMER_HOME || '.simmer')

const headerPin = z.coerce
  .number()
  .refine((pin) => usablePins.includes(pin))
  .optional()
const allowedPins = `a pin of the header that carries a signal, not power, ground or a bus (${usablePins.join(', ')})`

const settings = {
  host: {
    env: 'SIMMER_HOST',
    schema: z.string().min(1),
    fallback: '127.0.0.1',
    allowed: 'a host name or address',
  },
  port: {
    env: 'SIMMER_PORT',
    schema: z.coerce.number().int().min(1).max(65_535),
    fallback: 8080,
    allowed: 'a whole number from 1 to 65535',
  },
  sysfs_root: {
    env: 'SIMMER_SYSFS_ROOT',
    schema: z.string().min(1),
    fallback: '/',
    allowed: 'a folder',
  },
  dataset_mirror: {
    env: 'SIMMER_DATASET_MIRROR',
    schema: z.string().min(1).optional(),
    fallback: undefined,
    allowed: 'a folder or URL',
  },
  backend: {
    env: 'SIMMER_BACKEND',
    schema: z.enum(backendChoices),
    fallback: 'auto',
    allowed: `one of ${backendChoices.join(', ')}`,
  },
  temperature_c: {
    env: 'SIMMER_TEMPERATURE_C',
    schema: z.coerce.number().min(30).max(95),
    fallback: 70,
    allowed: 'a number from 30 to 95 (°C)',
  },
  hard_temperature_c: {
    env: 'SIMMER_HARD_TEMPERATURE_C',
    schema: z.coerce.number().min(35).max(100),
    fallback: 85,
    allowed: 'a number from 35 to 100 (°C)',
  },
  memory_available_mb: {
    env: 'SIMMER_MEMORY_AVAILABLE_MB',
    schema: z.coerce.number().min(0).max(1_000_000),
    fallback: 300,
    allowed: 'a number from 0 (MB)',
  },
  trial_memory_mb: {
    env: 'SIMMER_TRIAL_MEMORY_MB',
    schema: z.coerce.number().min(100).max(10_000_000).optional(),
    fallback: undefined,
    allowed: 'a number from 100 (MB)',
  },
  silence_s: {
    env: 'SIMMER_SILENCE_S',
    schema: z.coerce.number().min(10).max(86_400),
    fallback: 300,
    allowed: 'a number from 10 to 86400 (s)',
  },
  power_w: {
    env: 'SIMMER_POWER_W',
    schema: z.coerce.number().min(1).max(10_000).optional(),
    fallback: undefined,
    allowed: 'a number from 1 (W)',
  },
  led_pin: {
    env: 'SIMMER_LED_PIN',
    schema: headerPin,
    fallback: undefined,
    allowed: allowedPins,
  },
  button_pin: {
    env: 'SIMMER_BUTTON_PIN',
    schema: headerPin,
    fallback: undefined,
    allowed: allowedPins,
  },
  shutdown_command: {
    env: 'SIMMER_SHUTDOWN_COMMAND',
    schema: z.string().min(1),
    fallback: 'systemctl poweroff',
    allowed: 'a command',
  },
} as const

/** What a setting is without anybody's doing, what it can be, and the variable that goes before simmer.yaml. */
export const aboutSetting = (
  name: SettingName,
): {readonly env: string; readonly fallback: unknown; readonly allowed: string} => settings[name]

/** The value that a text stands for; the text itself where it stands for none, so that the check names it. */
export const valueOfText = (name: SettingName, text: string): unknown =>
  settings[name].schema.safeParse(text).data ?? text

export type SettingName = keyof typeof settings

/** Reads all settings. Each problem names the setting, the value and what is allowed. */
export const readConfig = (env: Environment): Result<EffectiveSettings> => {
  const home = homeOf(env)
  const file = readSettingsFile(join(home, settingsFileName))
  return file.ok ? checkSettings(env, file.value) : file
}

/** The same for a settings file that was read, or is about to be written. */
export const checkSettings = (
  env: Environment,
  file: Readonly<Record<string, unknown>>,
): Result<EffectiveSettings> => {
  const home = homeOf(env)
  const problems = Object.keys(file)
    .filter((key) => !Object.hasOwn(settings, key))
    .map(
      (key) =>
        `${key} in simmer.yaml: not a setting. Known are ${Object.keys(settings).join(', ')}.`,
    )
  const origins: SettingOrigin[] = [
    {setting: 'home', value: home, from: env.SIMMER_HOME ? 'SIMMER_HOME' : 'default'},
  ]
  const values: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(settings)) {
    const fromEnv = env[setting.env] || undefined
    const found = fromEnv ?? file[name] ?? setting.fallback
    const from = fromEnv !== undefined ? setting.env : name in file ? settingsFileName : 'default'
    const parsed = setting.schema.safeParse(found)
    if (parsed.success) {
      values[name] = parsed.data
      origins.push({setting: name, value: parsed.data ?? null, from})
    } else {
      const place = from === settingsFileName ? `${name} in simmer.yaml` : setting.env
      problems.push(`${place}: expected ${setting.allowed}, got ${JSON.stringify(found)}.`)
    }
  }
  if (env.SIMMER_REDIS_URL) {
    problems.push(
      'SIMMER_REDIS_URL: expected it unset, for this version runs on one machine alone. Unset it.',
    )
  }
  if (problems.length) return refuse(...problems)
  // Each value was checked by the schema of its own name just above.
  const checked = values as {[K in keyof typeof settings]: z.infer<(typeof settings)[K]['schema']>}
  if (checked.hard_temperature_c <= checked.temperature_c) {
    return refuse(
      `hard_temperature_c: expected it above temperature_c (${checked.temperature_c} °C), got ${checked.hard_temperature_c}.`,
    )
  }
  if (checked.led_pin !== undefined && checked.led_pin === checked.button_pin) {
    return refuse(
      `button_pin: expected another pin than led_pin, got ${checked.button_pin} for both. The pins that carry a signal are ${usablePins.join(', ')}.`,
    )
  }
  return ok({config: configOf(home, checked), origins})
}

const configOf = (
  home: string,
  checked: {[K in keyof typeof settings]: z.infer<(typeof settings)[K]['schema']>},
): Config => ({
  home,
  host: checked.host,
  port: checked.port,
  sysfsRoot: resolve(checked.sysfs_root),
  ...(checked.dataset_mirror === undefined ? {} : {datasetMirror: checked.dataset_mirror}),
  backend: checked.backend,
  ...(checked.led_pin === undefined ? {} : {ledPin: checked.led_pin}),
  ...(checked.button_pin === undefined ? {} : {buttonPin: checked.button_pin}),
  shutdownCommand: checked.shutdown_command,
  limits: {
    temperatureC: checked.temperature_c,
    hardTemperatureC: checked.hard_temperature_c,
    memoryAvailableBytes: checked.memory_available_mb * 2 ** 20,
    ...(checked.power_w === undefined ? {} : {powerW: checked.power_w}),
  },
  trialLimits: {
    ...(checked.trial_memory_mb === undefined
      ? {}
      : {trialMemoryBytes: checked.trial_memory_mb * 2 ** 20}),
    silenceMs: checked.silence_s * 1000,
  },
})

const readSettingsFile = (file: string): Result<Readonly<Record<string, unknown>>> => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException // node's own file errors carry a code
    // Anything else that is wrong with the home is told, in better words, when it is opened.
    return code === 'EACCES' ? refuse(`${file}: expected to read it: ${reasonOf(error)}`) : ok({})
  }
  try {
    const value: unknown = parseYaml(text)
    if (value === null) return ok({})
    return typeof value === 'object' && !Array.isArray(value)
      ? ok(value as Readonly<Record<string, unknown>>) // an object that is no list has string keys
      : refuse(`${file}: expected settings such as \`port: 8080\`, got ${JSON.stringify(value)}.`)
  } catch (error) {
    return refuse(`${file}: expected YAML: ${reasonOf(error).split('\n')[0]}`)
  }
}
