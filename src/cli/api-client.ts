/**
 * The API's operations with their types. Made from its description by scripts/make-client.mjs: change
 * src/ui/api/description/ and run that.
 */
import {ok, type Result, refuse} from '../daemon/base/result.ts'

/** A study file. It names a `dataset` (and a `model`), or a `command`. */
export type StudyFile = {
  readonly name: string
  /** One of /datasets. */
  readonly dataset?: string
  readonly model?: 'lenet5'
  /** A program that prints JSON lines with the metric. */
  readonly command?: string
  /** How long the command may print nothing. */
  readonly silence_s?: number
  /** By parameter: a distribution under Hyperopt’s names. */
  readonly space: {readonly [name: string]: unknown}
  readonly optimizer?:
    | 'auto'
    | 'random'
    | 'tpe'
    | 'srbf'
    | 'dycors'
    | 'turbo-1'
    | 'turbo-m'
    | 'tusot'
  /** Settings to try before the optimizer is asked. */
  readonly first?: readonly {readonly [name: string]: unknown}[]
  readonly objective?: Objective | readonly Objective[]
  /** One of them, or both: what is reached first ends the study. */
  readonly budget: {
    readonly trials?: number
    readonly hours?: number
  }
  readonly seed?: number
  /** Trials at once; without it as many as the machine bears. */
  readonly parallel?: number
  readonly validation?: number
  readonly baseline?: boolean
  readonly limits?: {
    readonly temperature_c?: number
  }
  readonly pruner?:
    | 'none'
    | 'asha'
    | 'median'
    | ({
        readonly name: 'none' | 'asha' | 'median'
      } & {readonly [name: string]: unknown})
}

/** What is absent stays; a limit that is null goes. */
export type StudyChanges = {
  readonly budget?: {
    readonly trials?: number | null
    readonly hours?: number | null
  }
  readonly limits?: {
    readonly temperature_c?: number | null
  }
  readonly notes?: string
}

/** What a person changed while the study went on. */
export type LimitChange = {
  /** When. */
  readonly at: string
  /** How many trials there were. */
  readonly trial: number
  readonly before: Limits
  readonly after: Limits
}

export type Limits = {
  /** One of them, or both: what is reached first ends the study. */
  readonly budget: {
    readonly trials?: number
    readonly hours?: number
  }
  readonly limits?: {
    readonly temperature_c?: number
  }
}

export type Objective = {
  readonly metric: string
  readonly goal: 'maximize' | 'minimize'
}

export type Study = {
  readonly id: string
  readonly name: string
  readonly state: 'queued' | 'running' | 'paused' | 'complete' | 'failed' | 'canceled'
  /** Why it is paused or failed. */
  readonly reason?: string
  /** When it was queued. */
  readonly created_at: string
  /** When it ended. */
  readonly finished_at?: string
  /** Time with trials running, over all restarts. */
  readonly active_ms: number
  /** Of the whole board; absent where nothing measures it. */
  readonly energy_wh?: number
  readonly mean_power_w?: number
  readonly trial_counts: {
    readonly waiting: number
    readonly running: number
    readonly complete: number
    readonly pruned: number
    readonly failed: number
  }
  /** The best trial in the (first) objective. */
  readonly best: Found | null
  /** With two objectives: the trials that no other one beats in both, the best in the first one first. */
  readonly front?: readonly Found[]
  readonly settings: StudyFile
  readonly notes?: string
  /** The oldest first. */
  readonly limit_changes?: readonly LimitChange[]
  readonly score?: Score
  readonly baseline_score?: Score
}

export type StudyWithTrials = {
  readonly id: string
  readonly name: string
  readonly state: 'queued' | 'running' | 'paused' | 'complete' | 'failed' | 'canceled'
  /** Why it is paused or failed. */
  readonly reason?: string
  /** When it was queued. */
  readonly created_at: string
  /** When it ended. */
  readonly finished_at?: string
  /** Time with trials running, over all restarts. */
  readonly active_ms: number
  /** Of the whole board; absent where nothing measures it. */
  readonly energy_wh?: number
  readonly mean_power_w?: number
  readonly trial_counts: {
    readonly waiting: number
    readonly running: number
    readonly complete: number
    readonly pruned: number
    readonly failed: number
  }
  /** The best trial in the (first) objective. */
  readonly best: Found | null
  /** With two objectives: the trials that no other one beats in both, the best in the first one first. */
  readonly front?: readonly Found[]
  readonly settings: StudyFile
  readonly notes?: string
  /** The oldest first. */
  readonly limit_changes?: readonly LimitChange[]
  readonly score?: Score
  readonly baseline_score?: Score
  readonly trials: readonly Trial[]
}

