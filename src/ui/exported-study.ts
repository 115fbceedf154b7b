/** Reads a study that another box, or this one, has exported as JSON, as far as it can be compared. Nothing is stored. */
import {z} from 'zod'
import {ok, type Result, refuse} from '../daemon/base/result.ts'
import {bestOf, type Compared} from './parts/compared.ts'

const shortText = z.string().max(200)
const time = z.iso.datetime().transform((text) => Date.parse(text))

const objective = z.object({metric: shortText, goal: z.enum(['maximize', 'minimize'])})

/** As `exports/study-json.ts` writes it; what is not compared is left alone. */
const exported = z.object({
  name: shortText,
  state: z.enum(['queued', 'running', 'paused', 'complete', 'failed', 'canceled']),
  active_ms: z.number().min(0),
  energy_wh: z.number().positive().optional(),
  mean_power_w: z.number().positive().optional(),
  machine: shortText.optional(),
  settings: z.object({
    optimizer: shortText,
    objective: z.union([objective, z.array(objective).min(1).max(2)]),
  }),
  trials: z
    .array(
      z.object({
        id: z.int().min(0),
        state: shortText,
        value: z.number().optional(),
        started_at: time.optional(),
        duration_ms: z.number().min(0).optional(),
        backend: shortText.optional(),
      }),
    )
    .max(20_000),
})

/** The study in a file, or in a sentence why it is none. */
export const readExportedStudy = (fileName: string, text: string): Result<Compared> => {
  const read = exported.safeParse(jsonIn(text))
  if (!read.success) {
    const [issue] = read.error.issues
    const where = issue?.path.length ? ` at ${issue.path.join('.')}` : ''
    return refuse(
      `${fileName}: expected a study that Simmer has exported as JSON, found something else${where}. Export it with the button JSON of its page.`,
    )
  }
  const {name, state, active_ms, energy_wh, mean_power_w, machine, settings, trials} = read.data
  const first = [settings.objective].flat()[0]
  const ends = trials.flatMap(({id, started_at, duration_ms, ...trial}) =>
    started_at === undefined || duration_ms === undefined
      ? []
      : [
          {
            trial: id,
            startedAtMs: started_at,
            durationMs: duration_ms,
            ...(trial.state === 'complete' && trial.value !== undefined
              ? {value: trial.value}
              : {}),
          },
        ],
  )
  const best = bestOf(ends, first)
  const backend = trials.find((trial) => trial.id === best?.trial)?.backend
  return ok({
    label: name,
    state,
    objective: first,
    ...(best?.value === undefined ? {} : {best: best.value}),
    ...(backend === undefined ? {} : {backend}),
    endedTrials: ends.length,
    activeMs: active_ms,
    ...(energy_wh && mean_power_w
      ? {energy: {joules: energy_wh * 3600, measuredMs: (energy_wh / mean_power_w) * 3_600_000}}
      : {}),
    optimizer: settings.optimizer,
    machine: machine ?? `the file ${fileName}`,
    ends,
  })
}

/** Undefined is no study either. */
const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
