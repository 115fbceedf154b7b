/**
 * The kernels of a training step, compiled to one WebAssembly module with its own memory. Each is a plain function of
 * addresses and sizes; none allocates, none remembers anything.
 */
export * from './activation'
export * from './convolution'
export * from './cross-entropy'
export * from './dense'
export {interleave, multiplyEach, turnWeights} from './lanes'
export * from './pooling'
export * from './update'

/** The first address that is free for values. */
export function freeFrom(): usize {
  return (__heap_base + 63) & ~63
}
