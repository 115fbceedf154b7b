import {dot} from './dot.ts'

/** How many steps the curvature is remembered from. */
const memory = 8
/** No coordinate moves farther in one step. */
const longestStep = 2
/** What a step must gain of what the slope promises (Armijo's rule), and how much shorter the next try is. */
const leastGain = 1e-4
const shorter = 0.4
const mostTries = 6

export type Evaluation = {readonly value: number; readonly gradient: Float64Array}

export type Bounds = {readonly low: Float64Array; readonly high: Float64Array}

/**
 * The best position found for a smooth function within bounds, with at most `evaluations` of it: limited-memory BFGS with
 * backtracking, each step cut off at the bounds (J. Nocedal and S. J. Wright, "Numerical Optimization", 2nd edition,
 * algorithms 3.1 and 7.4). Ends early once a step gains less than `precision`. `f` is undefined where it cannot be
 * evaluated; it must be at `start`.
 */
export const minimize = (
  f: (x: Float64Array) => Evaluation | undefined,
  start: Float64Array,
  {low, high}: Bounds,
  {evaluations, precision}: {readonly evaluations: number; readonly precision: number},
): Float64Array => {
  let x = start
  let at = f(x)
  if (!at) return x
  const steps: Float64Array[] = []
  const changes: Float64Array[] = []
  let left = evaluations - 1
  while (left > 0) {
    const direction = descent(at.gradient, steps, changes)
    const slope = dot(direction, at.gradient)
    let size = Math.min(1, longestStep / largest(direction))
    let next: {readonly x: Float64Array; readonly at: Evaluation} | undefined
    for (let tried = 0; tried < mostTries && left > 0 && !next; tried++, left--) {
      const there = x.map((one, i) =>
        Math.min(high[i], Math.max(low[i], one - size * direction[i])),
      )
      const found = f(there)
      if (found && found.value <= at.value - leastGain * size * Math.max(0, slope)) {
        next = {x: there, at: found}
      }
      size *= shorter
    }
    if (!next) break
    const before = {x, at}
    x = next.x
    at = next.at
    if (before.at.value - at.value < precision) break
    const step = x.map((one, i) => one - before.x[i])
    const change = next.at.gradient.map((one, i) => one - before.at.gradient[i])
    // Only along a direction of rising slope does the curvature make sense.
    if (dot(step, change) > 1e-10) {
      steps.push(step)
      changes.push(change)
      if (steps.length > memory) {
        steps.shift()
        changes.shift()
      }
    }
  }
  return x
}

/** The gradient times an estimate of the inverse Hessian: the two-loop recursion. */
const descent = (
  gradient: Float64Array,
  steps: readonly Float64Array[],
  changes: readonly Float64Array[],
): Float64Array => {
  const direction = gradient.slice()
  const shares = new Float64Array(steps.length)
  for (let k = steps.length - 1; k >= 0; k--) {
    shares[k] = dot(steps[k], direction) / dot(steps[k], changes[k])
    add(direction, -shares[k], changes[k])
  }
  const last = steps.length - 1
  const scale =
    last < 0
      ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient)))
      : dot(steps[last], changes[last]) / dot(changes[last], changes[last])
  for (let i = 0; i < direction.length; i++) direction[i] *= scale
  for (let k = 0; k < steps.length; k++) {
    const share = dot(changes[k], direction) / dot(steps[k], changes[k])
    add(direction, shares[k] - share, steps[k])
  }
  return direction
}

const add = (to: Float64Array, factor: number, what: Float64Array): void => {
  for (let i = 0; i < to.length; i++) to[i] += factor * what[i]
}

const largest = (values: Float64Array): number =>
  values.reduce((most, one) => Math.max(most, Math.abs(one)), Number.MIN_VALUE)
