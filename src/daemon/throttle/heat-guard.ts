/** Keeps the hottest place below its limit, by foresight; stops at the hard limit and where nothing can be seen. */
import {type Bound, gentlestPace} from './bound.ts'
import type {Limits} from './limits.ts'
import {
  forgetStretch,
  freshModel,
  learn,
  mostPowerW,
  predictC,
  settledC,
  type ThermalModel,
} from './thermal-model.ts'

export type HeatGuard = {
  /** Absent until a temperature was seen. */
  readonly model?: ThermalModel
  /** The last temperature that can be true. */
  readonly hottest?: Hottest
  /** Seconds since that, and the training power in them added up. */
  readonly unseenS: number
  readonly unseenJ: number
  readonly isStopped: boolean
  /** Seconds in a row in which the limit was clearly exceeded. */
  readonly aboveS: number
}

type Hottest = {readonly zone: string; readonly temperatureC: number}

/** No temperature was seen yet. */
export const unseenHeat: HeatGuard = {unseenS: 0, unseenJ: 0, isStopped: false, aboveS: 0}

const freshForS = 5
/** After a longer gap the model has nothing to join on to. */
const longestGapS = 120
/** No sensor of ours is ever colder or hotter than this. */
const coldestC = -40
const hottestC = 125
/** The fastest that a chip changes: with its power within a second, by a little more later. */
const leapC = 15
const leapCPerS = 1
/** The chip's own rise shows within the first, the heat sink's in the second. */
const horizonsS = [15, 40]
/** Above its limit by so much for so long, the model that allowed it is not believed any more. */
const clearlyC = 1
const clearlyS = 5
/** What is then left of the duty, each second. */
const easing = 0.9
/** Cooled down so far below the limit, training that was stopped goes on. */
const coolByC = 5

/** The guard after `seconds` in which training took `trainingW`, whose end was read as `temperaturesC`. */
export const feelHeat = (
  guard: HeatGuard,
  temperaturesC: Readonly<Record<string, number>>,
  {trainingW, seconds, limits}: {trainingW: number; seconds: number; limits: Limits},
): HeatGuard => {
  const unseenS = guard.unseenS + seconds
  const unseenJ = guard.unseenJ + trainingW * seconds
  const hottest = credibleHottest(guard, temperaturesC, unseenS)
  if (!hottest) return {...guard, unseenS, unseenJ}
  const {temperatureC} = hottest
  return {
    model: nextModel(guard.model, {temperatureC, powerW: unseenJ / unseenS, seconds: unseenS}),
    hottest,
    unseenS: 0,
    unseenJ: 0,
    aboveS: temperatureC >= limits.temperatureC + clearlyC ? guard.aboveS + seconds : 0,
    isStopped: guard.isStopped
      ? temperatureC > limits.temperatureC - coolByC
      : temperatureC >= limits.hardTemperatureC,
  }
}

const nextModel = (
  model: ThermalModel | undefined,
  seen: Parameters<typeof learn>[1],
): ThermalModel => {
  if (!model) return freshModel(seen.temperatureC)
  if (seen.seconds <= freshForS) return learn(model, seen)
  const {constants} = model
  return seen.seconds > longestGapS
    ? {...freshModel(seen.temperatureC), constants}
    : forgetStretch(learn(model, seen))
}

/**
 * The hottest zone, or nothing where the readings cannot be true: no temperature at all, one that leaps, or none of the zone
 * that was the hottest. To miss that one and believe the others would be to think the device cooler than it is.
 */
const credibleHottest = (
  {hottest: before}: HeatGuard,
  temperaturesC: Readonly<Record<string, number>>,
  sinceS: number,
): Hottest | undefined => {
  const zones = Object.entries(temperaturesC)
    .map(([zone, temperatureC]) => ({zone, temperatureC}))
    .filter(({temperatureC}) => temperatureC > coldestC && temperatureC < hottestC)
  const [first] = zones.sort((a, b) => b.temperatureC - a.temperatureC)
  if (!first || !before) return first
  const same = zones.find(({zone}) => zone === before.zone)
  if (!same) return undefined
  const canBe = ({temperatureC}: Hottest) =>
    Math.abs(temperatureC - before.temperatureC) <= leapC + leapCPerS * sinceS
  return canBe(first) && canBe(same) ? first : undefined
}

/** Whether the last sample showed no temperature, where there had been one. */
export const isBlind = ({hottest, unseenS}: HeatGuard): boolean =>
  hottest !== undefined && unseenS > 0

/** What heat allows now, where training takes `fullPowerW` at full duty and works at `duty`. */
export const heatBound = (
  guard: HeatGuard,
  limits: Limits,
  {fullPowerW, duty}: {readonly fullPowerW: number; readonly duty: number},
): Bound | undefined => {
  const {model, hottest, unseenS} = guard
  if (!model || !hottest) return undefined
  if (unseenS > freshForS) {
    return {
      ...gentlestPace,
      why: `no temperature for ${Math.round(unseenS)} s; before that ${shown(hottest).replace(' is ', ' was ')}`,
    }
  }
  if (guard.isStopped) {
    return {
      duty: 0,
      why: `${shown(hottest)}, the hard limit is ${limits.hardTemperatureC} °C; it goes on below ${limits.temperatureC - coolByC} °C`,
    }
  }
  return {
    trainingW: Math.max(0, mostPowerW(model, limits.temperatureC, horizonsS)),
    ...(guard.aboveS > clearlyS ? {duty: easing * duty} : {}),
    why: outlook(model, hottest, limits, fullPowerW),
  }
}

const outlook = (
  model: ThermalModel,
  hottest: Hottest,
  {temperatureC}: Limits,
  fullPowerW: number,
): string => {
  if (hottest.temperatureC >= temperatureC) {
    return `${shown(hottest)}, the limit is ${temperatureC} °C`
  }
  const soonS = horizonsS.find((seconds) => predictC(model, fullPowerW, seconds) > temperatureC)
  return soonS === undefined
    ? `${shown(hottest)} and would settle at ${Math.round(settledC(model, fullPowerW))} °C`
    : `${shown(hottest)} and would pass ${temperatureC} °C within ${soonS} s at full speed`
}

const shown = ({zone, temperatureC}: Hottest): string =>
  `${zone} is at ${temperatureC.toFixed(1)} °C`
