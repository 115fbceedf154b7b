/** A network in training inside TensorFlow: a run of one graph for each piece of a batch, and one for each step. */
import type {LenetSetting} from '../../studies/hyperparameters.ts'
import type {CreateModel, Model, Pictures, Samples, Verdict} from '../model.ts'
import {type Architecture, type Shape, sizeOf} from '../network/architecture.ts'
import {dropoutMasks, isDropping} from '../network/dropout.ts'
import {beta2, epsilon, rho} from '../update-constants.ts'
import {type Binding, type Feed, openSession, type Session} from './tensorflow.ts'
import {maskNameOf, ruleInputs, trainingGraph} from './training-graph.ts'

/** Makes models; the graphs of the last few architectures stay loaded, for the next trial mostly wants one again. */
export interface GraphModels {
  readonly create: CreateModel
  readonly close: () => void
}

const mostIdle = 4

export const createGraphModels = (binding: Binding): GraphModels => {
  /** Loaded and used by no model, the one that was used last at the end. */
  const idle: {readonly key: string; readonly session: Session}[] = []
  const keptAs = binding.isUsingGpuDevice() ? 'half' : 'uint8'
  const lease = (architecture: Architecture, rule: LenetSetting['optimizer']) => {
    const key = JSON.stringify([architecture, rule])
    const known = idle.findIndex((one) => one.key === key)
    const [{session}] =
      known >= 0
        ? idle.splice(known, 1)
        : [{session: openSession(binding, trainingGraph(architecture, rule, keptAs))}]
    const giveBack = () => {
      idle.push({key, session})
      if (idle.length > mostIdle) idle.shift()?.session.close()
    }
    return {session, giveBack}
  }
  return {
    create: (architecture, setting, start) => {
      const {session, giveBack} = lease(architecture, setting.optimizer)
      const {forget, ...model} = modelIn(session, architecture, setting, start)
      const dispose = () => {
        forget()
        giveBack()
      }
      return {...model, dispose}
    },
    close: () => {
      for (const {session} of idle.splice(0)) session.close()
    },
  }
}

const modelIn = (
  session: Session,
  architecture: Architecture,
  setting: LenetSetting,
  {initial, seed}: {readonly initial: Float32Array; readonly seed: number},
): Omit<Model, 'dispose'> & {readonly forget: () => void} => {
  const {input, layers, parameterCount, weightCount} = architecture
  const masks = layers.filter(isDropping).map((layer) => ({
    name: maskNameOf(layer),
    size: sizeOf(layer.input),
    next: dropoutMasks(layer, seed),
  }))
  const decays = new Float32Array(parameterCount).fill(setting.weightDecay, 0, weightCount)
  session.run({first_parameters: vector(initial), first_decays: vector(decays)}, ['begun'])
  let step = 0

  let kept: Pictures | undefined
  const keep = (pictures: Pictures) => {
    if (pictures.pixels === kept?.pixels && pictures.scaling === kept.scaling) return
    session.run(keepingFeeds(pictures, input), ['kept'])
    kept = pictures
  }
  /** A session may wait for long until it is wanted again. */
  const forget = () => {
    if (kept) keep({...kept, pixels: new Uint8Array()})
  }

  const samplesOf = (samples: Samples): Readonly<Record<string, Feed>> => {
    const {taken} = samples
    const labels = vector(Int32Array.from(samples.labels))
    if (taken) {
      keep(taken.from)
      return {places: vector(Int32Array.from(taken.places)), labels}
    }
    const count = samples.labels.length
    const values = samples.pixels.subarray(0, count * sizeOf(input))
    return {pixels: {values, shape: [count, ...input]}, labels}
  }
  const masksFor = (count: number): Readonly<Record<string, Feed>> =>
    Object.fromEntries(
      masks.map(({name, size, next}) => [name, {values: next(count * size), shape: [count, size]}]),
    )

  return {
    learn: (samples, scale) => {
      const feeds = {
        ...samplesOf(samples),
        ...masksFor(samples.labels.length),
        scale: scalar(scale),
      }
      return verdictOf(session.run(feeds, ['learned_loss', 'learned_classes']))
    },
    update: () => {
      session.run(ruleFeeds(setting, ++step), ['updated'])
    },
    measure: (samples) =>
      verdictOf(session.run(samplesOf(samples), ['measured_loss', 'measured_classes'])),
    parameters: () => Float32Array.from(session.run({}, ['parameters_now'])[0]),
    forget,
  }
}

/** What a run of `kept` is fed. */
const keepingFeeds = (
  {pixels, scaling}: Pictures,
  input: Shape,
): Readonly<Record<string, Feed>> => {
  const size = sizeOf(input)
  const channels = input[2]
  // For each value of a picture: one row times another is quick, where channel by channel is not.
  const ends = Array.from({length: size}, (_, i) => {
    const byte0 = 256 * (i % channels)
    return [scaling[byte0], scaling[byte0 + 255]]
  })
  return {
    first_pictures: {values: pixels, shape: [pixels.length / size, size]},
    first_factors: vector(Float32Array.from(ends, ([low, high]) => (high - low) / 255)),
    first_offsets: vector(Float32Array.from(ends, ([low]) => low)),
  }
}

const vector = (values: Float32Array | Int32Array): Feed => ({values, shape: [values.length]})

const scalar = (value: number): Feed => ({values: Float32Array.of(value), shape: []})

const verdictOf = ([loss, classes]: readonly (Float32Array | Int32Array)[]): Verdict => ({
  loss: loss[0],
  predicted: Uint8Array.from(classes),
})

/** The scalars of a setting's update rule at its `step`th step, the first being 1. */
const ruleFeeds = (setting: LenetSetting, step: number): Readonly<Record<string, Feed>> => {
  const values = ruleValues(setting, step)
  return Object.fromEntries(
    ruleInputs[setting.optimizer].map((name) => [name, scalar(values[name])]),
  )
}

const ruleValues = ({lr, momentum, beta1, optimizer}: LenetSetting, step: number) => {
  const beta1Power = beta1 ** step
  const beta2Power = beta2 ** step
  return {
    lr,
    momentum,
    beta1,
    beta2,
    rho,
    beta1_power: beta1Power,
    beta2_power: beta2Power,
    // TensorFlow's Adam adds it before the second moment is corrected; ours, as the paper, behind.
    epsilon: optimizer === 'adam' ? epsilon * Math.sqrt(1 - beta2Power) : epsilon,
  }
}
