/**
 * The WebAssembly kernels that TensorFlow.js 4.22.0 lacks (Conv2DBackpropFilter), has wrong (MaxPoolGrad, wherever a
 * window's maximum is not positive) or has slow (the rest), made of what it has fast: convolutions and plain matrix
 * products run with SIMD, and short loops run well on the heap. They cover what a LeNet uses and refuse anything else.
 */
import * as tf from '@tensorflow/tfjs-core'
import {transposedMatMul} from './batch-mat-mul.ts'
import {filterGradient, inputGradient} from './convolution-gradients.ts'
import {averagePoolGradient, maxPoolGradient} from './pooling-gradients.ts'

/** Takes the place of the stock kernels. Call once, before the wasm backend is made. */
export const registerWasmKernels = (): void => {
  const stockMatMul = tf.getKernel('BatchMatMul', 'wasm')
  replaceKernel('Conv2DBackpropFilter', filterGradient)
  replaceKernel('Conv2DBackpropInput', inputGradient)
  replaceKernel('MaxPoolGrad', maxPoolGradient)
  replaceKernel('AvgPoolGrad', averagePoolGradient)
  replaceKernel('BatchMatMul', transposedMatMul(stockMatMul.kernelFunc), stockMatMul.setupFunc)
}

const replaceKernel = (
  kernelName: string,
  kernelFunc: tf.KernelFunc,
  setupFunc?: tf.KernelSetupFunc,
) => {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm')
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc,
    ...(setupFunc ? {setupFunc} : {}),
  })
}
