import {ok, type Result, refuse} from '../base/result.ts'
import type {Dataset, LabeledImages} from '../datasets/dataset.ts'
import {stratifiedSplit} from '../datasets/split.ts'
import {type LenetSetting, lenetSettingOf} from '../studies/hyperparameters.ts'
import type {TrainingJob} from '../trials/messages.ts'
import {smallestSide} from './network/lenet.ts'

/** A job, checked and with its data. */
export type Plan = {
  readonly setting: LenetSetting
  readonly dataset: Dataset
  /** Which pictures of the training set are learned from. */
  readonly learning: Uint32Array
  /** What the network is measured on: the held-out share, or the test set. */
  readonly judging: {readonly images: LabeledImages; readonly pictures: Uint32Array}
}

/** Refuses settings, data-set files and data sets that cannot be trained on, in whole sentences. */
export const planOf = (
  job: TrainingJob,
  readDataset: (file: string) => Result<Dataset>,
): Result<Plan> => {
  const setting = lenetSettingOf(job.params)
  if (!setting.ok) return setting
  const read = readDataset(job.datasetFile)
  if (!read.ok) return read
  const dataset = read.value
  const plan = {setting: setting.value, dataset, ...partsOf(job, dataset)}
  if (Math.min(dataset.height, dataset.width) < smallestSide) {
    return refuse(
      `Expected pictures of at least ${smallestSide} × ${smallestSide} pixels, got ${dataset.width} × ${dataset.height}. Use a data set with larger ones.`,
    )
  }
  if (plan.learning.length === 0 || plan.judging.pictures.length === 0) {
    return refuse(
      `Expected pictures to train on and to measure on, got ${plan.learning.length} and ${plan.judging.pictures.length}. Use a larger data set or another validation share.`,
    )
  }
  return ok(plan)
}

const partsOf = (
  {purpose}: TrainingJob,
  {train, test, classes}: Dataset,
): Pick<Plan, 'learning' | 'judging'> => {
  switch (purpose.kind) {
    case 'validate': {
      const {validationShare, splitSeed} = purpose
      const {kept, held} = stratifiedSplit(train.labels, classes.length, validationShare, splitSeed)
      return {learning: kept, judging: {images: train, pictures: held}}
    }
    case 'score':
      return {
        learning: allOf(train),
        judging: {images: test, pictures: allOf(test)},
      }
  }
}

const allOf = ({labels}: LabeledImages): Uint32Array => Uint32Array.from(labels.keys())
