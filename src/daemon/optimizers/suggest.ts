/** The next trial of a study, by whichever optimizer it uses: the one way in from outside this folder. */
import {seededRandom} from '../base/random.ts'
import type {Point} from '../space/space.ts'
import {distinctFrom} from './distinct.ts'
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

/** The suggestion for trial `question.trial`: a point that was not tried before, where there is one. */
export const suggestPoint = (name: OptimizerName, question: Question): Point => {
  const {first = [], history, ...rest} = question
  const enqueued = first[question.trial]
  if (enqueued) return enqueued
  const {suggest, combineObjectives} = optimizerNamed(name)
  const isSingle = history.every(({losses}) => losses.length === 1)
  const combined =
    isSingle || !combineObjectives
      ? undefined
      : combineObjectives(
          history.map(({losses}) => losses),
          question,
        )
  const point = suggest({
    ...rest,
    history: history.map(({trial, point, losses}, i) => ({
      trial,
      point,
      loss: combined ? combined[i] : losses[0],
    })),
  })
  const {space, pending, seed, trial} = question
  return distinctFrom(
    space,
    point,
    {finished: history, pending},
    seededRandom(seed, 'distinct', trial),
  )
}

/** Whether an optimizer can pursue several objectives at once. */
export const handlesSeveralObjectives = (name: OptimizerName): boolean =>
  optimizerNamed(name).combineObjectives !== undefined
