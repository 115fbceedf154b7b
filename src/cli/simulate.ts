/** `simmer simulate`: the throttle, or another policy, against a simulated device. */

import type {PolicyName} from '../daemon/simulator/policies.ts'
import {isSafe, type Summary, simulate} from '../daemon/simulator/simulate.ts'
import {limitsOn} from '../daemon/throttle/limits.ts'
import {type App, complain, type ExitCode} from './app.ts'
import {readPlant} from './plant-file.ts'

export const runSimulation = (
  options: {
    readonly plant: string
    readonly policy: PolicyName
    readonly hours: number
    readonly seed: number
    readonly json?: boolean
  },
  app: App,
): ExitCode => {
  const plant = readPlant(options.plant, app.plantsFolder)
  const config = app.readConfig()
  const problems = [plant, config].flatMap((read) => (read.ok ? [] : read.problems))
  if (!plant.ok || !config.ok) {
    complain(app, problems)
    return 2
  }
  // Its brake is where the kernel's passive trip point would be.
  const passiveTripC = plant.value.brake.tripC
  const limits = limitsOn({kind: 'jetson', passiveTripC}, config.value.config.limits)
  const run = (policy: PolicyName) => {
    const {hours, seed} = options
    return simulate({plant: plant.value, policy, hours, limits, seed})
  }
  const summary = run(options.policy)
  const optimum = options.policy === 'optimum' ? summary : run('optimum')
  app.print(
    options.json
      ? JSON.stringify(summaryJson(summary, optimum))
      : summaryText(summary, optimum, plant.value.describes),
  )
  return 0
}

const summaryJson = (summary: Summary, optimum: Summary) => ({
  plant: summary.plant,
  policy: summary.policy,
  hours: summary.hours,
  samples: summary.samples,
  share_of_optimum: summary.samples / optimum.samples,
  joules: summary.joules,
  peak_c: summary.peakC,
  seconds_above_target: summary.secondsAboveTarget,
  seconds_above_trip: summary.secondsAboveTrip,
  throttle_events: summary.throttleEvents,
  brown_outs: summary.brownOuts,
  out_of_memory: summary.outOfMemory,
  is_safe: isSafe(summary),
})

const summaryText = (summary: Summary, optimum: Summary, describes: string): string =>
  [
    `${summary.plant}: ${describes}`,
    `${summary.hours} h by the policy ${summary.policy}`,
    `  samples          ${summary.samples.toLocaleString('en')} (${((100 * summary.samples) / optimum.samples).toFixed(1)} % of the optimum)`,
    `  energy           ${(summary.joules / 3600).toFixed(1)} Wh`,
    `  peak             ${summary.peakC.toFixed(1)} °C`,
    `  above the limit  ${summary.secondsAboveTarget} s by more than 1 °C, ${summary.secondsAboveTrip} s above the trip point`,
    `  orders           ${summary.throttleEvents}`,
    `  power-offs       ${summary.brownOuts}`,
    `  out of memory    ${summary.outOfMemory}`,
  ].join('\n')
