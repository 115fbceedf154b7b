import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import jpeg from 'jpeg-js'
import {parseIdxImages, parseIdxLabels} from '../../../src/daemon/datasets/idx.ts'
import {parseJpeg} from '../../../src/daemon/datasets/jpeg.ts'
import {parsePgm} from '../../../src/daemon/datasets/pgm.ts'
import {resize} from '../../../src/daemon/datasets/resize.ts'
import {stratifiedSplit} from '../../../src/daemon/datasets/split.ts'
import {idx} from '../../fixtures/archives.ts'

test('IDX pictures and labels keep their order and shape', () => {
  const images = parseIdxImages(idx([2, 1, 3], [1, 2, 3, 4, 5, 6]))
  assert.deepEqual(images, {
    ok: true,
    value: {count: 2, height: 1, width: 3, pixels: Buffer.from([1, 2, 3, 4, 5, 6])},
  })
  assert.deepEqual(parseIdxLabels(idx([3], [7, 0, 9])), {ok: true, value: Buffer.from([7, 0, 9])})
})

test('an IDX file that is too short, too long or of another kind is refused with what was found', () => {
  assert.deepEqual(parseIdxImages(idx([2, 1, 3], [1, 2, 3])), {
    ok: false,
    problems: ['expected 2 pictures of 3x1, found 3 bytes of them'],
  })
  assert.deepEqual(parseIdxLabels(idx([1], [7, 8])), {
    ok: false,
    problems: ['expected 1 labels, found 2'],
  })
  assert.deepEqual(parseIdxImages(idx([1], [1, 2, 3, 4, 5, 6, 7, 8])), {
    ok: false,
    problems: ['expected the IDX magic 0x803, found 0x801'],
  })
  assert.equal(parseIdxLabels(new Uint8Array(3)).ok, false)
})

const pgm = (header: string, bytes: readonly number[] = []) =>
  parsePgm(Buffer.concat([Buffer.from(header), Buffer.from(bytes)]))

const gray = (height: number, width: number, pixels: readonly number[]) => ({
  ok: true,
  value: {height, width, channels: 1, pixels: Uint8Array.from(pixels)},
})

test('both forms of PGM give the same picture', () => {
  const expected = gray(2, 3, [0, 51, 102, 153, 204, 255])
  assert.deepEqual(pgm('P5\n3 2\n255\n', [0, 51, 102, 153, 204, 255]), expected)
  assert.deepEqual(pgm('P2\n3 2\n255\n0 51 102\n153 204\n255\n'), expected)
})

test('any maxval of a PGM is scaled to 255, in one byte or two', () => {
  assert.deepEqual(pgm('P2 2 1 15 0 15'), gray(1, 2, [0, 255]))
  assert.deepEqual(pgm('P5 2 1 100 ', [50, 100]), gray(1, 2, [128, 255]))
  assert.deepEqual(pgm('P5 2 1 1023 ', [0x03, 0xff, 0x00, 0x04]), gray(1, 2, [255, 1]))
})

test('comments may stand anywhere in the header of a PGM', () => {
  assert.deepEqual(pgm('P5 # form\n# size next\n2 1 # w h\n255\n', [7, 8]), gray(1, 2, [7, 8]))
})

test('a byte that looks like white space or a comment is a pixel once the header is over', () => {
  assert.deepEqual(pgm('P5 3 1 255\n', [10, 35, 32]), gray(1, 3, [10, 35, 32]))
})

test('a damaged PGM is refused with one line', () => {
  for (const [header, words] of [
    ['P6 1 1 255 ', 'P2 or P5'],
    ['', 'P2 or P5'],
    ['P5 2 2 255 \u0001', 'expected 4 values'],
    ['P2 2 1 15 3 16', 'up to 15'],
    ['P2 2 1 15 3 x', 'expected 2 values'],
    ['P5 0 1 255 ', 'expected a width'],
    ['P5 60000 60000 255 ', 'expected a width'],
    ['P5 1 1 70000 ', 'expected a width'],
  ]) {
    const parsed = pgm(header)
    assert.ok(!parsed.ok && parsed.problems[0]?.includes(words), `${header} → ${words}`)
  }
})

