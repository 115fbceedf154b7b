/**
 * Tells which trials are not worth going on with, by what earlier trials had reached after as many epochs. A pruner is a
 * pure function of what it is given: it keeps no state, so a resumed study stops the same trials as an unbroken one.
 */

/** Asynchronous successive halving, `asha.ts`. The resource that a trial is given more and more of is its epochs. */
export type AshaSettings = {
  /** Where the lowest rung is: no trial is judged before. */
  readonly minEpochs: number
  /** η: of η trials at a rung one goes on, and the next rung is at η times as many epochs. */
  readonly reduction: number
}

/** The median rule, `median.ts`. */
export type MedianSettings = {
  /** So many trials have to be complete before any is judged. */
  readonly startupTrials: number
  /** No trial is judged at these first epochs. */
  readonly warmupEpochs: number
}

/** Which rule a study follows, with its settings. A study without a pruner runs every trial to its end. */
export type Pruner =
  | ({readonly name: 'asha'} & AshaSettings)
  | ({readonly name: 'median'} & MedianSettings)

/** What may be asked for. */
export const prunerChoices = ['none', 'asha', 'median'] as const
export type PrunerChoice = (typeof prunerChoices)[number]

/** The objective after an epoch, a finite number in its own direction. Epochs that did not measure it have no report. */
export type Report = {readonly epoch: number; readonly value: number}

/** What another trial reported, in the order of its epochs; `isComplete` where it ran to its end. */
export type Curve = {readonly reports: readonly Report[]; readonly isComplete: boolean}

export type Question = {
  readonly goal: 'maximize' | 'minimize'
  /** Of the trial in question; it is judged at the last one. */
  readonly reports: readonly Report[]
  /** Trials that have ended, whatever came of them: the ones that a decision may depend on. */
  readonly earlier: readonly Curve[]
}

export type Verdict =
  | {readonly kind: 'go-on'}
  /** `finding` says what is wrong with the value that was judged, to follow on `Epoch 3: val_loss 0.41 …`. */
  | {readonly kind: 'prune'; readonly judged: number; readonly finding: string}

export const goOn: Verdict = {kind: 'go-on'}

/** Whether value `a` is better than `b`, strictly. */
export const isBetter = (goal: Question['goal'], a: number, b: number): boolean =>
  goal === 'maximize' ? a > b : a < b
