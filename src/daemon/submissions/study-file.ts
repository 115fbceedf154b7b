/** The study file (YAML, JSON or a form) → StudySettings, or one sentence for each thing that is wrong with it. */
import {z} from 'zod'
import {isDeeperThan} from '../base/json.ts'
import {seededRandom} from '../base/random.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import {optimizerNames} from '../optimizers/optimizer.ts'
import {handlesSeveralObjectives} from '../optimizers/suggest.ts'
import type {Pruner} from '../pruners/pruner.ts'
import {parseSpace} from '../space/parse.ts'
import {pointOf} from '../space/point-of.ts'
import {paramsOf, samplePoint} from '../space/sample.ts'
import type {Point, Space} from '../space/space.ts'
import {lenetSettingOf} from '../studies/hyperparameters.ts'
import {isMeasured} from '../studies/objectives.ts'
import type {Objective, StudySettings, Task} from '../studies/study.ts'
import type {Host} from './host.ts'
import {hoursLimit, temperatureLimit, trialsLimit} from './limits.ts'
import {objectivesOf, objectivesSchema} from './objectives.ts'
import {readPruner} from './pruner.ts'
import {sentences} from './sentences.ts'

const schema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  dataset: z.string().min(1).optional(),
  model: z.literal('lenet5').optional(),
  command: z.string().trim().min(1).optional(),
  silence_s: z.number().min(1).max(86_400).optional(),
  space: z.unknown(),
  optimizer: z.enum(optimizerNames).default('auto'),
  first: z.array(z.unknown()).max(1000).optional(),
  objective: objectivesSchema.optional(),
  budget: z.strictObject({trials: trialsLimit.optional(), hours: hoursLimit.optional()}),
  seed: z
    .int()
    .min(0)
    .max(2 ** 53 - 1)
    .default(0),
  parallel: z.int().min(1).max(16).optional(),
  validation: z.number().min(0.05).max(0.5).default(0.2),
  baseline: z.boolean().default(false),
  limits: z.strictObject({temperature_c: temperatureLimit}).optional(),
  pruner: z.unknown().default('none'),
})

const known = {names: Object.keys(schema.shape), what: 'a setting of a study file'}

/** What walks through it calls itself, and must not run out of stack. */
const mostLevels = 64

/**
 * Checks all of a study file. `datasets` are the names that exist on this machine, `measures` says what its sensors
 * measure as far as that is known. Each problem starts with its place.
 */
export const readStudyFile = (
  source: unknown,
  datasets: readonly string[],
  host: Host = {measuresPower: true, trialsAtOnce: 1},
): Result<StudySettings> => {
  if (isDeeperThan(mostLevels, source)) {
    return refuse(
      `Expected at most ${mostLevels} levels of lists and maps in each other, got more. Check the brackets and indents.`,
    )
  }
  const parsed = schema.safeParse(source)
  if (!parsed.success)
    return refuse(...parsed.error.issues.flatMap((issue) => sentences(issue, source, known)))
  const file = parsed.data
  const space = parseSpace(file.space)
  const first = space.ok && file.first ? pointsOf(space.value, file.first) : undefined
  const task = taskOf(file, datasets)
  const pruner = readPruner(file.pruner)
  const objectives = task.ok ? objectivesOf(file.objective, task.value, host) : undefined
  const problems = [
    ...(task.ok ? [] : task.problems),
    ...(objectives && !objectives.ok ? objectives.problems : []),
    ...(Array.isArray(file.objective) && file.objective.length > 1 ? problemsOfTwo(file) : []),
    ...(file.budget.trials === undefined && file.budget.hours === undefined
      ? ['budget: expected `trials`, `hours` or both, got neither. Say when the study should end.']
      : []),
    ...(pruner.ok ? misfitsOf(pruner.value, file) : pruner.problems),
    ...(space.ok ? [] : space.problems),
    ...(first && !first.ok ? first.problems : []),
    ...(space.ok && task.ok && task.value.kind === 'model' ? modelProblems(space.value) : []),
  ]
  if (problems.length || !space.ok || !task.ok || !objectives?.ok || !pruner.ok) {
    return refuse(...problems)
  }
  return ok({
    name: file.name,
    task: task.value,
    space: space.value,
    spaceSource: file.space,
    optimizer: file.optimizer,
    ...(first?.ok ? {first: first.value} : {}),
    objectives: objectives.value,
    budget: file.budget,
    seed: file.seed,
    ...(pruner.value ? {pruner: pruner.value} : {}),
    parallel: file.parallel ?? defaultParallel(task.value, objectives.value, host),
    validationShare: file.validation,
    baseline: file.baseline,
    ...(file.limits ? {temperatureLimitC: file.limits.temperature_c} : {}),
  })
}

