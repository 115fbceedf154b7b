import {wilsonInterval} from '../base/statistics.ts'
import type {Score} from '../studies/study.ts'
import type {Measurement} from './loop/measure.ts'

/** The test set's part of a score. A class that the test set lacks counts as accuracy 0 of 0. */
export const scoreOf = (
  {confusion, accuracy}: Measurement,
  classes: readonly string[],
): Pick<Score, 'testAccuracy' | 'interval95' | 'perClass' | 'confusion'> => {
  const counts = confusion.map((row) => row.reduce((sum, count) => sum + count, 0))
  const correct = confusion.reduce((sum, row, label) => sum + row[label], 0)
  const total = counts.reduce((sum, count) => sum + count, 0)
  return {
    testAccuracy: accuracy,
    interval95: wilsonInterval(correct, total),
    perClass: classes.map((name, label) => ({
      name,
      count: counts[label],
      accuracy: counts[label] > 0 ? confusion[label][label] / counts[label] : 0,
    })),
    confusion,
  }
}
