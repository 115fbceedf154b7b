/** Puts a sign into the world: somewhere, somewhat turned, before a landscape, in weather, seen by a cheap camera. */
import type {Rng} from '../../base/random.ts'
import {bar, box, type Color, disc, type Layer} from './shapes.ts'

export const side = 28

/** Points looked at along each side of a pixel. */
const samplesPerSide = 2

/** A picture of the sign: side × side × 3 bytes. */
export const photograph = (sign: readonly Layer[], random: Rng): Uint8Array => {
  const light = render([...landscape(random), ...placed(sign, random), ...inTheWay(random)])
  const blurred = blur(light, random.uniform() < 0.5 ? 0.8 * random.uniform() : 0)
  return expose(weather(blurred, random), random)
}

const between = (random: Rng, low: number, high: number): number =>
  low + (high - low) * random.uniform()

const pick = <T>(random: Rng, items: readonly [T, ...T[]]): T =>
  items[random.integer(0, items.length)] ?? items[0]

const varied = ([red, green, blue]: Color, random: Rng, by: number): Color => [
  red + between(random, -by, by),
  green + between(random, -by, by),
  blue + between(random, -by, by),
]

const skies: readonly [Color, ...Color[]] = [
  [0.55, 0.7, 0.88],
  [0.75, 0.76, 0.78],
  [0.85, 0.62, 0.45],
  [0.16, 0.18, 0.26],
]
const grounds: readonly [Color, ...Color[]] = [
  [0.35, 0.42, 0.22],
  [0.45, 0.4, 0.34],
  [0.5, 0.5, 0.5],
]
const things: readonly [Color, ...Color[]] = [
  [0.25, 0.35, 0.18],
  [0.55, 0.3, 0.22],
  [0.7, 0.68, 0.6],
  [0.8, 0.15, 0.12],
  [0.9, 0.75, 0.2],
  [0.2, 0.3, 0.5],
]

/** Sky, ground, and things that stand about, some in the colors of signals. In picture coordinates, −1 to 1. */
const landscape = (random: Rng): readonly Layer[] => {
  const horizon = between(random, -0.3, 0.8)
  const everywhere = () => true
  return [
    {shape: everywhere, color: varied(pick(random, skies), random, 0.1)},
    {shape: (_, y) => y > horizon, color: varied(pick(random, grounds), random, 0.1)},
    ...Array.from({length: random.integer(0, 6)}, (): Layer => {
      const x = between(random, -1, 1)
      const y = between(random, -1, 1)
      const size = between(random, 0.06, 0.35)
      const color = varied(pick(random, things), random, 0.12)
      return random.uniform() < 0.5
        ? {shape: disc(x, y, size), color}
        : {shape: box(x - size, y - size, x + between(random, 0.05, 0.5), y + size), color}
    }),
    // Catenary wires and poles.
    ...Array.from(
      {length: random.integer(0, 3)},
      (): Layer => ({
        shape: bar(-1.2, between(random, -1, 1), 1.2, between(random, -1, 1), 0.05),
        color: [0.2, 0.2, 0.22],
      }),
    ),
  ]
}

/** The sign with its place, size, turn and slant. */
const placed = (sign: readonly Layer[], random: Rng): readonly Layer[] => {
  const size = between(random, 0.45, 0.85)
  const angle = between(random, -0.22, 0.22)
  const slant = between(random, -0.2, 0.2)
  const squeeze = between(random, 0.8, 1.1)
  const centerX = between(random, -0.3, 0.3)
  const centerY = between(random, -0.25, 0.25)
  const fading = between(random, 0.75, 1.05)
  const dirt = varied([0.4, 0.36, 0.32], random, 0.1)
  const cos = Math.cos(angle) / size
  const sin = Math.sin(angle) / size
  return sign.map(({shape, color}) => ({
    shape: (x, y) => {
      const u = cos * (x - centerX) + sin * (y - centerY)
      const v = cos * (y - centerY) - sin * (x - centerX)
      return shape((u + slant * v) / squeeze, v)
    },
    color: mix(dirt, color, fading),
  }))
}

