/** What every way of training a network must do: the same mathematics, wherever it is computed. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {seededRandom} from '../../src/daemon/base/random.ts'
import {defaultLenetSetting, type LenetSetting} from '../../src/daemon/studies/hyperparameters.ts'
import {createUpdateRule} from '../../src/daemon/training/eager/update-rules.ts'
import {createGather} from '../../src/daemon/training/loop/batches.ts'
import {fitScaling} from '../../src/daemon/training/loop/scaling.ts'
import type {CreateModel, Model, Samples} from '../../src/daemon/training/model.ts'
import {type InputShape, lenet} from '../../src/daemon/training/network/lenet.ts'
import {referenceLoss} from '../daemon/training/network/reference-lenet.ts'

// Odd and even sides, so that pooling leaves a row out.
const small: InputShape = {height: 18, width: 17, channels: 2}
const classCount = 3
const seed = 1

/** One step of this is the gradient itself. */
const plain: LenetSetting = {...defaultLenetSetting, lr: 1, momentum: 0}

/** Tests one implementation. `begin` makes it ready before each test; `held` counts what it holds outside JavaScript. */
export const modelContract = (
  name: string,
  create: CreateModel,
  {
    begin = async () => {},
    held = () => 0,
  }: {readonly begin?: () => Promise<unknown>; readonly held?: () => number} = {},
) => {
  const modelOf = (change: Partial<LenetSetting> = {}) => {
    const setting = {...plain, ...change}
    const architecture = lenet(small, classCount, setting)
    const initial = signedParameters(architecture.parameterCount)
    return {model: create(architecture, setting, {initial, seed}), architecture, setting, initial}
  }

  for (const activation of ['relu', 'tanh', 'sigmoid'] as const)
    for (const pooling of ['max', 'average'] as const)
      test(`${name}: the gradient of ${activation} with ${pooling} pooling is the slope of an independent float64 loss`, async () => {
        await begin()
        for (const width of [0.5, 1.3]) {
          const {model, setting, initial} = modelOf({width, activation, pooling})
          const samples = signedSamples(3)
          const {loss} = model.learn(samples, 1 / 3)
          const gradient = gradientOf(model, initial)
          model.dispose()
          const lossAt = (exact: Float64Array) =>
            referenceLoss(exact, samples.pixels, samples.labels, small, classCount, setting)
          assert.ok(Math.abs(loss / 3 - lossAt(Float64Array.from(initial))) < 1e-5)
          for (const index of somePlaces(initial.length, 40)) {
            const slope = slopeAt(Float64Array.from(initial), index, lossAt)
            const difference = Math.abs(gradient[index] - slope)
            assert.ok(
              difference < 1e-5 + 1e-3 * Math.abs(slope),
              `parameter ${index}: expected ${slope}, got ${gradient[index]}`,
            )
          }
        }
      })

  test(`${name}: gradients of a batch are the sum of those of its parts, and nothing is left behind`, async () => {
    await begin()
    const before = held()
    const samples = signedSamples(5)
    const whole = modelOf()
    const inParts = modelOf()
    whole.model.learn(samples, 0.2)
    inParts.model.learn(part(samples, 0, 2), 0.2)
    inParts.model.learn(part(samples, 2, 5), 0.2)
    const gradient = gradientOf(whole.model, whole.initial)
    const sum = gradientOf(inParts.model, inParts.initial)
    assert.ok(gradient.some((value) => Math.abs(value) > 0.01))
    assert.ok(gradient.every((value, i) => Math.abs(value - sum[i]) < 1e-5))
    whole.model.dispose()
    inParts.model.dispose()
    assert.equal(held(), before)
  })

  test(`${name}: dropout drops its share while learning, keeps the expectation, and rests while measuring`, async () => {
    await begin()
    const {model} = modelOf({dropout: 0.5})
    const samples = signedSamples(2)
    const learned = [1, 2, 3].map(() => model.learn(samples, 1).loss)
    const measured = [1, 2].map(() => model.measure(samples).loss)
    model.dispose()
    assert.equal(new Set(learned).size, 3)
    assert.equal(measured[0], measured[1])
  })

  for (const optimizer of ['sgd', 'adam', 'rmsprop'] as const)
    test(`${name}: ${optimizer} with decay changes parameters as its rule says, step after step`, async () => {
      await begin()
      const change = {optimizer, lr: 0.01, momentum: 0.7, beta1: 0.8, weightDecay: 0.1}
      const {model, architecture, setting, initial} = modelOf(change)
      const {parameterCount, weightCount} = architecture
      const rule = createUpdateRule(setting, parameterCount, weightCount)
      const expected = initial.slice()
      for (let step = 0; step < 4; step++) {
        const samples = part(signedSamples(9), 2 * step, 2 * step + 3)
        // The same mathematics in the plainest form: one step of gradient descent from where the model stands.
        const plainly = create(
          architecture,
          {...plain, width: setting.width},
          {initial: model.parameters(), seed},
        )
        plainly.learn(samples, 1 / 3)
        const gradient = gradientOf(plainly, model.parameters())
        plainly.dispose()
        model.learn(samples, 1 / 3)
        model.update()
        rule(expected, gradient)
      }
      const reached = model.parameters()
      model.dispose()
      expected.forEach((value, i) => {
        assert.ok(Math.abs(value - reached[i]) < 2e-4, `${i}: expected ${value}, got ${reached[i]}`)
      })
    })

  test(`${name}: samples taken from pictures are what their pixels say, also when the pictures change`, async () => {
    await begin()
    const before = held()
    const {height, width, channels} = small
    const random = seededRandom(4, 'bytes')
    const images = (count: number) => ({
      pixels: Uint8Array.from({length: count * height * width * channels}, () =>
        random.integer(0, 256),
      ),
      labels: Uint8Array.from({length: count}, (_, i) => i % classCount),
    })
    const some = images(6)
    const places = Uint32Array.of(4, 0, 5)
    const {model} = modelOf()
    for (const from of [some, images(8), some]) {
      const taken = createGather(from, small, fitScaling(from.pixels, small, places))(places)
      assert.ok(taken.taken)
      const given = {pixels: taken.pixels, labels: taken.labels}
      assert.ok(Math.abs(model.measure(taken).loss - model.measure(given).loss) < 1e-5)
      assert.ok(Math.abs(model.learn(taken, 0.1).loss - model.learn(given, 0.1).loss) < 1e-5)
    }
    model.dispose()
    assert.equal(held(), before)
  })

  test(`${name}: predicts the class that the loss favors, for any number of samples`, async () => {
    await begin()
    const {model} = modelOf()
    const all = signedSamples(7)
    const together = model.measure(all)
    const apart = Array.from({length: 7}, (_, i) => model.measure(part(all, i, i + 1)))
    model.dispose()
    assert.deepEqual(
      [...together.predicted],
      apart.map(({predicted}) => predicted[0]),
    )
    const sum = apart.reduce((total, {loss}) => total + loss, 0)
    assert.ok(Math.abs(together.loss - sum) < 1e-4)
  })
}

