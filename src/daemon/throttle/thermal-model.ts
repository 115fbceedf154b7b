/**
 * The device as two thermal nodes: a heat sink that follows the training's power within minutes, and the chip above it that
 * follows within seconds. What the chip is above the sink is `chipRise` times the power of the last seconds. For the sink
 *
 *     d sinkC / dt = heating · powerW − cooling · (sinkC − 40 °C) + drift
 *
 * where the drift holds everything else that heats or cools: the room, the idle board, other programs, a fan. It is
 * followed second by second. The three constants are found while the device runs, by least squares over stretches of ten
 * seconds: how a change of power changes the pace at which it warms, which the drift has no part in.
 */
import {guess, type LeastSquares, observe} from './least-squares.ts'

export type ThermalModel = {
  readonly constants: LeastSquares
  /** The sink's temperature as the model and the sensor together have it. */
  readonly sinkC: number
  /** What heats the sink beyond what the constants explain, in °C a second. */
  readonly driftCPerS: number
  /** Training power as the chip feels it, in W: the power of the last seconds. */
  readonly feltW: number
  /** The sensor's noise, one standard deviation, in °C; and how far its last few readings were from what was expected. */
  readonly noiseC: number
  readonly surpriseC: number
  readonly stretch: Stretch
  /** The last two stretches, latest first. */
  readonly before: readonly StretchMeans[]
}

/** Sums over the stretch of time that is being watched. */
type Stretch = {
  readonly seconds: number
  readonly temperatureC: number
  readonly powerW: number
  readonly feltW: number
}

type StretchMeans = Omit<Stretch, 'seconds'>

const stretchS = 10
/** The chip's own time constant: its fast rise takes less than 20 s. */
const chipS = 10
const originC = 40

/**
 * [heating, cooling, chipRise] of a bare Nano, whose time constant is near 370 s (from a public trace), and how far off
 * another device may be.
 */
const nano = {
  theta: [5.7 / 370, 1 / 370, 0.9],
  deviation: [0.01, 0.002, 0.5],
} as const
const lowest = [0.002, 1 / 2000, 0.2]
const highest = [0.1, 1 / 60, 4]
/** One stretch to the next, half an hour counts fully. */
const forgetting = 0.995

/** The noise of a sensor with steps of half a degree, in °C, and seconds over which another's is found out. */
const usualNoiseC = 0.35
const noiseMemoryS = 300
/** Of a change of the change between means of ten readings, as a multiple of the noise of one. */
const changeNoise = 0.8

/** A g-h filter's first gain for such a sensor; the second belongs to it (Benedict and Bordner 1962). */
const usualGain = 0.04
/** The gain while the model is wrong, and how that is seen: a mean of the last few errors beyond what noise explains. */
const quickGain = 0.3
const surpriseShare = 0.25
const surprising = 2
const surprisingC = 1.5

const empty: Stretch = {seconds: 0, temperatureC: 0, powerW: 0, feltW: 0}

/** Knows nothing but the temperature now, and takes it for a settled one. */
export const freshModel = (temperatureC: number): ThermalModel => ({
  constants: guess(nano.theta, nano.deviation),
  sinkC: temperatureC,
  driftCPerS: nano.theta[1] * (temperatureC - originC),
  feltW: 0,
  noiseC: usualNoiseC,
  surpriseC: 0,
  stretch: empty,
  before: [],
})

