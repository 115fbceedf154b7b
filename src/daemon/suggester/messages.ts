/** What the daemon and the suggesting thread say to each other. Both sides switch over these unions. */
import type {OptimizerName} from '../optimizers/optimizer.ts'
import type {Outcome, Question} from '../optimizers/suggest.ts'
import type {Point} from '../space/space.ts'

/** What is to be suggested: the next trial of the study with this id. */
export type SuggestionAsked = {
  readonly study: string
  readonly optimizer: OptimizerName
  readonly question: Question
}

export type ToThread =
  /** The study's outcomes from number `from` on. Those before it were told already. */
  | {
      readonly kind: 'learn'
      readonly study: string
      readonly from: number
      readonly outcomes: readonly Outcome[]
    }
  /** Answered by one word of FromThread. The question's history is the first `known` outcomes that were told. */
  | {
      readonly kind: 'suggest'
      readonly study: string
      readonly optimizer: OptimizerName
      readonly question: Omit<Question, 'history'>
      readonly known: number
    }

export type FromThread =
  | {readonly kind: 'suggested'; readonly point: Point}
  /** What the optimizer threw. */
  | {readonly kind: 'failed'; readonly error: unknown}
  /** It does not have these outcomes: tell it all of them and ask again. */
  | {readonly kind: 'unknown'}
