/**
 * Several trust regions at once (TuRBO-m), told from the history alone. A trial does not say which region suggested it: in
 * a design its number does, later it is the region whose best trial is nearest, since candidates lie around that.
 */
import {indexOfSmallest, type Observed, squaredDistanceOf} from '../observed.ts'
import type {Search} from '../runs.ts'
import type {TrustRegion} from './trust-region.ts'

type Region = {
  /** The trials of its run, as indices of the history. */
  readonly members: readonly number[]
  /** Absent until its design has results. */
  readonly state?: TrustRegion
}

/** A stretch of trial numbers that are the design of a region. */
type Design = {readonly region: number; readonly start: number; readonly end: number}

export type Regions = {
  readonly regions: readonly Region[]
  /** The design that trial `next` belongs to, if any. */
  readonly design?: Design
}

/** The regions after the trials numbered `trials`, whose positions and losses are `observed`. */
export const regionsOf = (
  trials: readonly number[],
  {x, losses}: Observed,
  next: number,
  count: number,
  search: Search<TrustRegion>,
): Regions => {
  const features = trials.length ? x.length / trials.length : 0
  const size = search.designSize
  const designs: Design[] = Array.from({length: count}, (_, region) => ({
    region,
    start: region * size,
    end: (region + 1) * size,
  }))
  const regions: {members: number[]; state?: TrustRegion}[] = Array.from({length: count}, () => ({
    members: [],
  }))
  const designAt = (trial: number) => designs.find(({start, end}) => start <= trial && trial < end)

  trials.forEach((trial, i) => {
    const design = designAt(trial)
    const at = design?.region ?? nearestRegion(regions, i, x, losses, features)
    const region = regions[at]
    region.members.push(i)
    if (design || !region.state) {
      const best = Math.min(...region.members.map((one) => losses[one]))
      if (!design || trial === design.end - 1) region.state = search.begin(best)
      return
    }
    region.state = search.next(region.state, losses[i])
    if (!search.hasConverged(region.state)) return
    regions[at] = {members: []}
    const start = Math.max(trial + 1, designs[designs.length - 1].end)
    designs.push({region: at, start, end: start + size})
  })
  const design = designAt(next)
  return {regions, ...(design && {design})}
}

const nearestRegion = (
  regions: readonly Region[],
  trial: number,
  x: Float64Array,
  losses: Float64Array,
  features: number,
): number => {
  const distances = regions.map(({members}) => {
    if (members.length === 0) return Infinity
    const center = members[indexOfSmallest(members.map((one) => losses[one]))]
    return squaredDistanceOf(x, center, trial, features)
  })
  return indexOfSmallest(distances)
}
