/** What a trial's processes may take before they are ended, and the sentences that say so. Pure. */
import type {FailureReason, StudySettings} from '../studies/study.ts'

export type TrialLimits = {
  /** Resident and swapped out together. Absent: any. */
  readonly memoryBytes?: number
  /** How long it may say nothing while it may run. Absent: as long as it likes. */
  readonly silenceMs?: number
}

/** What a person set, and the machine that it is for. */
export type LimitSettings = {
  /** Of each trial. Absent: its share of the machine's. */
  readonly trialMemoryBytes?: number
  readonly silenceMs: number
}

/** The rest is for the system, the daemon and, on a Jetson, the GPU, whose memory is not counted to a process. */
const shareOfRam = 0.65

/** The limits of a trial of that study. Trials side by side share the memory; a program may be quiet as long as it likes. */
export const limitsOf = (
  {task, parallel}: Pick<StudySettings, 'task' | 'parallel'>,
  machine: {readonly memoryBytes: number},
  {trialMemoryBytes, silenceMs}: LimitSettings,
): TrialLimits => {
  // A machine that does not tell its memory has 0 of it.
  const memoryBytes = trialMemoryBytes ?? (shareOfRam * machine.memoryBytes) / parallel
  const quietMs = task.kind === 'model' ? silenceMs : secondsToMs(task.silenceS)
  return {
    ...(memoryBytes > 0 ? {memoryBytes} : {}),
    ...(quietMs === undefined ? {} : {silenceMs: quietMs}),
  }
}

const secondsToMs = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : 1000 * seconds

export const reasonOfMemory = (usedBytes: number, limitBytes: number): FailureReason => ({
  kind: 'out-of-memory',
  message: `The trial held ${megabytes(usedBytes)} MB of memory, its limit is ${megabytes(limitBytes)} MB. Lower the largest batch or width, let fewer trials run at once, or raise SIMMER_TRIAL_MEMORY_MB.`,
})

export const reasonOfSilence = (limitMs: number, setting: string): FailureReason => ({
  kind: 'timed-out',
  message: `The trial said nothing for ${limitMs / 1000} s and was ended. If it was only slow, raise ${setting}.`,
})

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20)
