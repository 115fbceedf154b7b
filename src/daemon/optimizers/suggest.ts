/** The next trial of a study, by whichever optimizer it uses: the one way in from outside this folder. */
import type {Point} from '../space/space.ts'
import {optimizerNamed} from './index.ts'
import type {Ask, OptimizerName} from './optimizer.ts'

/** A finished trial of a study with one objective or more; a failed one's losses are all +Infinity. */
export type Outcome = {
  readonly trial: number
  readonly point: Point
  readonly losses: readonly number[]
}

export type Question = Omit<Ask, 'history'> & {
  readonly history: readonly Outcome[]
  /** Points to try before anything is asked of the optimizer. */
  readonly first?: readonly Point[]
}

/** The suggestion for trial `question.trial`. Smaller losses are better. */
export const suggestPoint = (name: OptimizerName, question: Question): Point => {
  const {first = [], history, ...rest} = question
  const enqueued = first[question.trial]
  if (enqueued) return enqueued
  const {suggest, combineObjectives} = optimizerNamed(name)
  const combined = combineObjectives?.(
    history.map(({losses}) => losses),
    question,
  )
  return suggest({
    ...rest,
    history: history.map(({trial, point, losses}, i) => ({
      trial,
      point,
      loss: losses.length > 1 && combined ? combined[i] : losses[0],
    })),
  })
}

/** Whether an optimizer can pursue several objectives at once. */
export const handlesSeveralObjectives = (name: OptimizerName): boolean =>
  optimizerNamed(name).combineObjectives !== undefined