/** The model after `seconds` in which training took `powerW` and at whose end the sensor says `temperatureC`. */
export const learn = (
  model: ThermalModel,
  {temperatureC, powerW, seconds}: {temperatureC: number; powerW: number; seconds: number},
): ThermalModel => {
  const [, , chipRise] = model.constants.theta
  const feltW = powerW + (model.feltW - powerW) * Math.exp(-seconds / chipS)
  const expectedC = model.sinkC + sinkRate(model, model.sinkC, powerW) * seconds
  const error = temperatureC - chipRise * feltW - expectedC
  // What several readings agree on is no noise: then the model is wrong, and they are believed.
  const surpriseC = model.surpriseC + surpriseShare * (error - model.surpriseC)
  const isWrong = Math.abs(surpriseC) > Math.max(surprisingC, surprising * model.noiseC)
  const jump = Math.min((error - model.surpriseC) ** 2, 9 * model.noiseC ** 2)
  const noiseC = Math.sqrt(
    model.noiseC ** 2 + (jump - model.noiseC ** 2) * Math.min(1, seconds / noiseMemoryS),
  )
  const gain = usualGain * Math.min(1, usualNoiseC / noiseC)
  const driftGain = gain ** 2 / (2 - gain)
  const next: ThermalModel = {
    ...model,
    feltW,
    noiseC,
    surpriseC,
    sinkC: expectedC + (isWrong ? quickGain : gain) * error,
    driftCPerS: model.driftCPerS + (driftGain * error) / Math.max(1, seconds),
    stretch: {
      seconds: model.stretch.seconds + seconds,
      temperatureC: model.stretch.temperatureC + temperatureC * seconds,
      powerW: model.stretch.powerW + powerW * seconds,
      feltW: model.stretch.feltW + feltW * seconds,
    },
  }
  return next.stretch.seconds < stretchS ? next : closeStretch(next)
}

/** A stretch was not seen as a whole: nothing is concluded from it. */
export const forgetStretch = (model: ThermalModel): ThermalModel => ({
  ...model,
  stretch: empty,
  before: [],
})

const closeStretch = (model: ThermalModel): ThermalModel => {
  const {seconds, ...sums} = model.stretch
  const now: StretchMeans = {
    temperatureC: sums.temperatureC / seconds,
    powerW: sums.powerW / seconds,
    feltW: sums.feltW / seconds,
  }
  const [last, first] = model.before
  const closed = {...model, stretch: empty, before: last ? [now, last] : [now]}
  if (!last || !first) return closed
  const chipRise = model.constants.theta[2]
  const sinkC = (at: StretchMeans) => at.temperatureC - chipRise * at.feltW
  // From the middle of the first two stretches to the middle of the last two.
  const x = [
    (seconds * (now.powerW - first.powerW)) / 2,
    (-seconds * (sinkC(now) - sinkC(first))) / 2,
    now.feltW - 2 * last.feltW + first.feltW,
  ]
  const y = now.temperatureC - 2 * last.temperatureC + first.temperatureC
  const learned = observe(model.constants, x, y, {
    forgetting,
    noise: changeNoise * model.noiseC,
    widest: nano.deviation,
  })
  const constants = {
    ...learned,
    theta: learned.theta.map((value, i) => Math.min(highest[i], Math.max(lowest[i], value))),
  }
  // What is known of this moment stays as it is: the sink below the chip, and the pace at which it warms.
  const sinkNowC = model.sinkC + (chipRise - constants.theta[2]) * model.feltW
  const was = sinkRate(model, model.sinkC, now.powerW)
  const is = sinkRate({...model, constants}, sinkNowC, now.powerW)
  return {...closed, constants, sinkC: sinkNowC, driftCPerS: model.driftCPerS + was - is}
}

const sinkRate = (model: ThermalModel, sinkC: number, powerW: number): number => {
  const [heating, cooling] = model.constants.theta
  return heating * powerW - cooling * (sinkC - originC) + model.driftCPerS
}

/** °C of the chip in `seconds`, if training takes `powerW` from now on. */
export const predictC = (model: ThermalModel, powerW: number, seconds: number): number => {
  const [heating, cooling, chipRise] = model.constants.theta
  const settledC = originC + (heating * powerW + model.driftCPerS) / cooling
  const sinkC = settledC + (model.sinkC - settledC) * Math.exp(-cooling * seconds)
  return sinkC + chipRise * (powerW + (model.feltW - powerW) * Math.exp(-seconds / chipS))
}

/** °C at which the chip settles, if training takes `powerW` for good. */
export const settledC = (model: ThermalModel, powerW: number): number =>
  predictC(model, powerW, Number.POSITIVE_INFINITY)

/** The most W that training may take so that the chip is not above `limitC` in any of `horizonsS`. May be below 0. */
export const mostPowerW = (
  model: ThermalModel,
  limitC: number,
  horizonsS: readonly number[],
): number =>
  Math.min(
    ...horizonsS.map((seconds) => {
      // The prediction is a straight line in the power.
      const atNone = predictC(model, 0, seconds)
      return (limitC - atNone) / (predictC(model, 1, seconds) - atNone)
    }),
  )
