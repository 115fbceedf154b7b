/** Which processor trains, and why. Pure. */
import type {BackendChoice, BackendName} from '../trials/messages.ts'
import type {Remark} from './remark.ts'

/** What a backend came to in the speed test. */
export type Timed =
  | {readonly backend: BackendName; readonly samplesPerSecond: number}
  | {readonly backend: BackendName; readonly problem: string}

/** It holds for one machine with one set of versions. */
export type SpeedTest = {
  readonly takenAtMs: number
  /** The machine and the versions that were timed, in words. */
  readonly subject: string
  readonly results: readonly Timed[]
}

/** How it came to be known what trains. */
export type Processor =
  | {readonly kind: 'set'; readonly backend: Exclude<BackendChoice, 'auto'>}
  | {readonly kind: 'only-one'}
  | {readonly kind: 'timed'; readonly test: SpeedTest}
  /** The test is still to come: it was interrupted, or none may run now. */
  | {readonly kind: 'untimed'}

/** Those that are compared, in the order in which `auto` would take them. */
export const timedBackends = ['tensorflow-gpu', 'tensorflow', 'wasm'] as const

/**
 * What the training processes are told. Where the fastest is what `auto` takes anyway it stays `auto`, which knows a way out
 * when that does not start one day.
 */
export const choiceOf = (processor: Processor): BackendChoice => {
  if (processor.kind === 'set') return processor.backend
  if (processor.kind !== 'timed') return 'auto'
  const [fastest] = fastestFirst(processor.test)
  const taken = processor.test.results.find(isTimed)
  return fastest === undefined || fastest === taken ? 'auto' : fastest.backend
}

/** What trains fastest came to in the speed test, samples a second of the LeNet-5; undefined where there was none. */
export const testedSpeed = (processor: Processor): number | undefined =>
  processor.kind === 'timed' ? fastestFirst(processor.test)[0]?.samplesPerSecond : undefined

export const processorRemark = (processor: Processor): Remark => ({
  about: 'processor',
  isGood: true,
  text: wordsOf(processor),
})

const wordsOf = (processor: Processor): string => {
  switch (processor.kind) {
    case 'set':
      return `${capitalized(names[processor.backend])} trains, because SIMMER_BACKEND says so.`
    case 'only-one':
      return 'WebAssembly on the CPU trains. TensorFlow is not installed, so there is nothing to compare it with; `simmer backend install tensorflow` brings it.'
    case 'untimed':
      return 'The first of GPU, TensorFlow and WebAssembly that works trains. The next start of Simmer times them.'
    case 'timed':
      return timedWords(processor.test)
  }
}

const timedWords = (test: SpeedTest): string => {
  const [fastest, ...others] = fastestFirst(test)
  const problems = test.results.flatMap((one) =>
    'problem' in one
      ? [` ${capitalized(names[one.backend])} was left out: ${uncapitalized(one.problem)}`]
      : [],
  )
  if (!fastest) return `No processor could be timed.${problems.join('')}`
  const against = others.map((one) => `${rounded(one.samplesPerSecond)} of ${names[one.backend]}`)
  const day = new Date(test.takenAtMs).toLocaleDateString('en-US', {
    dateStyle: 'long',
    timeZone: 'UTC',
  })
  return `${capitalized(names[fastest.backend])} trains: ${rounded(fastest.samplesPerSecond)} samples/s${against.length ? ` against ${against.join(' and ')}` : ''}, measured on ${day}.${problems.join('')}`
}

const names: Readonly<Record<BackendName, string>> = {
  'tensorflow-gpu': 'TensorFlow on the GPU',
  tensorflow: 'TensorFlow on the CPU',
  wasm: 'WebAssembly on the CPU',
  cpu: 'plain JavaScript',
}

const isTimed = (one: Timed): one is Extract<Timed, {samplesPerSecond: number}> =>
  'samplesPerSecond' in one

const fastestFirst = ({results}: SpeedTest) =>
  results.filter(isTimed).sort((a, b) => b.samplesPerSecond - a.samplesPerSecond)

const rounded = (samplesPerSecond: number): string =>
  Number(samplesPerSecond.toPrecision(3)).toLocaleString('en-US')

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** But for a name such as TensorFlow. */
const uncapitalized = (text: string): string =>
  /^[A-Z][a-z]*\b/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
