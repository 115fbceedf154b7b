/** Memory of a board that CPU and GPU share. Pure. */
export type MemoryPlant = {
  readonly totalMb: number
  /** The system and a training process without its pictures in work. */
  readonly usedMb: number
  readonly mbPerSample: number
  /** Another program that comes for a while, again and again. */
  readonly visitor: {readonly mb: number; readonly everyS: number; readonly forS: number}
}

/** MB that are left while `microBatch` samples are in work. */
export const availableMb = (
  {totalMb, usedMb, mbPerSample, visitor}: MemoryPlant,
  seconds: number,
  microBatch: number,
): number => totalMb - usedMb - mbPerSample * microBatch - visitingMb(visitor, seconds)

/** It takes its memory bit by bit, within a minute. */
const visitingMb = ({mb, everyS, forS}: MemoryPlant['visitor'], seconds: number): number => {
  if (everyS <= 0) return 0
  const since = (seconds % everyS) - (everyS - forS)
  return since < 0 ? 0 : mb * Math.min(1, since / 60)
}
