/** The files in data/: what the reference packages reached, and the forests of the tasks. */
import {existsSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

export type ReferenceSpace = readonly ({readonly name: string} & (
  | {
      readonly kind: 'uniform' | 'loguniform' | 'logit' | 'int' | 'logint'
      readonly low: number
      readonly high: number
    }
  | {readonly kind: 'qint'; readonly low: number; readonly high: number; readonly q: number}
  | {readonly kind: 'choice'; readonly k: number}
))[]

/** Statistics over seeds of the best loss after so many trials. */
export type ReferenceResult = {
  readonly n_seeds: number
  readonly at: Readonly<
    Record<
      string,
      {readonly median: number; readonly q25: number; readonly q75: number; readonly mean: number}
    >
  >
  readonly median_curve: readonly number[]
}

export type Reference = {
  readonly functions: Readonly<
    Record<
      string,
      {
        readonly space: ReferenceSpace
        readonly f_opt: number
        readonly random_median_1: number
        readonly reference_points: readonly {
          readonly config: Readonly<Record<string, number>>
          readonly value: number
        }[]
        readonly A?: readonly (readonly number[])[]
        readonly P?: readonly (readonly number[])[]
        readonly alpha?: readonly number[]
      }
    >
  >
  readonly results: Readonly<Record<string, Readonly<Record<string, ReferenceResult>>>>
  readonly bayesmark_like_score_128_evals_5_surrogate_tasks: {
    readonly scores: Readonly<Record<string, {readonly score: number}>>
  }
}

/** Trees as arrays: node i is a leaf of value `v[i]` where `l[i]` is −1, else it splits feature `f[i]` at `t[i]`. */
export type Forest = {
  readonly space: ReferenceSpace
  readonly trees: readonly Readonly<Record<'f' | 't' | 'l' | 'r' | 'v', readonly number[]>>[]
}

let known: Reference | undefined

export const reference = (): Reference => {
  known ??= readData('reference') as Reference // our own file
  return known
}

/** The best losses of hyperopt and pySOT by problem, method and budget, a seed each (reference-runs.py). */
export const referenceSeeds = (): Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>>
> => {
  knownSeeds ??= (readData('reference-seeds') as {values: typeof knownSeeds}).values // our own file
  return knownSeeds ?? {}
}

let knownSeeds: ReturnType<typeof referenceSeeds> | undefined

export const readForest = (task: string): Forest => readData(task) as Forest // our own files

/** The data lie in the sources, also for the program in dist/. */
const readData = (name: string): unknown => {
  let root = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(root, 'package.json'))) root = dirname(root)
  return JSON.parse(readFileSync(join(root, 'bench/optimizers/data', `${name}.json`), 'utf8'))
}