/** A branch or a pole before the sign, now and then. */
const inTheWay = (random: Rng): readonly Layer[] =>
  Array.from({length: random.uniform() < 0.4 ? random.integer(1, 3) : 0}, () => {
    const x = between(random, -0.8, 0.8)
    const y = between(random, -0.8, 0.8)
    return {
      shape: bar(
        x,
        y,
        x + between(random, -1.2, 1.2),
        y + between(random, -1.2, 1.2),
        between(random, 0.06, 0.3),
      ),
      color: varied(pick(random, things), random, 0.12),
    }
  })

const mix = (from: Color, to: Color, share: number): Color => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
  from[2] + (to[2] - from[2]) * share,
]

/** side × side × 3, linear, 0–1. */
const render = (layers: readonly Layer[]): Float64Array => {
  const light = new Float64Array(side * side * 3)
  const points = samplesPerSide * side
  for (let row = 0; row < points; row++) {
    for (let column = 0; column < points; column++) {
      const color = colorAt(layers, (2 * column + 1) / points - 1, (2 * row + 1) / points - 1)
      const pixel =
        3 * (Math.floor(row / samplesPerSide) * side + Math.floor(column / samplesPerSide))
      for (let channel = 0; channel < 3; channel++) {
        light[pixel + channel] += color[channel] / (samplesPerSide * samplesPerSide)
      }
    }
  }
  return light
}

const colorAt = (layers: readonly Layer[], x: number, y: number): Color => {
  for (let index = layers.length - 1; index >= 0; index--) {
    if (layers[index].shape(x, y)) return layers[index].color
  }
  return [0, 0, 0]
}

/** Out of focus: `amount` of the light goes to the neighbors, along rows and then along columns. */
const blur = (light: Float64Array, amount: number): Float64Array => {
  if (amount === 0) return light
  const across = smear(light, 3, amount)
  return smear(across, 3 * side, amount)
}

const smear = (light: Float64Array, stride: number, amount: number): Float64Array =>
  light.map((own, index) => {
    const before = light[index - stride] ?? own
    const after = light[index + stride] ?? own
    return (own + amount * (before + after)) / (1 + 2 * amount)
  })

/** Clear, fog, rain or snow. */
const weather = (light: Float64Array, random: Rng): Float64Array => {
  const kind = random.uniform()
  if (kind < 0.45) return light
  if (kind < 0.65) return fog(light, between(random, 0.2, 0.5), between(random, 0.6, 0.85))
  return kind < 0.85
    ? specks(light, random, {count: random.integer(8, 22), length: 4, brightness: 0.75})
    : specks(light, random, {count: random.integer(15, 45), length: 1, brightness: 0.97})
}

const fog = (light: Float64Array, thickness: number, gray: number): Float64Array =>
  light.map((own) => own + (gray - own) * thickness)

/** Drops and flakes: short upright strokes. */
const specks = (
  light: Float64Array,
  random: Rng,
  stroke: {readonly count: number; readonly length: number; readonly brightness: number},
): Float64Array => {
  const {count, length, brightness} = stroke
  const wet = light.slice()
  for (let speck = 0; speck < count; speck++) {
    const column = random.integer(0, side)
    const row = random.integer(0, side)
    for (let y = row; y < Math.min(side, row + length); y++) {
      for (let channel = 0; channel < 3; channel++) {
        const index = 3 * (y * side + column) + channel
        wet[index] = 0.4 * wet[index] + 0.6 * brightness
      }
    }
  }
  return wet
}

/** The camera: exposure, white balance, noise. */
const expose = (light: Float64Array, random: Rng): Uint8Array => {
  const exposure = between(random, 0.5, 1.2)
  const balance = [
    between(random, 0.8, 1.15),
    between(random, 0.85, 1.1),
    between(random, 0.8, 1.15),
  ]
  const noise = between(random, 0.01, 0.07)
  return Uint8Array.from(light, (own, index) => {
    const value = own * exposure * (balance[index % 3] ?? 1) + noise * random.normal()
    return Math.round(255 * Math.min(1, Math.max(0, value)))
  })
}
