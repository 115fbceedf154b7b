/** A plant for the simulator: one of ours by its name, or a file of the user's. */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {z} from 'zod'
import {reasonOf} from '../daemon/base/log.ts'
import {ok, type Result, refuse} from '../daemon/base/result.ts'
import type {Plant} from '../daemon/simulator/plant.ts'

const positive = z.number().positive().max(1e9)
const amount = z.number().min(0).max(1e9)
const temperature = z.number().min(-40).max(150)

const schema = z.strictObject({
  name: z.string().min(1).max(80),
  describes: z.string(),
  thermal: z.strictObject({
    ambient: z.strictObject({meanC: temperature, swingC: amount}),
    chipToSinkKPerW: positive,
    chipJPerK: positive,
    sinkToAirKPerW: positive,
    sinkJPerK: positive,
    fan: z.array(z.strictObject({fromC: temperature, sinkToAirKPerW: positive})),
    fanHysteresisC: amount,
  }),
  power: z.strictObject({idleW: positive, trainingW: amount, fullTrainingW: amount}),
  speed: z.strictObject({samplesPerSecond: positive, halfSpeedMicroBatch: amount}),
  brake: z.strictObject({tripC: temperature, hysteresisC: amount}),
  supply: z.strictObject({voltageV: positive, resistanceOhm: amount, brownOutV: amount}),
  memory: z.strictObject({
    totalMb: positive,
    usedMb: amount,
    mbPerSample: amount,
    visitor: z.strictObject({mb: amount, everyS: amount, forS: amount}),
  }),
  sensors: z.strictObject({
    stepC: positive,
    noiseC: amount,
    lagS: positive,
    dropoutShare: z.number().min(0).max(1),
    outageEveryS: amount,
  }),
})

/** Reads `source`: a file's name, or the name of a plant in `folder`. Each problem names its place. */
export const readPlant = (source: string, folder: string): Result<Plant> => {
  const ours = join(folder, `${source}.json`)
  const file = existsSync(ours) ? ours : source
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const names = readdirSync(folder).map((one) => one.replace(/\.json$/, ''))
    return refuse(
      `--plant: expected ${names.join(', ')} or a file with JSON, got ${source}: ${reasonOf(error)}`,
    )
  }
  const parsed = schema.safeParse(value)
  return parsed.success
    ? ok(parsed.data)
    : refuse(
        ...parsed.error.issues.map(
          ({path, message}) => `plant ${source}: ${path.join('.')}: ${message}`,
        ),
      )
}
