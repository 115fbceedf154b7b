/**
 * How well the throttle does on simulated devices: each policy on each plant of data/plants, and on variants of them that
 * it was not made for, over twelve hours. `--plot FILE` draws the temperatures of one plant as SVG.
 */
import {readdirSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {readPlant} from '../src/cli/plant-file.ts'
import type {Plant} from '../src/daemon/simulator/plant.ts'
import {type PolicyName, policyNames} from '../src/daemon/simulator/policies.ts'
import {isSafe, type Summary, simulate} from '../src/daemon/simulator/simulate.ts'
import {variants} from '../src/daemon/simulator/variants.ts'
import {limitsOn} from '../src/daemon/throttle/limits.ts'
import {type Curve, temperaturePlot} from './throttle/temperature-plot.ts'

type Run = {
  readonly plant: string
  readonly variant: string
  readonly policy: PolicyName
  readonly shareOfOptimum: number
  readonly isSafe: boolean
  readonly summary: Summary
}

const hours = 12
const seed = 1
const folder = fileURLToPath(new URL('../../data/plants', import.meta.url))
const asItIs = {name: 'as it is', change: (plant: Plant) => plant}

const limitsFor = ({brake}: Plant) =>
  limitsOn(
    {kind: 'jetson', passiveTripC: brake.tripC},
    {temperatureC: 70, hardTemperatureC: 85, memoryAvailableBytes: 300 * 2 ** 20},
  )

const plantsOfOurs = (): readonly Plant[] =>
  readdirSync(folder).map((file) => {
    const plant = readPlant(file.replace(/\.json$/, ''), folder)
    if (!plant.ok) throw new Error(plant.problems.join(' '))
    return plant.value
  })

const runAll = (plant: Plant, {name, change}: typeof asItIs): readonly Run[] => {
  const changed = change(plant)
  const summaries = policyNames.map((policy) =>
    simulate({plant: changed, policy, hours, limits: limitsFor(changed), seed}),
  )
  const optimum = summaries.find(({policy}) => policy === 'optimum')?.samples ?? Number.NaN
  return summaries.map((summary) => ({
    plant: plant.name,
    variant: name,
    policy: summary.policy,
    shareOfOptimum: summary.samples / optimum,
    isSafe: isSafe(summary),
    summary,
  }))
}

const textOf = (runs: readonly Run[]): string => {
  const compared = policyNames.filter((policy) => policy !== 'optimum')
  const rows = [...new Set(runs.map(({plant, variant}) => `${plant}, ${variant}`))]
  const cell = (row: string, policy: PolicyName): string => {
    const run = runs.find((one) => `${one.plant}, ${one.variant}` === row && one.policy === policy)
    if (!run) return ''
    const share = `${(100 * run.shareOfOptimum).toFixed(1)} %`
    return run.isSafe ? share : `${share} ${harmOf(run.summary)}`
  }
  return [
    `| plant | ${compared.join(' | ')} |`,
    `| --- | ${compared.map(() => '---:').join(' | ')} |`,
    ...rows.map((row) => `| ${row} | ${compared.map((policy) => cell(row, policy)).join(' | ')} |`),
    '',
  ].join('\n')
}

/** Why a run is not safe, in the fewest words. */
const harmOf = ({secondsAboveTarget, brownOuts, outOfMemory, peakC}: Summary): string =>
  [
    ...(secondsAboveTarget > 0.001 * hours * 3600 ? [`${peakC.toFixed(0)} °C`] : []),
    ...(brownOuts > 0 ? [`off ${brownOuts} times`] : []),
    ...(outOfMemory > 0 ? [`no memory ${outOfMemory} times`] : []),
  ].join(', ')

const curveOf = (plant: Plant, policy: PolicyName): Curve => {
  const temperaturesC: number[] = []
  simulate({
    plant,
    policy,
    hours: 2,
    limits: limitsFor(plant),
    seed,
    onSecond: ({second}) => temperaturesC.push(second.chipC),
  })
  return {name: policy, temperaturesC}
}

const {values} = parseArgs({options: {json: {type: 'boolean'}, plot: {type: 'string'}}})
const plants = plantsOfOurs()
const runs = plants.flatMap((plant) =>
  [asItIs, ...variants].flatMap((variant) => runAll(plant, variant)),
)
if (values.plot) {
  const plant = plants.find(({name}) => name === 'nano-closed-case')
  if (!plant) throw new Error('there is no plant nano-closed-case')
  const policies = ['none', 'bang-bang', 'pid', 'simmer'] as const
  const curves = policies.map((policy) => curveOf(plant, policy))
  writeFileSync(values.plot, temperaturePlot(curves, {limitC: 70, tripC: plant.brake.tripC}))
}
process.stdout.write(values.json ? `${JSON.stringify(runs)}\n` : textOf(runs))