export type Found = {
  readonly id: number
  /** The (first) objective in its own direction. */
  readonly value: number
  /** With two objectives: both, by metric. */
  readonly values?: {readonly [name: string]: number}
  /** By parameter. */
  readonly params: {readonly [name: string]: unknown}
}

/** One setting, trained on all training data, scored once on the test set. */
export type Score = {
  /** By parameter. */
  readonly params: {readonly [name: string]: unknown}
  /** Of the test pictures that were told rightly. */
  readonly test_accuracy: number
  /** Wilson’s 95 % interval. */
  readonly interval95: readonly number[]
  readonly per_class: readonly {
    readonly name: string
    readonly count: number
    readonly accuracy: number
  }[]
  /** Row: the true class; column: the predicted one. */
  readonly confusion: readonly (readonly number[])[]
  readonly samples_per_second: number
  readonly duration_ms: number
  readonly backend: string
}

/** Only what is true in its state: a waiting one has no times, a failed one no value. */
export type Trial = {
  readonly id: number
  readonly state: 'waiting' | 'running' | 'complete' | 'pruned' | 'failed'
  /** By parameter. */
  readonly params: {readonly [name: string]: unknown}
  /** The (first) objective in its own direction. */
  readonly value?: number
  /** With two objectives: both, by metric. */
  readonly values?: {readonly [name: string]: number}
  /** Why it failed or was pruned. */
  readonly reason?: {
    readonly kind: string
    readonly message: string
  }
  /** When it began. */
  readonly started_at?: string
  readonly duration_ms?: number
  /** Of the whole board; absent where nothing measures it. */
  readonly energy_wh?: number
  readonly mean_power_w?: number
  readonly samples_per_second?: number
  readonly backend?: string
  /** The metrics after each epoch. */
  readonly epochs?: readonly ({
    readonly epoch: number
  } & {readonly [name: string]: unknown})[]
  /** Of a running trial. */
  readonly progress?: {
    readonly step: number
    readonly steps: number
    readonly samples_per_second: number
  }
}

export type Importance = {
  readonly method: 'functional-anova'
  /** How many complete trials there are. */
  readonly trials: number
  readonly objectives: readonly {
    readonly metric: string
    /** The most important one first; empty where nothing can be told. */
    readonly parameters: readonly ParameterImportance[]
    /** Interactions and chance: 0 to 1. */
    readonly rest: number | null
    /** Why nothing can be told. */
    readonly reason?: string
  }[]
}

export type ParameterImportance = {
  /** The path through the search space. */
  readonly label: string
  /** The same with the names of options. */
  readonly name: string
  /** Of the variance over the space, explained by this one alone: 0 to 1. */
  readonly share: number
}

export type Device = {
  readonly id: string
  readonly model: string
  readonly kind?: 'jetson' | 'linux' | 'macos' | 'other'
  /** The L4T release of a Jetson: 32.7.1. */
  readonly l4t?: string
  readonly cpu?: string
  readonly cores?: number
  readonly memory_bytes?: number
  readonly measures_power?: boolean
  /** The lowest temperature, in °C, at which the kernel slows a processor down. */
  readonly passive_trip_c?: number
  readonly gpu_frequencies_hz?: readonly number[]
  readonly activity: string
  /** What a person should know about it. */
  readonly remarks: readonly Remark[]
  readonly reading: Reading | null
}

export type Remark = {
  readonly about: 'processor' | 'supply' | 'memory' | 'last stop'
  readonly is_good: boolean
  readonly text: string
  /** What to do about it. */
  readonly fix?: string
}

