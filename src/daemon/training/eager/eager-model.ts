/** A network in training, one operation of TensorFlow.js after another: slow, and right wherever TensorFlow.js runs. */
import * as tf from '@tensorflow/tfjs-core'
import type {CreateModel, Samples} from '../model.ts'
import {sizeOf} from '../network/architecture.ts'
import {crossEntropy} from './cross-entropy.ts'
import {type Mode, stageOf} from './layers.ts'
import {tensorOf, valuesOf} from './ops.ts'
import {createUpdateRule} from './update-rules.ts'

/** On the backend of the moment. */
export const createEagerModel: CreateModel = (architecture, setting, {initial, seed}) => {
  const {layers, input, parameterCount, weightCount} = architecture
  const parameters = initial.slice()
  const gradients = new Float32Array(parameterCount)
  const changeBy = createUpdateRule(setting, parameterCount, weightCount)
  const stages = layers.map((layer) => stageOf(layer, seed))
  const load = () => {
    for (const stage of stages) stage.load(parameters)
  }
  load()

  const forward = ({pixels, labels}: Samples, mode: Mode) => {
    const count = labels.length
    let x = tensorOf(pixels.subarray(0, count * sizeOf(input)), [count, ...input])
    const passes = stages.map((stage) => {
      const pass = stage.forward(x, mode)
      x = pass.y
      return pass
    })
    return {logits: x, passes}
  }

  return {
    learn: (samples, scale) =>
      tf.tidy(() => {
        const {logits, passes} = forward(samples, 'learning')
        const {slopes, ...verdict} = crossEntropy(valuesOf(logits), samples.labels)
        // Scaled where they are few: what follows is linear.
        for (let i = 0; i < slopes.length; i++) slopes[i] *= scale
        let dy = tensorOf(slopes, logits.shape)
        for (let i = passes.length - 1; i >= 0; i--) {
          passes[i].addGradients(dy, gradients)
          // Nobody asks for the gradient by the picture.
          if (i > 0) dy = passes[i].backward(dy)
        }
        return verdict
      }),
    update: () => {
      changeBy(parameters, gradients)
      gradients.fill(0)
      load()
    },
    measure: (samples) =>
      tf.tidy(() => {
        const {logits} = forward(samples, 'measuring')
        const {loss, predicted} = crossEntropy(valuesOf(logits), samples.labels)
        return {loss, predicted}
      }),
    parameters: () => parameters.slice(),
    dispose: () => {
      for (const stage of stages) stage.dispose()
    },
  }
}
