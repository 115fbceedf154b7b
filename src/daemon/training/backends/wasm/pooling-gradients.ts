/** The gradients of pooling in windows of 2 × 2 side by side, in plain loops over the heap. */
import {heapView, inputOf, type KernelCall, makeOutput, wasmKernel} from './heap.ts'

/** Each window's gradient goes to its maximum; to the first one where several are equal, as in TensorFlow. */
export const maxPoolGradient = wasmKernel((call) => {
  const {backend} = call
  const {corners, right, below, sampleSize} = windowsOf(call)
  const dx = makeOutput(backend, inputOf(call, 'input').shape)
  const x = heapView(backend, inputOf(call, 'input'))
  const maxima = heapView(backend, inputOf(call, 'output'))
  const dy = heapView(backend, inputOf(call, 'dy'))
  const into = heapView(backend, dx).fill(0)
  for (let start = 0, out = 0; start < x.length; start += sampleSize) {
    for (let window = 0; window < corners.length; window++, out++) {
      const corner = start + corners[window]
      const maximum = maxima[out]
      // Counting the misses takes half the time of branching, which no processor can predict here.
      const isPastFirst = Number(x[corner] !== maximum)
      const isPastSecond = isPastFirst & Number(x[corner + right] !== maximum)
      const isPastThird = isPastSecond & Number(x[corner + below] !== maximum)
      const place =
        corner + isPastFirst * right + isPastSecond * (below - right) + isPastThird * right
      into[place] = dy[out]
    }
  }
  return dx
})

/** Each window's gradient is shared out evenly over the window. */
export const averagePoolGradient = wasmKernel((call) => {
  const {backend} = call
  const {corners, right, below, sampleSize} = windowsOf(call)
  const dx = makeOutput(backend, inputOf(call, 'input').shape)
  const dy = heapView(backend, inputOf(call, 'dy'))
  const into = heapView(backend, dx).fill(0)
  for (let start = 0, out = 0; start < into.length; start += sampleSize) {
    for (let window = 0; window < corners.length; window++, out++) {
      const corner = start + corners[window]
      const share = dy[out] / 4
      into[corner] = share
      into[corner + right] = share
      into[corner + below] = share
      into[corner + below + right] = share
    }
  }
  return dx
})

/**
 * Where a sample's windows lie: `corners` has the place of each one's first value, in the order of the pooled values;
 * the others follow it `right`, `below` and both.
 */
const windowsOf = (call: KernelCall) => {
  assertHalving(call)
  const [, height, width, channels] = inputOf(call, 'input').shape
  const right = channels
  const below = width * channels
  const corners = new Int32Array(Math.floor(height / 2) * Math.floor(width / 2) * channels)
  for (let y = 0, at = 0; y + 1 < height; y += 2) {
    for (let x = 0; x + 1 < width; x += 2) {
      for (let channel = 0; channel < channels; channel++) {
        corners[at++] = y * below + x * right + channel
      }
    }
  }
  return {corners, right, below, sampleSize: height * below}
}

const assertHalving = ({attrs}: KernelCall) => {
  const sizes = [attrs.filterSize, attrs.strides].flat()
  if (attrs.pad !== 'valid' || sizes.some((size) => size !== 2)) {
    throw new Error(
      `Expected pooling of 2 × 2 side by side with pad "valid", got ${JSON.stringify(attrs)}.`,
    )
  }
}
