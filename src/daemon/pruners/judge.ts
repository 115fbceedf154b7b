import {judgeByAsha} from './asha.ts'
import {judgeByMedian} from './median.ts'
import type {Pruner, Question, Verdict} from './pruner.ts'

/** Whether a trial is worth going on with after its last report: the one way in from outside this folder. */
export const judge = (pruner: Pruner, question: Question): Verdict => {
  switch (pruner.name) {
    case 'asha':
      return judgeByAsha(pruner, question)
    case 'median':
      return judgeByMedian(pruner, question)
  }
}
