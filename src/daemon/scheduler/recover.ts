/** What a restart does to a study. Pure. */
import type {Study} from '../studies/study.ts'
import {setBackRunningTrials} from '../studies/transitions.ts'

/** A study that was running takes its turn again, its cut-off trials from their beginning; what was stopped stays so. */
export const recoverStudy = (study: Study): Study =>
  study.state === 'running' ? {...setBackRunningTrials(study), state: 'queued'} : study
