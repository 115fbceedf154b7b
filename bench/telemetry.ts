/**
 * What a reading of the sensors costs: CPU time of the whole process a reading, of a recorded Nano and of this machine,
 * beside systeminformation asked for the same things of this machine; and the share of one core at one reading a second.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {systemClock} from '../src/daemon/base/clock.ts'
import {startSampler} from '../src/daemon/telemetry/sampler.ts'
import {openSensors, type Sensors} from '../src/daemon/telemetry/sensors.ts'
import {openSystem} from '../src/daemon/telemetry/system.ts'
import {overlay, writeNano} from '../test/fixtures/device-tree.ts'
import {quantile} from './optimizers/measure.ts'

type Row = {
  readonly what: string
  /** The median of the turns. */
  readonly cpuMs: number
  /** How many times systeminformation's cost it is. */
  readonly ratio: number
}

const turns = 7
const readingsPerTurn = 40
const pacedSeconds = 15

const benchTelemetry = async (json: boolean): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), 'simmer-bench-'))
  try {
    writeNano(root)
    overlay(root, 'train-gpu-99')
    const nano = await openSensors({sysfsRoot: root, clock: systemClock})
    const here = await openSensors({sysfsRoot: '/', clock: systemClock})
    const system = await openSystem(systemClock)
    const contenders = [
      {what: 'a recorded Nano', sensors: nano, readings: readingsPerTurn},
      {what: 'this machine', sensors: here, readings: readingsPerTurn},
      // It starts programs, and takes its time.
      {what: 'this machine, systeminformation', sensors: system, readings: 4},
    ]
    const measured = contenders.map((): number[] => [])
    for (let turn = 0; turn <= turns; turn++) {
      for (const [i, {sensors, readings}] of contenders.entries()) {
        const cpuMs = await cpuMsOf(sensors, readings)
        // The first turn warms up.
        if (turn > 0) measured[i]?.push(cpuMs)
      }
    }
    const medians = measured.map((values) => quantile(values, 0.5))
    const rows = contenders.map(
      ({what}, i): Row => ({
        what,
        cpuMs: medians[i] ?? 0,
        ratio: (medians[i] ?? 0) / (medians.at(-1) ?? 1),
      }),
    )
    const paced = {
      nothing: await shareOfCore(() => sleep(pacedSeconds * 1000)),
      'a recorded Nano': await shareOfCore(() => sampled(nano)),
      'this machine': await shareOfCore(() => sampled(here)),
    }
    process.stdout.write(json ? `${JSON.stringify({rows, paced})}\n` : textOf(rows, paced))
  } finally {
    rmSync(root, {recursive: true, force: true})
  }
}

const cpuMsOf = async (sensors: Sensors, readings: number): Promise<number> => {
  const before = process.cpuUsage()
  for (let i = 0; i < readings; i++) await sensors.read()
  const {user, system} = process.cpuUsage(before)
  return (user + system) / 1000 / readings
}

/** The share of one core that the process takes while something goes on. */
const shareOfCore = async (goOn: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage()
  const started = performance.now()
  await goOn()
  const {user, system} = process.cpuUsage(before)
  return (user + system) / 1000 / (performance.now() - started)
}

/** One reading a second, as the daemon does it. */
const sampled = async (sensors: Sensors): Promise<void> => {
  const sampler = startSampler({sensors, onReading: () => {}})
  await sleep(pacedSeconds * 1000)
  await sampler.stop()
}

const textOf = (rows: readonly Row[], paced: Readonly<Record<string, number>>): string =>
  [
    '| sensors | CPU ms a reading | to systeminformation |',
    '| --- | --- | --- |',
    ...rows.map(
      ({what, cpuMs, ratio}) => `| ${what} | ${cpuMs.toFixed(2)} | ${ratio.toFixed(3)} |`,
    ),
    '',
    `| one reading a second for ${pacedSeconds} s | share of one core |`,
    '| --- | --- |',
    ...Object.entries(paced).map(([what, share]) => `| ${what} | ${(100 * share).toFixed(2)} % |`),
    '',
  ].join('\n')

const {values} = parseArgs({options: {json: {type: 'boolean', default: false}}})
await benchTelemetry(values.json)
