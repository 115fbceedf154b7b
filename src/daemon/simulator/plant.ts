/**
 * A simulated device: heat, power, memory and supply of a board that trains, second by second. Pure, and repeatable by its
 * seed. Constants are in the plants of data/plants; each says there where it is from.
 */
import type {Pace} from '../throttle/pace.ts'
import {availableMb, type MemoryPlant} from './memory.ts'
import {type ThermalPlant, type ThermalState, warm} from './thermal.ts'
import {type SimulatedTrial, trialOf} from './workload.ts'

export type Plant = {
  readonly name: string
  readonly describes: string
  readonly thermal: ThermalPlant
  readonly power: {
    readonly idleW: number
    /** What training takes on top at any micro-batch, and more at one that fills the device. */
    readonly trainingW: number
    readonly fullTrainingW: number
  }
  readonly speed: {
    readonly samplesPerSecond: number
    /** The micro-batch at which half of that is reached. */
    readonly halfSpeedMicroBatch: number
  }
  /** The chip's own brake, as the kernel has it. */
  readonly brake: {readonly tripC: number; readonly hysteresisC: number}
  readonly supply: {
    readonly voltageV: number
    readonly resistanceOhm: number
    /** Below it the board goes off. */
    readonly brownOutV: number
  }
  readonly memory: MemoryPlant
  readonly sensors: {
    readonly stepC: number
    readonly noiseC: number
    /** Its own time constant: so far it is behind the chip. */
    readonly lagS: number
    /** Share of the readings that fail, and seconds between two outages of half a minute. */
    readonly dropoutShare: number
    readonly outageEveryS: number
  }
}

export type PlantState = {
  readonly seconds: number
  readonly thermal: ThermalState
  /** What the sensor has of the chip's temperature, before noise and steps. */
  readonly sensedC: number
  /** Share of full frequency that the chip's own brake leaves, 0–1. */
  readonly frequency: number
  /** Number of the trial in work, and how many of its samples are left. */
  readonly trial: number
  readonly left: number
  /** Seconds until it works again: between two trials, after a brown-out, after a trial that died. */
  readonly downS: number
  readonly samples: number
  readonly joules: number
  readonly brownOuts: number
  readonly outOfMemory: number
}

/** What happened in a second. */
export type Second = {
  readonly trial: number
  readonly batch: number
  /** Whether a trial was in work. */
  readonly isWorking: boolean
  readonly samples: number
  /** Mean of the second. */
  readonly powerW: number
  /** While it computes. */
  readonly peakPowerW: number
  readonly voltageV: number
  readonly availableMb: number
  readonly chipC: number
  readonly sensedC: number
}

const brownOutS = 180
const outOfMemoryS = 20
const betweenTrialsS = 2
/** One state of the kernel's brake, of which it changes two a second. */
const brakeStep = 1 / 66
const gentlestFrequency = 0.08

export const coldPlant = (plant: Plant, seed: number): PlantState => {
  const ambientC = plant.thermal.ambient.meanC
  const sinkC = ambientC + plant.thermal.sinkToAirKPerW * plant.power.idleW
  const chipC = sinkC + plant.thermal.chipToSinkKPerW * plant.power.idleW
  return {
    seconds: 0,
    thermal: {sinkC, chipC, fan: 0},
    sensedC: chipC,
    frequency: 1,
    trial: 0,
    left: samplesOf(plant, trialOf(seed, 0)),
    downS: betweenTrialsS,
    samples: 0,
    joules: 0,
    brownOuts: 0,
    outOfMemory: 0,
  }
}

const samplesOf = (plant: Plant, trial: SimulatedTrial): number =>
  trial.fullSpeedS * fullSpeed(plant, trial, trial.batch)

/** Share of full use that a micro-batch makes of the device, 0–1. */
const usage = ({speed}: Plant, microBatch: number): number =>
  microBatch / (microBatch + speed.halfSpeedMicroBatch)

/** Samples a second at full frequency. */
const fullSpeed = (plant: Plant, {sampleTime}: SimulatedTrial, microBatch: number): number =>
  (plant.speed.samplesPerSecond * usage(plant, microBatch)) / sampleTime

/** The next second, if the trials of that seed run at this pace. */
export const step = (
  plant: Plant,
  state: PlantState,
  seed: number,
  pace: Pace,
): {readonly state: PlantState; readonly second: Second} => {
  const trial = trialOf(seed, state.trial)
  const isWorking = state.downS <= 0
  const microBatch = Math.min(trial.batch, pace.microBatch)
  const duty = isWorking ? pace.duty : 0
  const {idleW, trainingW, fullTrainingW} = plant.power
  // Power falls with frequency and voltage together, speed with frequency alone.
  const computingW =
    (trainingW + fullTrainingW * usage(plant, microBatch)) * trial.power * state.frequency ** 2
  const peakPowerW = idleW + (duty > 0 ? computingW : 0)
  const powerW = idleW + duty * computingW
  const samples = duty * state.frequency * fullSpeed(plant, trial, microBatch)
  const {supply} = plant
  const voltageV = supply.voltageV - (supply.resistanceOhm * peakPowerW) / supply.voltageV
  const available = availableMb(plant.memory, state.seconds, duty > 0 ? microBatch : 0)
  const thermal = warm(plant.thermal, state.thermal, powerW, state.seconds)
  const sensedC =
    thermal.chipC + (state.sensedC - thermal.chipC) * Math.exp(-1 / plant.sensors.lagS)
  const isOff = isWorking && voltageV < supply.brownOutV
  const isOutOfMemory = isWorking && available <= 0
  const left = state.left - samples
  const isDone = isWorking && left <= 0
  return {
    second: {
      trial: state.trial,
      batch: trial.batch,
      isWorking,
      samples,
      powerW,
      peakPowerW,
      voltageV,
      availableMb: Math.max(0, available),
      chipC: thermal.chipC,
      sensedC,
    },
    state: {
      seconds: state.seconds + 1,
      thermal,
      sensedC,
      frequency: braked(plant, state.frequency, thermal.chipC),
      trial: isDone ? state.trial + 1 : state.trial,
      left: isDone ? samplesOf(plant, trialOf(seed, state.trial + 1)) : left,
      downS: isOff
        ? brownOutS
        : isOutOfMemory
          ? outOfMemoryS
          : isDone
            ? betweenTrialsS
            : Math.max(0, state.downS - 1),
      samples: state.samples + samples,
      joules: state.joules + powerW,
      brownOuts: state.brownOuts + (isOff ? 1 : 0),
      outOfMemory: state.outOfMemory + (isOutOfMemory ? 1 : 0),
    },
  }
}

const braked = ({brake}: Plant, frequency: number, chipC: number): number => {
  if (chipC >= brake.tripC) return Math.max(gentlestFrequency, frequency - 2 * brakeStep)
  return chipC < brake.tripC - brake.hysteresisC
    ? Math.min(1, frequency + 2 * brakeStep)
    : frequency
}
