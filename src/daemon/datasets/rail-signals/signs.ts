/** What each class looks like on a clear day, in shapes; each picture varies it by chance. */
import type {Rng} from '../../base/random.ts'
import {bar, box, type Color, disc, type Layer, triangle} from './shapes.ts'

/** A sign, from back to front. */
type Sign = (random: Rng) => readonly Layer[]

const black: Color = [0.08, 0.08, 0.09]
const white: Color = [0.93, 0.93, 0.9]
const steel: Color = [0.42, 0.43, 0.45]
const red: Color = [0.82, 0.11, 0.1]
const yellow: Color = [0.95, 0.72, 0.1]
const green: Color = [0.15, 0.75, 0.35]
const unlit: Color = [0.2, 0.2, 0.21]

const mast = (top: number): Layer => ({shape: box(-0.07, top, 0.07, 1.6), color: steel})

/** A head of three lamps, green above yellow above red, one of them lit. */
const lightSignal =
  (lit: 0 | 1 | 2, color: Color): Sign =>
  (random) => {
    const radius = 0.19 + 0.06 * random.uniform()
    return [
      mast(0.8),
      {shape: box(-0.42, -1, 0.42, 0.95), color: black},
      ...[-0.6, -0.02, 0.56].map(
        (y, lamp): Layer => ({
          shape: disc(0, y, lamp === lit ? radius : 0.17),
          color: lamp === lit ? color : unlit,
        }),
      ),
    ]
  }

/** A mast with an arm to the right: level for stop, raised for clear. */
const semaphore =
  (raised: boolean): Sign =>
  (random) => {
    const slope = raised ? 0.6 + 0.5 * random.uniform() : 0.3 * random.uniform() - 0.15
    const length = 1.25 / Math.sqrt(1 + slope * slope)
    const x = (share: number) => -0.55 + share * length
    const y = (share: number) => -0.55 - slope * share * length
    return [
      {shape: box(-0.62, -0.9, -0.46, 1.6), color: steel},
      {shape: bar(x(-0.12), y(-0.12), x(1), y(1), 0.36), color: red},
      {shape: bar(x(0.15), y(0.15), x(0.85), y(0.85), 0.13), color: white},
    ]
  }

const distantDisc: Sign = () => [
  mast(0.5),
  {shape: disc(0, -0.1, 0.92), color: black},
  {shape: disc(0, -0.1, 0.84), color: white},
  {shape: disc(0, -0.1, 0.68), color: yellow},
]

const speedTriangle: Sign = () => [
  mast(0.6),
  {shape: triangle(-0.1, 0.95), color: black},
  {shape: triangle(0, 0.72), color: yellow},
]

const whistleBoard: Sign = () => [
  mast(0.6),
  {shape: box(-0.68, -0.95, 0.68, 0.75), color: white},
  // The letter P.
  {shape: box(-0.34, -0.7, -0.12, 0.52), color: black},
  {shape: disc(0, -0.34, 0.38), color: black},
  {shape: disc(0.01, -0.34, 0.17), color: white},
]

const crossing: Sign = () => [
  mast(0.1),
  {shape: bar(-0.95, -0.8, 0.95, 0.6, 0.34), color: red},
  {shape: bar(-0.95, 0.6, 0.95, -0.8, 0.34), color: red},
  {shape: bar(-0.6, -0.54, 0.6, 0.34, 0.34), color: white},
  {shape: bar(-0.6, 0.34, 0.6, -0.54, 0.34), color: white},
]

const stopBoard: Sign = () => [
  mast(0.5),
  {shape: box(-0.9, -0.7, 0.9, 0.55), color: white},
  {shape: box(-0.72, -0.52, 0.72, 0.37), color: red},
]

/** By the name of the class, in the order of the labels. */
export const signs: Readonly<Record<string, Sign>> = {
  'clear-light': lightSignal(0, green),
  'caution-light': lightSignal(1, yellow),
  'stop-light': lightSignal(2, red),
  'semaphore-stop': semaphore(false),
  'semaphore-clear': semaphore(true),
  'distant-disc': distantDisc,
  'speed-triangle': speedTriangle,
  'whistle-board': whistleBoard,
  crossing,
  'stop-board': stopBoard,
}
