/** Fewer points that draw the same picture. Pure. */
import type {Point} from './chart.ts'

/** Beyond this many, a phone's screen shows no more of them. */
const mostDots = 800

/**
 * The points as they are where they are few; else the lowest and the highest of each stretch. `every` says how many points
 * a stretch has.
 */
export const envelopeOf = (
  points: readonly Point[],
): {readonly points: readonly Point[]; readonly every: number} => {
  if (points.length <= mostDots) return {points, every: 1}
  const every = Math.ceil((2 * points.length) / mostDots)
  const kept: Point[] = []
  for (let from = 0; from < points.length; from += every) {
    const stretch = points.slice(from, from + every)
    const lowest = stretch.reduce((a, b) => (b[1] < a[1] ? b : a))
    const highest = stretch.reduce((a, b) => (b[1] > a[1] ? b : a))
    kept.push(...(lowest[0] <= highest[0] ? [lowest, highest] : [highest, lowest]))
  }
  return {points: kept, every}
}

/** Steps without those that go nowhere; the last one stays, to say how far they reach. */
export const stepsOnly = (points: readonly Point[]): readonly Point[] =>
  points.filter(([, y], i) => i === 0 || i === points.length - 1 || y !== points[i - 1]?.[1])
