/** Fewer points for a picture of a few hundred pixels, so that it stays small whatever is drawn. Pure. */

export type Point = readonly [x: number, y: number]

/**
 * At most about `most` points of a line that looks the same: "largest triangle three buckets" (Steinarsson,
 * Downsampling Time Series for Visual Representation, 2013, section 4.2). First and last stay; a gap (y is NaN) stays a
 * gap, and what is between gaps is thinned by itself.
 */
export const thinLine = (points: readonly Point[], most: number): readonly Point[] => {
  if (points.length <= most) return points
  const share = most / points.length
  return runsOf(points).flatMap((run, i) => [
    ...(i > 0 ? [gap] : []),
    ...largestTriangles(run, Math.max(3, Math.floor(run.length * share))),
  ])
}

/** Steps without the points that only go on at the same height, then as a line. Where a run ends, its last point stays. */
export const thinSteps = (points: readonly Point[], most: number): readonly Point[] =>
  thinLine(
    points.filter(([, y], i) => {
      const isLast = Number.isNaN(points[i + 1]?.[1] ?? Number.NaN)
      return isLast || !Object.is(y, points[i - 1]?.[1])
    }),
    most,
  )

/**
 * Of the points that are closer than can be told apart, one; `place` says where a point is in the picture. The grid gets
 * coarser until at most `most` are left.
 */
export const thinDots = (
  points: readonly Point[],
  most: number,
  place: (point: Point) => Point,
  cell = 1,
): readonly Point[] => {
  if (points.length <= most) return points
  const cells = new Map<string, Point>()
  for (const point of points) {
    const [x, y] = place(point)
    const key = `${Math.round(x / cell)} ${Math.round(y / cell)}`
    if (!cells.has(key)) cells.set(key, point)
  }
  return cells.size <= most ? [...cells.values()] : thinDots(points, most, place, cell * 1.5)
}

const gap: Point = [Number.NaN, Number.NaN]

/** What is between the gaps; a run is never empty. */
const runsOf = (points: readonly Point[]): readonly (readonly Point[])[] => {
  const runs: Point[][] = []
  let isOpen = false
  for (const point of points) {
    const isGap = Number.isNaN(point[1])
    if (!isGap && !isOpen) runs.push([])
    if (!isGap) runs.at(-1)?.push(point)
    isOpen = !isGap
  }
  return runs
}

/** Of each bucket the point that makes the largest triangle with the one before and the mean of the next bucket. */
const largestTriangles = (points: readonly Point[], most: number): readonly Point[] => {
  const last = points.at(-1)
  if (points.length <= most || !last) return points
  const width = (points.length - 2) / (most - 2)
  const bucket = (i: number) =>
    i < most - 2 ? points.slice(1 + Math.floor(i * width), 1 + Math.floor((i + 1) * width)) : [last]
  const kept = [points[0]]
  for (let i = 0; i < most - 2; i++) {
    const [ax, ay] = kept[i]
    const [cx, cy] = meanOf(bucket(i + 1))
    let best = points[0]
    let bestArea = -1
    for (const point of bucket(i)) {
      const area = Math.abs((ax - cx) * (point[1] - ay) - (ax - point[0]) * (cy - ay))
      if (area > bestArea) [best, bestArea] = [point, area]
    }
    kept.push(best)
  }
  return [...kept, last]
}

const meanOf = (points: readonly Point[]): Point => {
  const [x, y] = points.reduce<Point>(([sx, sy], [px, py]) => [sx + px, sy + py], [0, 0])
  return [x / points.length, y / points.length]
}