test('no bytes at all make the PGM parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 60}), (bytes) => {
      parsePgm(Buffer.concat([Buffer.from('P2 3 3 9 '), bytes]))
      parsePgm(Buffer.concat([Buffer.from('P5'), bytes]))
      parsePgm(bytes)
    }),
  )
})

const jpegOf = (rgb: readonly [number, number, number]): Buffer => {
  const data = Buffer.from(Array.from({length: 64}, () => [...rgb, 255]).flat())
  return jpeg.encode({width: 8, height: 8, data}, 100).data
}

test('a JPEG is read in color or as its luminance', () => {
  const color = parseJpeg(jpegOf([200, 100, 50]), 3)
  assert.ok(color.ok)
  assert.deepEqual([color.value.height, color.value.width, color.value.pixels.length], [8, 8, 192])
  for (const [channel, value] of [200, 100, 50].entries()) {
    assert.ok(Math.abs((color.value.pixels[channel] ?? 0) - value) <= 3)
  }
  const luminance = parseJpeg(jpegOf([200, 100, 50]), 1)
  assert.ok(luminance.ok)
  assert.equal(luminance.value.pixels.length, 64)
  assert.ok(Math.abs((luminance.value.pixels[0] ?? 0) - 124.2) <= 3)
})

test('a corrupt or cut JPEG is refused with one line', () => {
  const whole = jpegOf([10, 20, 30])
  for (const bytes of [Buffer.from('not a picture'), whole.subarray(0, 40), Buffer.alloc(0)]) {
    const parsed = parseJpeg(bytes, 3)
    assert.ok(!parsed.ok)
    assert.match(parsed.problems.join(), /^expected a (whole )?JPEG picture/)
  }
})

test('resizing takes the mean of what a new pixel covers', () => {
  const image = {
    height: 2,
    width: 4,
    channels: 1,
    pixels: Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70),
  } as const
  assert.deepEqual([...resize(image, 1, 2).pixels], [25, 45])
  assert.deepEqual([...resize(image, 2, 2).pixels], [5, 25, 45, 65])
  // Three columns out of four: 1⅓ old pixels each.
  assert.deepEqual([...resize(image, 1, 3).pixels], [23, 35, 48])
  assert.deepEqual(resize(image, 2, 4), image)
})

test('resizing keeps the mean brightness and the channels apart', () => {
  const side = fc.integer({min: 1, max: 12})
  fc.assert(
    fc.property(side, side, side, side, fc.integer({min: 0, max: 255}), (h, w, toH, toW, value) => {
      const pixels = Uint8Array.from({length: h * w * 3}, (_, i) => (i % 3 === 1 ? value : 0))
      const resized = resize({height: h, width: w, channels: 3, pixels}, toH, toW)
      assert.ok(resized.pixels.every((one, i) => one === (i % 3 === 1 ? value : 0)))
    }),
  )
})

test('a stratified split takes its share of every class, by the seed alone', () => {
  const labels = Uint8Array.from({length: 100}, (_, i) => (i < 60 ? 0 : i < 90 ? 1 : 2))
  const split = stratifiedSplit(labels, 3, 0.2, 7)
  const countOf = (indices: Uint32Array, label: number) =>
    [...indices].filter((index) => labels[index] === label).length
  assert.deepEqual(
    [0, 1, 2].map((label) => countOf(split.held, label)),
    [12, 6, 2],
  )
  assert.deepEqual(
    [...split.kept, ...split.held].sort((a, b) => a - b),
    [...labels.keys()],
  )
  assert.deepEqual(stratifiedSplit(labels, 3, 0.2, 7), split)
  assert.notDeepEqual(stratifiedSplit(labels, 3, 0.2, 8), split)
})

test('a class of two pictures has one on either side of a split', () => {
  const {kept, held} = stratifiedSplit(Uint8Array.of(0, 0, 1, 1), 2, 0.01, 1)
  assert.deepEqual([kept.length, held.length], [2, 2])
})