/** What could not be measured is absent. */
export type Reading = {
  readonly at_ms: number
  /** °C by zone. */
  readonly temperatures_c: {readonly [name: string]: number}
  /** Of all cores. */
  readonly cpu_load?: number
  /** Of the fastest core. */
  readonly cpu_frequency_hz?: number
  readonly gpu_power?: 'on' | 'off'
  /** Absent while the GPU is off. */
  readonly gpu_load?: number
  readonly gpu_frequency_hz?: number
  /** In the power mode that is set. */
  readonly gpu_max_frequency_hz?: number
  readonly gpu_governor?: string
  readonly memory_total_bytes?: number
  readonly memory_available_bytes?: number
  readonly swap_total_bytes?: number
  readonly swap_used_bytes?: number
  /** What compressed swap takes of the memory. */
  readonly zram_used_bytes?: number
  /** What the GPU holds of the memory. */
  readonly gpu_memory_bytes?: number
  /** Of the last ten seconds, in which some process waited for memory. */
  readonly memory_pressure?: number
  /** Of the memory's bandwidth. */
  readonly emc_load?: number
  /** Of the fan's full speed. */
  readonly fan_share?: number
  readonly fan_rpm?: number
  readonly power_mode?: string
  /** W by rail. */
  readonly powers_w: {readonly [name: string]: number}
  /** V by rail. */
  readonly voltages_v: {readonly [name: string]: number}
  /** A by rail. */
  readonly currents_a?: {readonly [name: string]: number}
  /** Steps by cooling device; those at rest are left out. */
  readonly cooling_states?: {readonly [name: string]: number}
  /** Why a sensor that was there is not read, by its name. */
  readonly unavailable?: {readonly [name: string]: string}
  /** Now or within the last minute. */
  readonly is_over_current?: boolean
  readonly alarms: readonly string[]
}

/** One second, or the means of several. */
export type LogRow = {
  /** When the first of its readings was taken. */
  readonly at_ms: number
  /** How many readings it is the mean of. */
  readonly readings: number
  /** °C by zone. */
  readonly temperatures_c: {readonly [name: string]: number}
  /** The highest of its readings, where there are several. */
  readonly temperatures_max_c?: {readonly [name: string]: number}
  /** W by rail. */
  readonly powers_w: {readonly [name: string]: number}
  /** V by rail. */
  readonly voltages_v: {readonly [name: string]: number}
  /** Of all cores. */
  readonly cpu_load?: number
  /** Of the GPU. */
  readonly gpu_load?: number
  /** Of the memory's bandwidth. */
  readonly emc_load?: number
  readonly cpu_frequency_hz?: number
  readonly gpu_frequency_hz?: number
  readonly memory_available_bytes?: number
  readonly memory_total_bytes?: number
  readonly gpu_memory_bytes?: number
  readonly swap_used_bytes?: number
  /** Of the last ten seconds, in which some process waited for memory. */
  readonly memory_pressure?: number
  /** Of the fan's full speed. */
  readonly fan_share?: number
  readonly power_mode?: string
  readonly micro_batch?: number
  /** Of the time that was spent computing. */
  readonly duty?: number
  /** Of all running trials together. */
  readonly samples_per_second?: number
  /** `study/trial` of what ran, with spaces between. */
  readonly trial?: string
  readonly alarms?: readonly string[]
  readonly throttle_orders?: readonly {
    readonly at_ms: number
    readonly micro_batch: number
    readonly duty: number
    readonly reason: string
  }[]
}

export type Dataset = {
  readonly name: string
  readonly title: string
  readonly classes: readonly string[]
  /** Pictures to train with. */
  readonly train_count: number
  readonly license: string
  readonly state: 'ready' | 'not-downloaded'
}

export type Pairing = {
  /** Null where nobody logs in: on loopback. */
  readonly code: string | null
  /** Of the box on the network, the surest first. */
  readonly addresses: readonly string[]
}

export type Setting = {
  readonly name: string
  /** Null where nothing is set. */
  readonly value: number | null
  readonly default: number | null
  /** The environment variable, `simmer.yaml` or `default`. */
  readonly from: string
  /** Set by the environment, which goes before simmer.yaml. */
  readonly is_fixed: boolean
  /** What it can be set to, in words. */
  readonly allowed: string
  /** When a change counts. */
  readonly applies: 'at once' | 'with the next trial' | 'after a restart'
  /** The value waits for a restart. */
  readonly is_pending: boolean
}

/** By name; null takes a setting out of simmer.yaml, so that its default holds. */
export type SettingChanges = {readonly [name: string]: number | null}

/** RFC 9457. */
export type Problem = {
  readonly type: 'about:blank'
  /** The name of the status. */
  readonly title: string
  readonly status: number
  /** What was expected, what was found, what to do. */
  readonly detail: string
  /** Where there may be several: each in a sentence that starts with its place. */
  readonly problems?: readonly string[]
}

/** A page of a list; `next` is the `cursor` of what follows, null at the end. */
export type Listing<T> = {readonly items: readonly T[]; readonly next: string | null}

/** One request to the daemon; `path` is below /api/v1. */
export type Request = {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
}

/** Resolves with the text of a good answer, or refuses with the sentences of a bad one. */
export type Send = (request: Request) => Promise<Result<string>>

