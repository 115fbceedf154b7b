/** The `objective` of a study file: one, or a list of one or two. */
import {z} from 'zod'
import {ok, type Result, refuse} from '../base/result.ts'
import {measuredMetrics} from '../studies/objectives.ts'
import type {Objective, Task} from '../studies/study.ts'
import type {Host} from './host.ts'

const objective = z.strictObject({
  metric: z.string().min(1),
  goal: z.enum(['maximize', 'minimize']),
})

const oneOrTwo = 'expected one objective or a list of two'

export const objectivesSchema = z.union(
  [objective, z.array(objective).min(1, oneOrTwo).max(2, oneOrTwo)],
  `${oneOrTwo}, each with \`metric\` and \`goal\``,
)

const modelMetrics: readonly string[] = [
  'val_accuracy',
  'val_loss',
  'train_loss',
  ...measuredMetrics,
]

/** The objectives as a list, validation accuracy for a model that names none. */
export const objectivesOf = (
  asked: z.infer<typeof objectivesSchema> | undefined,
  task: Task,
  host: Host,
): Result<readonly Objective[]> => {
  if (asked === undefined) {
    return task.kind === 'model'
      ? ok([{metric: 'val_accuracy', goal: 'maximize'}])
      : refuse('objective: expected `metric` and `goal` for a command, got nothing.')
  }
  const isList = Array.isArray(asked)
  const objectives = isList ? asked : [asked]
  const problems = objectives.flatMap(({metric}, i) => {
    const place = isList ? `objective.${i}.metric` : 'objective.metric'
    const wrong = whatIsWrong(metric, task, host)
    return wrong ? [`${place}: ${wrong}`] : []
  })
  const [first, second] = objectives
  if (second?.metric === first.metric) {
    problems.push(
      `objective.1.metric: expected another metric than the first one's, got ${JSON.stringify(second.metric)} again.`,
    )
  }
  return problems.length ? refuse(...problems) : ok(objectives)
}

/** Why the metric can't be had. */
const whatIsWrong = (metric: string, task: Task, host: Host): string | undefined => {
  if (metric === 'joules' && !host.measuresPower) {
    return 'expected what can be measured, got "joules", but this machine has no sensor of its power. Try duration_ms.'
  }
  return task.kind === 'model' && !modelMetrics.includes(metric)
    ? `expected one of ${modelMetrics.join(', ')}, got ${JSON.stringify(metric)}.`
    : undefined
}