/** What one step at learning rate 1 took away. */
const gradientOf = (model: Model, initial: Float32Array): Float32Array => {
  model.update()
  return model.parameters().map((value, i) => initial[i] - value)
}

const part = ({pixels, labels}: Samples, from: number, to: number): Samples => {
  const size = pixels.length / labels.length
  return {pixels: pixels.slice(from * size, to * size), labels: labels.slice(from, to)}
}

const signedSamples = (count: number): Samples => {
  const random = seededRandom(3, 'pixels')
  const {height, width, channels} = small
  return {
    pixels: Float32Array.from({length: count * height * width * channels}, () => random.normal()),
    labels: Uint8Array.from({length: count}, (_, i) => (2 * i) % classCount),
  }
}

const signedParameters = (count: number) => {
  const random = seededRandom(3, 'parameters')
  return Float32Array.from({length: count}, () => 0.15 * random.normal())
}

const somePlaces = (count: number, howMany: number) => {
  const random = seededRandom(3, 'places')
  const biases = Array.from({length: 20}, (_, i) => count - 1 - i)
  // The first convolution's weights are few: without the second list they would hardly be drawn.
  const early = Array.from({length: 20}, () => random.integer(0, 150))
  return [...biases, ...early, ...Array.from({length: howMany}, () => random.integer(0, count))]
}

const slopeAt = (at: Float64Array, index: number, lossAt: (parameters: Float64Array) => number) => {
  const step = 1e-5
  const middle = at[index]
  at[index] = middle + step
  const above = lossAt(at)
  at[index] = middle - step
  const below = lossAt(at)
  return (above - below) / (2 * step)
}
