/**
 * A network in training by kernels of our own, in one memory from the pictures to the new parameters. For networks of
 * LeNet's form: convolutions, each with a pooling behind it, then a flattening, then dense layers.
 */
import type {CreateModel, Samples, Verdict} from '../model.ts'
import {type Architecture, sizeOf} from '../network/architecture.ts'
import {type Address, borrowWorkshop, giveWorkshopBack, type Workshop} from './kernels.ts'
import {
  masksOf,
  type Node,
  type Pass,
  plainNode,
  type Stage,
  type Surroundings,
  stageOf,
  type Take,
  vectorBytes,
} from './stages.ts'
import {createUpdate, type ParameterMemory} from './update.ts'

export const createWasmModel: CreateModel = (architecture, setting, {initial, seed}) => {
  const {layers, classCount, parameterCount} = architecture
  const workshop = borrowWorkshop()
  const {kernels} = workshop
  const {memory, end} = parameterMemory(architecture, kernels.freeFrom())
  clear(workshop, kernels.freeFrom(), end)
  workshop.floats(memory.parameters, parameterCount).set(initial)
  const update = createUpdate(setting, memory, kernels)
  const masks = masksOf(layers, seed)
  let assembly: Assembly | undefined
  let isTurned = false
  let isDisposed = false

  /** Stages for so many samples at least. */
  const assemblyFor = (samples: number): Assembly => {
    const groups = Math.ceil(samples / groupSize)
    if (!assembly || assembly.groups < groups) {
      assembly = assemble(architecture, {...memory, workshop, groups, masks}, end)
      isTurned = false
    }
    return assembly
  }

  const forward = (samples: Samples, scale: number, isLearning: boolean) => {
    const count = samples.labels.length
    const assembly = assemblyFor(count)
    const pass = {count: 1, samples: count, isLearning}
    const groups = Math.ceil(count / groupSize)
    for (let first = 0; first < groups; first++) {
      loadGroup(samples, first, architecture, assembly, workshop)
      for (const stage of assembly.front) stage.forward({...pass, first})
    }
    for (const stage of assembly.back) stage.forward({...pass, first: 0, count: groups})
    return {assembly, verdict: judge(samples.labels, classCount, scale, assembly, workshop)}
  }

  const turn = ({front, back}: Assembly) => {
    if (isTurned) return
    for (const stage of [...front, ...back]) stage.turn?.()
    isTurned = true
  }

  return {
    learn: (samples, scale) => {
      const {assembly, verdict} = forward(samples, scale, true)
      turn(assembly)
      goBack(assembly, samples.labels.length)
      return verdict
    },
    update: () => {
      update()
      isTurned = false
    },
    measure: (samples) => forward(samples, 0, false).verdict,
    parameters: () => workshop.floats(memory.parameters, parameterCount).slice(),
    dispose: () => {
      if (!isDisposed) giveWorkshopBack(workshop)
      isDisposed = true
    },
  }
}

const groupSize = 4
const floatBytes = 4
const lineBytes = 64

/** Hands out memory from an address on, in whole cache lines. */
const takeFrom = (start: Address): {readonly take: Take; readonly end: () => Address} => {
  let next = start
  return {
    take: (bytes) => {
      const at = next
      next += lineBytes * Math.ceil(bytes / lineBytes)
      return at
    },
    end: () => next,
  }
}

/** Makes memory reach from one address to another, and sets it to 0. */
const clear = (workshop: Workshop, from: Address, to: Address) => {
  workshop.reach(to)
  workshop.bytes(from, to - from).fill(0)
}

const parameterMemory = (
  {parameterCount, weightCount}: Architecture,
  start: Address,
): {readonly memory: ParameterMemory; readonly end: Address} => {
  const {take, end} = takeFrom(start)
  const vectors = Math.ceil(parameterCount / groupSize)
  const bytes = vectors * vectorBytes
  const memory = {
    parameters: take(bytes),
    gradients: take(bytes),
    moments: [take(bytes), take(bytes)] as const,
    vectors,
    weightCount,
  }
  return {memory, end: end()}
}

/** All stages of a network, ready for some groups of samples. */
type Assembly = {
  readonly groups: number
  /** Up to the flattening, for one group after another: what a group needs stays in the cache. */
  readonly front: readonly Stage[]
  /** From the flattening on, for all groups at once: these have many weights for few values. */
  readonly back: readonly Stage[]
  readonly input: Node
  readonly logits: Node
  /** Pictures of one group, one after another. */
  readonly pictures: Address
  readonly labels: Address
  readonly predicted: Address
}

/** Lays out what the stages work on from an address on. */
const assemble = (
  {layers, input: shape}: Architecture,
  shared: Omit<Surroundings, 'take'>,
  start: Address,
): Assembly => {
  const {take, end} = takeFrom(start)
  const surroundings = {...shared, take}
  const {groups, workshop} = surroundings
  const input = plainNode(shape, surroundings)
  const pictures = take(groupSize * sizeOf(shape) * floatBytes)
  const labels = take(groups * groupSize)
  const predicted = take(groups * groupSize)
  const stages: Stage[] = []
  let logits = input
  for (const [index, layer] of layers.entries()) {
    const {stage, y} = stageOf(layer, layers[index + 1], logits, index === 0, surroundings)
    stages.push(stage)
    logits = y
  }
  clear(workshop, start, end())
  const flattening = layers.findIndex(({kind}) => kind === 'flattening')
  const front = stages.slice(0, flattening)
  const back = stages.slice(flattening)
  return {groups, front, back, input, logits, pictures, labels, predicted}
}

/** Copies the pictures of a group. Where there are no more samples, it is filled up with 0. */
const loadGroup = (
  {pixels, labels}: Samples,
  group: number,
  {input: shape}: Architecture,
  {input, pictures}: Assembly,
  workshop: Workshop,
) => {
  const size = sizeOf(shape)
  const start = group * groupSize
  const end = Math.min(start + groupSize, labels.length)
  const into = workshop.floats(pictures, groupSize * size)
  into.set(pixels.subarray(start * size, end * size))
  into.fill(0, (end - start) * size)
  workshop.kernels.interleave(pictures, input.at + group * input.stride, size)
}

/** What the logits say, and the loss's slopes by them. */
const judge = (
  labels: Uint8Array,
  classCount: number,
  scale: number,
  {logits, labels: labelsAt, predicted}: Assembly,
  workshop: Workshop,
): Verdict => {
  const {at, stride, slopesAt} = logits
  const count = labels.length
  workshop.bytes(labelsAt, count).set(labels)
  const addresses = [at, labelsAt, predicted, slopesAt] as const
  const loss = workshop.kernels.crossEntropy(...addresses, count, classCount, stride, scale)
  return {loss, predicted: workshop.bytes(predicted, count).slice()}
}

const goBack = ({front, back}: Assembly, samples: number) => {
  const groups = Math.ceil(samples / groupSize)
  const all: Pass = {first: 0, count: groups, samples, isLearning: true}
  for (const stage of back.toReversed()) stage.backward(all)
  for (let first = 0; first < groups; first++) {
    for (const stage of front.toReversed()) stage.backward({...all, first, count: 1})
  }
}
