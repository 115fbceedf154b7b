/** A second opinion: LeNet's loss in float64 with nothing but loops, in the textbook's order (activation, then pooling). */
import type {InputShape, LenetVariant} from '../../../../src/daemon/training/network/lenet.ts'

type Volume = {readonly shape: readonly [number, number, number]; readonly values: Float64Array}

/** Mean loss. `parameters` lie as in a Network: the weights of the five layers, then their biases. */
export const referenceLoss = (
  parameters: Float64Array,
  pixels: Float32Array,
  labels: Uint8Array,
  input: InputShape,
  classCount: number,
  variant: LenetVariant,
): number => {
  const [filters1, filters2, units1, units2] = [6, 16, 120, 84].map((n) =>
    Math.round(n * variant.width),
  )
  const size = input.height * input.width * input.channels
  let total = 0
  for (const [sample, label] of labels.entries()) {
    const take = parameterTaker(parameters, [
      25 * input.channels * filters1,
      25 * filters1 * filters2,
      flatSize(input) * filters2 * units1,
      units1 * units2,
      units2 * classCount,
    ])
    let x: Volume = {
      shape: [input.height, input.width, input.channels],
      values: Float64Array.from(pixels.subarray(sample * size, (sample + 1) * size)),
    }
    for (const filters of [filters1, filters2]) {
      const [weights, biases] = take(filters)
      x = pooled(mapped(convolved(x, weights, biases), variant.activation), variant.pooling)
    }
    let units = x.values
    for (const count of [units1, units2]) {
      units = activated(connected(units, ...take(count)), variant.activation)
    }
    const logits = connected(units, ...take(classCount))
    const highest = Math.max(...logits)
    const sum = logits.reduce((all, logit) => all + Math.exp(logit - highest), 0)
    total += Math.log(sum) + highest - logits[label]
  }
  return total / labels.length
}

const flatSize = ({height, width}: InputShape) =>
  [height, width]
    .map((side) => Math.floor((Math.floor((side - 4) / 2) - 4) / 2))
    .reduce((a, b) => a * b)

const parameterTaker = (parameters: Float64Array, weightSizes: readonly number[]) => {
  let layer = 0
  let weightsAt = 0
  let biasesAt = weightSizes.reduce((a, b) => a + b)
  return (biasCount: number): [weights: Float64Array, biases: Float64Array] => {
    const weights = parameters.subarray(weightsAt, weightsAt + weightSizes[layer])
    const biases = parameters.subarray(biasesAt, biasesAt + biasCount)
    weightsAt += weightSizes[layer++]
    biasesAt += biasCount
    return [weights, biases]
  }
}

const convolved = (
  {shape, values}: Volume,
  weights: Float64Array,
  biases: Float64Array,
): Volume => {
  const [height, width, channels] = shape
  const filters = biases.length
  const out = {
    shape: [height - 4, width - 4, filters] as const,
    values: new Float64Array((height - 4) * (width - 4) * filters),
  }
  let at = 0
  for (let y = 0; y < height - 4; y++)
    for (let x = 0; x < width - 4; x++)
      for (let f = 0; f < filters; f++) {
        let sum = biases[f]
        for (let i = 0; i < 5; i++)
          for (let j = 0; j < 5; j++)
            for (let c = 0; c < channels; c++)
              sum +=
                values[((y + i) * width + x + j) * channels + c] *
                weights[((i * 5 + j) * channels + c) * filters + f]
        out.values[at++] = sum
      }
  return out
}

const pooled = ({shape, values}: Volume, pooling: LenetVariant['pooling']): Volume => {
  const [height, width, channels] = shape
  const [rows, columns] = [Math.floor(height / 2), Math.floor(width / 2)]
  const out = new Float64Array(rows * columns * channels)
  let at = 0
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      for (let c = 0; c < channels; c++) {
        const window = [0, 1, width, width + 1].map(
          (step) => values[(2 * y * width + 2 * x + step) * channels + c],
        )
        out[at++] =
          pooling === 'max' ? Math.max(...window) : window.reduce((a, b) => a + b) / window.length
      }
  return {shape: [rows, columns, channels], values: out}
}

const connected = (x: Float64Array, weights: Float64Array, biases: Float64Array): Float64Array =>
  biases.map((bias, unit) =>
    x.reduce((sum, value, i) => sum + value * weights[i * biases.length + unit], bias),
  )

const mapped = ({shape, values}: Volume, activation: LenetVariant['activation']): Volume => ({
  shape,
  values: activated(values, activation),
})

const activated = (x: Float64Array, activation: LenetVariant['activation']): Float64Array =>
  x.map(functionOf[activation])

const functionOf = {
  relu: (x: number) => Math.max(0, x),
  tanh: (x: number) => Math.tanh(x),
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
}
