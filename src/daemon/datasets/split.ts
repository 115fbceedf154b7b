import {seededRandom} from '../base/random.ts'

/** Indices into a set of labeled pictures, each part in ascending order. */
export type Split = {readonly kept: Uint32Array; readonly held: Uint32Array}

/**
 * Holds out `share` (0–1) of each class, drawn by the seed; pure. Each class's part is rounded to whole pictures, and a
 * class of two or more has at least one picture on either side.
 */
export const stratifiedSplit = (
  labels: Uint8Array,
  classCount: number,
  share: number,
  seed: number,
): Split => {
  const held: number[] = []
  const kept: number[] = []
  for (let label = 0; label < classCount; label++) {
    const members: number[] = []
    labels.forEach((one, index) => {
      if (one === label) members.push(index)
    })
    seededRandom(seed, 'split', label).shuffle(members)
    const count = heldCount(members.length, share)
    held.push(...members.slice(0, count))
    kept.push(...members.slice(count))
  }
  return {kept: Uint32Array.from(kept).sort(), held: Uint32Array.from(held).sort()}
}

const heldCount = (members: number, share: number): number => {
  const rounded = Math.round(members * share)
  return members < 2 ? 0 : Math.min(members - 1, Math.max(1, rounded))
}
