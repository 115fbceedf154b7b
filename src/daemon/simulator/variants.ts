/** Plants that are other than the throttle was made for, to see whether it minds. */
import type {Plant} from './plant.ts'

export type Variant = {readonly name: string; readonly change: (plant: Plant) => Plant}

const heavier = (plant: Plant, factor: number): Plant => ({
  ...plant,
  thermal: {
    ...plant.thermal,
    chipToSinkKPerW: factor * plant.thermal.chipToSinkKPerW,
    sinkToAirKPerW: factor * plant.thermal.sinkToAirKPerW,
    sinkJPerK: factor * plant.thermal.sinkJPerK,
  },
})

export const variants: readonly Variant[] = [
  {name: 'constants −30 %', change: (plant) => heavier(plant, 0.7)},
  {name: 'constants +30 %', change: (plant) => heavier(plant, 1.3)},
  {
    name: 'noise of 1 °C',
    change: (plant) => ({...plant, sensors: {...plant.sensors, noiseC: 1}}),
  },
  {
    name: '5 % lost, 30 s outages',
    change: (plant) => ({
      ...plant,
      sensors: {...plant.sensors, dropoutShare: 0.05, outageEveryS: 1800},
    }),
  },
]