/** The operations, each by one request. */
export const apiClient = (send: Send) => ({
  /** This description. */
  describe: (): Promise<Result<{readonly [name: string]: unknown}>> =>
    parsed(send({method: 'GET', path: '/openapi.json'})),
  /** All studies in queue order. */
  listStudies: (
    query: {readonly limit?: number; readonly cursor?: string} = {},
  ): Promise<Result<Listing<Study>>> => parsed(send({method: 'GET', path: '/studies', query})),
  /** Queues a study. */
  queueStudy: (body: StudyFile): Promise<Result<Study>> =>
    parsed(send({method: 'POST', path: '/studies', body})),
  /** One study without its trials. */
  getStudy: (id: string): Promise<Result<Study>> =>
    parsed(send({method: 'GET', path: `/studies/${encodeURIComponent(id)}`})),
  /** Changes limits of an unfinished study, or the notes of any. */
  changeStudy: (id: string, body: StudyChanges): Promise<Result<Study>> =>
    parsed(send({method: 'PATCH', path: `/studies/${encodeURIComponent(id)}`, body})),
  /** The trials of a study by number. */
  listTrials: (
    id: string,
    query: {readonly limit?: number; readonly cursor?: string} = {},
  ): Promise<Result<Listing<Trial>>> =>
    parsed(send({method: 'GET', path: `/studies/${encodeURIComponent(id)}/trials`, query})),
  /** Which parameters of a study matter. */
  getImportance: (id: string): Promise<Result<Importance>> =>
    parsed(send({method: 'GET', path: `/studies/${encodeURIComponent(id)}/importance`})),
  /** Pauses a queued or running study. */
  pauseStudy: (id: string): Promise<Result<Study>> =>
    parsed(send({method: 'POST', path: `/studies/${encodeURIComponent(id)}/pause`})),
  /** Puts a paused study back into the queue. */
  resumeStudy: (id: string): Promise<Result<Study>> =>
    parsed(send({method: 'POST', path: `/studies/${encodeURIComponent(id)}/resume`})),
  /** Ends a study for good; its trials stay readable. */
  cancelStudy: (id: string): Promise<Result<Study>> =>
    parsed(send({method: 'POST', path: `/studies/${encodeURIComponent(id)}/cancel`})),
  /** The study and its trials as a file. */
  exportStudy: (
    id: string,
    query: {readonly format?: 'csv' | 'json' | 'md'} = {},
  ): Promise<Result<string>> =>
    send({method: 'GET', path: `/studies/${encodeURIComponent(id)}/export`, query}),
  /** This machine. */
  listDevices: (): Promise<Result<Listing<Device>>> =>
    parsed(send({method: 'GET', path: '/devices'})),
  /** The data sets this machine knows, with their licenses. */
  listDatasets: (
    query: {readonly limit?: number; readonly cursor?: string} = {},
  ): Promise<Result<Listing<Dataset>>> => parsed(send({method: 'GET', path: '/datasets', query})),
  /** How another browser is paired. */
  getPairing: (): Promise<Result<Pairing>> => parsed(send({method: 'GET', path: '/pairing'})),
  /** Readings of the last hour, newest first. */
  listReadings: (
    query: {readonly limit?: number; readonly cursor?: string} = {},
  ): Promise<Result<Listing<Reading>>> => parsed(send({method: 'GET', path: '/telemetry', query})),
  /** The thermal and performance log of a stretch of time, oldest first. */
  getLog: (
    query: {
      readonly from?: string
      readonly to?: string
      readonly resolution?: '1s' | '10s' | '1min'
      readonly format?: 'csv' | 'ndjson'
    } = {},
  ): Promise<Result<string>> => send({method: 'GET', path: '/telemetry/log', query}),
  /** The settings that can be seen and changed from here, and where each came from. */
  listSettings: (): Promise<Result<Listing<Setting>>> =>
    parsed(send({method: 'GET', path: '/settings'})),
  /** Changes settings in simmer.yaml: all of them, or none where one is refused. */
  changeSettings: (body: SettingChanges): Promise<Result<Listing<Setting>>> =>
    parsed(send({method: 'PATCH', path: '/settings', body})),
})

/** The daemon's own tests hold its answers against these types. */
const parsed = async <T>(answer: Promise<Result<string>>): Promise<Result<T>> => {
  const text = await answer
  if (!text.ok) return text
  try {
    return ok(JSON.parse(text.value) as T)
  } catch {
    return refuse(
      'Expected an answer of Simmer, got something else. Is another program on its port?',
    )
  }
}
