import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Rng} from '../../../../src/daemon/base/random.ts'
import type {LabeledImages} from '../../../../src/daemon/datasets/dataset.ts'
import {createGather} from '../../../../src/daemon/training/loop/batches.ts'
import {fitScaling} from '../../../../src/daemon/training/loop/scaling.ts'

const shape = {height: 2, width: 3, channels: 1}
const images: LabeledImages = {
  pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60),
  labels: Uint8Array.of(7, 8),
}
const unscaled = Float32Array.from({length: 256}, (_, byte) => byte)

const chance = (draws: {readonly integers: number[]; readonly uniform: number}): Rng => ({
  uniform: () => draws.uniform,
  integer: () => draws.integers.shift() ?? 0,
  normal: () => 0,
  shuffle: (items) => items,
})

test('each channel is scaled to mean 0 and deviation 1 over the training pictures alone', () => {
  const two = {height: 1, width: 1, channels: 2}
  const pixels = Uint8Array.of(10, 5, 30, 5, 255, 99)
  const scaling = fitScaling(pixels, two, Uint32Array.of(0, 1))
  assert.deepEqual([scaling[10], scaling[20], scaling[30]], [-1, 0, 1])
  assert.equal(scaling[256 + 5], 0)
  assert.equal(scaling[256 + 99], 0)
})

test('pictures are gathered in the order asked for', () => {
  const {pixels, labels} = createGather(images, shape, unscaled)(Uint32Array.of(1, 0))
  assert.deepEqual([...pixels], [10, 20, 30, 40, 50, 60, 1, 2, 3, 4, 5, 6])
  assert.deepEqual([...labels], [8, 7])
})

test('pictures say where they were taken from as long as nothing changes them', () => {
  const places = Uint32Array.of(1, 0)
  const random = chance({integers: [], uniform: 1})
  for (const augmentation of [undefined, {shift: 0, flip: false, random}]) {
    const {taken} = createGather(images, shape, unscaled, augmentation)(places)
    assert.deepEqual(taken, {from: {pixels: images.pixels, scaling: unscaled}, places})
  }
  const flipping = {shift: 0, flip: true, random}
  assert.equal(createGather(images, shape, unscaled, flipping)(places).taken, undefined)
})

test('a shift repeats the edge where the picture has moved away', () => {
  const random = chance({integers: [1, -1], uniform: 1})
  const gather = createGather(images, shape, unscaled, {shift: 1, flip: false, random})
  // Down by one row, left by one column.
  assert.deepEqual([...gather(Uint32Array.of(0)).pixels], [2, 3, 3, 2, 3, 3])
})

test('a flip mirrors left and right', () => {
  const random = chance({integers: [], uniform: 0.4})
  const gather = createGather(images, shape, unscaled, {shift: 0, flip: true, random})
  assert.deepEqual([...gather(Uint32Array.of(0)).pixels], [3, 2, 1, 6, 5, 4])
})
