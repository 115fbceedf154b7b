/** Finds out what trains: what is set, what is kept from an earlier speed test, or a test now. */
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {z} from 'zod'
import {type Log, reasonOf} from '../base/log.ts'
import {type BackendChoice, backendChoices} from '../trials/messages.ts'
import {type Processor, processorRemark, type SpeedTest, type Timed} from './processor.ts'

export type Choosing = {
  readonly home: string
  readonly backend: BackendChoice
  /** TensorFlow's binding, which may be missing. */
  readonly bindingFile: string
  /** The machine and the versions that a speed test holds for. */
  readonly subject: string
}

/** What is known without a test. */
export const knownProcessor = ({home, backend, bindingFile, subject}: Choosing): Processor => {
  if (backend !== 'auto') return {kind: 'set', backend}
  if (!existsSync(bindingFile)) return {kind: 'only-one'}
  const test = readTest(testFile(home))
  return test?.subject === subject ? {kind: 'timed', test} : {kind: 'untimed'}
}

/** What is known, after a test where that is needed. */
export const chooseProcessor = async (
  choosing: Choosing,
  {
    timeAll,
    nowMs,
    log,
  }: {
    readonly timeAll: () => Promise<readonly Timed[] | undefined>
    readonly nowMs: () => number
    readonly log: Log
  },
): Promise<Processor> => {
  const known = knownProcessor(choosing)
  if (known.kind !== 'untimed') return known
  log.info('Timing what could train on this machine, once. It takes ten to twenty seconds.')
  const results = await timeAll()
  if (!results) return known
  const test = {takenAtMs: nowMs(), subject: choosing.subject, results}
  keepTest(testFile(choosing.home), test, log)
  const processor = {kind: 'timed', test} as const
  log.info(processorRemark(processor).text)
  return processor
}

const testFile = (home: string): string => join(home, 'speed-test.json')

const backendName = z.enum(backendChoices).exclude(['auto'])

const testSchema = z.object({
  takenAtMs: z.number(),
  subject: z.string(),
  results: z.array(
    z.union([
      z.object({backend: backendName, samplesPerSecond: z.number().positive()}),
      z.object({backend: backendName, problem: z.string()}),
    ]),
  ),
})

/** Undefined where there is none, or no whole one: then it is taken again. */
const readTest = (file: string): SpeedTest | undefined => {
  try {
    return testSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

const keepTest = (file: string, test: SpeedTest, log: Log) => {
  try {
    writeFileSync(file, `${JSON.stringify(test, undefined, 2)}\n`)
  } catch (error) {
    log.warn(`The speed test could not be kept and is taken again next time: ${reasonOf(error)}`)
  }
}
