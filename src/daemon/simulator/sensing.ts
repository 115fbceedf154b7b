/** What a simulated device's sensors say. */
import type {Rng} from '../base/random.ts'
import type {Reading} from '../telemetry/reading.ts'
import type {Plant, Second} from './plant.ts'

const outageS = 30

/**
 * Temperatures come late, in steps, with noise, and fail now and then. Power is that of an instant, in which the device either
 * computes or rests; the voltage is the lowest of the second.
 */
export const sense = (plant: Plant, second: Second, seconds: number, random: Rng): Reading => {
  const {stepC, noiseC, dropoutShare, outageEveryS} = plant.sensors
  const noisyC = second.sensedC + noiseC * random.normal()
  const isComputing = random.uniform() < shareComputing(plant, second)
  const isLost =
    random.uniform() < dropoutShare ||
    (outageEveryS > 0 && seconds % outageEveryS > outageEveryS - outageS)
  const powerW =
    (isComputing ? second.peakPowerW : plant.power.idleW) * (1 + 0.02 * random.normal())
  return {
    atMs: 1000 * seconds,
    temperaturesC: isLost ? {} : {CPU: Math.round(noisyC / stepC) * stepC},
    memoryTotalBytes: plant.memory.totalMb * 2 ** 20,
    memoryAvailableBytes: second.availableMb * 2 ** 20,
    powersW: {POM_5V_IN: powerW},
    voltagesV: {POM_5V_IN: second.voltageV},
    alarms: [],
  }
}

const shareComputing = ({power}: Plant, {powerW, peakPowerW}: Second): number =>
  peakPowerW > power.idleW ? (powerW - power.idleW) / (peakPowerW - power.idleW) : 0
