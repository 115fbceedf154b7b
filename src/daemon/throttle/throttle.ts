import type {Pace} from './pace.ts'

/** A change of pace, and the sentence that says why. */
export type Order = {readonly atMs: number; readonly pace: Pace; readonly reason: string}