/** A program of the user's may want the whole machine, and time and energy are measured truly only by a trial alone. */
const defaultParallel = (task: Task, objectives: readonly Objective[], host: Host): number =>
  task.kind === 'command' || objectives.some(({metric}) => isMeasured(metric))
    ? 1
    : host.trialsAtOnce

type StudyFile = z.infer<typeof schema>

const taskOf = (file: StudyFile, datasets: readonly string[]): Result<Task> => {
  if (file.command !== undefined) {
    const silence = file.silence_s === undefined ? {} : {silenceS: file.silence_s}
    return file.model === undefined && file.dataset === undefined
      ? ok({kind: 'command', command: file.command, ...silence})
      : refuse('command: expected it in place of `model` and `dataset`, got both. Leave one out.')
  }
  if (file.silence_s !== undefined) {
    return refuse(
      'silence_s: expected it beside `command` alone, got it without one. For models set SIMMER_SILENCE_S.',
    )
  }
  if (file.dataset === undefined) {
    return refuse(
      'dataset: expected the name of a data set, got nothing. Add `dataset:` or `command:`.',
    )
  }
  return datasets.includes(file.dataset)
    ? ok({kind: 'model', model: file.model ?? 'lenet5', dataset: file.dataset})
    : refuse(
        `dataset: expected one of ${datasets.join(', ')}, got ${JSON.stringify(file.dataset)}.`,
      )
}

/** What of the file does not go together with two objectives. */
const problemsOfTwo = ({optimizer}: StudyFile): readonly string[] => {
  const canDo = optimizerNames.filter(handlesSeveralObjectives)
  return canDo.includes(optimizer)
    ? []
    : [
        `optimizer: expected one that can pursue two objectives (${canDo.join(', ')}), got ${JSON.stringify(optimizer)}.`,
      ]
}

/** Why a pruner does not go together with the objectives. */
const misfitsOf = (pruner: Pruner | undefined, {objective}: StudyFile): readonly string[] => {
  if (!pruner || !objective) return []
  const metrics = [objective].flat().map(({metric}) => metric)
  const refusal = (expected: string) => [
    `pruner: expected none with ${expected}, got "${pruner.name}".`,
  ]
  // A trial that is cut short is judged by one curve; with two objectives it may still be on the front.
  if (metrics.length > 1) return refusal('two objectives')
  return metrics.some(isMeasured)
    ? refusal(`the objective ${metrics.join()}, which is known at a trial's end alone`)
    : []
}

/** The points to try first, or every problem with them. */
const pointsOf = (space: Space, params: readonly unknown[]): Result<readonly Point[]> => {
  const points = params.map((one, i) => pointOf(space, one, `first.${i}`))
  const problems = points.flatMap((point) => (point.ok ? [] : point.problems))
  if (problems.length > 0) return refuse(...problems)
  return ok(points.flatMap((point) => (point.ok ? [point.value] : [])))
}

/** Draws from the space what trials would get, so that a study that cannot train is refused at once. */
const modelProblems = (space: Space): readonly string[] => {
  const rng = seededRandom(0, 'submission check')
  const problems = new Map<string, string>()
  for (let draw = 0; draw < 256; draw++) {
    const setting = lenetSettingOf(paramsOf(space, samplePoint(space, rng)))
    if (setting.ok) continue
    for (const problem of setting.problems) {
      const name = /`(\w+)`/.exec(problem)?.[1] ?? problem
      if (!problems.has(name)) problems.set(name, `space.${name}: ${problem}`)
    }
  }
  return [...problems.values()]
}
