/** Charts as SVG made on the server: functions from data to a picture. Colors are in the style sheet. */
import {type Html, html} from '../html.ts'

export type Point = readonly [x: number, y: number]

export type Series = {
  readonly label: string
  /** `steps` hold their value until the next point; `dotted-steps` show their points too. */
  readonly marks: 'line' | 'steps' | 'dotted-steps' | 'dots'
  /** Along x, in any order for dots. */
  readonly points: readonly Point[]
}

export type Chart = {
  readonly title: string
  readonly series: readonly Series[]
  readonly xWords: (x: number) => string
  readonly yWords: (y: number) => string
  /** Whole steps only, for epochs and trials. */
  readonly wholeX?: boolean
  /** Shown at least this far, whatever the data. */
  readonly yRange?: readonly [low: number, high: number]
}

const size = {width: 360, height: 190}
const plot = {left: 52, right: 340, top: 10, bottom: 164}

/** A figure with its legend. Says so when there is nothing to draw yet. */
export const chart = ({title, series, xWords, yWords, wholeX, yRange}: Chart): Html => {
  const points = series.flatMap((one) => one.points)
  if (!points.length) {
    return html`<figure class="chart"><figcaption><b>${title}</b></figcaption><p class="empty">Nothing measured yet.</p></figure>`
  }
  const x = scale(extent(points.map(([x]) => x)), plot.left, plot.right)
  const y = scale(
    padded(extent([...points.map(([, y]) => y), ...(yRange ?? [])])),
    plot.bottom,
    plot.top,
  )
  const xTicks = ticks(x.low, x.high, 5, wholeX ? 1 : 0)
  return html`<figure class="chart">
<figcaption><b>${title}</b>${series.map(
    (one, i) => html` <span class="key tone-${toneOf(i)}">${one.label}</span>`,
  )}</figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${spoken(title, series, yWords)}">
${ticks(y.low, y.high, 4, 0).map(
  (value) =>
    html`<path class="grid" d="M${plot.left} ${y.at(value)}H${plot.right}"/><text x="${plot.left - 6}" y="${y.at(value)}" dy="4" text-anchor="end">${yWords(value)}</text>`,
)}
${xTicks.map(
  (value) =>
    html`<text x="${x.at(value)}" y="${plot.bottom + 18}" text-anchor="middle">${xWords(value)}</text>`,
)}
${series.map((one, i) => drawn(one, toneOf(i), ([px, py]) => [x.at(px), y.at(py)]))}
</svg>
</figure>`
}

/** Round values from `low` to `high`, about `count` of them, at least `smallestStep` apart. */
export const ticks = (
  low: number,
  high: number,
  count: number,
  smallestStep: number,
): readonly number[] => {
  const rough = Math.max((high - low) / count, smallestStep, Number.MIN_VALUE * 1e20)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({length: last - first + 1}, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  )
}

const drawn = ({marks, points}: Series, tone: number, place: (point: Point) => Point): Html => {
  const places = points.map(place)
  const dots = html`<path class="dots${marks === 'dotted-steps' && ' large'} tone-${tone}" d="${places.map(([x, y]) => `M${x} ${y}h0`).join('')}"/>`
  // A single point has no line to see it by.
  if (marks === 'dots' || places.length === 1) return dots
  const path = places.map(([x, y], i) => {
    if (i === 0) return `M${x} ${y}`
    return marks === 'line' ? `L${x} ${y}` : `H${x}V${y}`
  })
  return html`<path class="line tone-${tone}" d="${path.join('')}"/>${marks === 'dotted-steps' && dots}`
}

/** The style sheet has six colors. */
const toneOf = (index: number): number => (index % 6) + 1

/** The last value of each line, for those who cannot see the picture. */
const spoken = (title: string, series: readonly Series[], yWords: Chart['yWords']): string => {
  const ends = series.flatMap(({label, points}) => {
    const last = points.at(-1)
    return last ? [`${label} ${yWords(last[1])}`] : []
  })
  return `${title}. Last: ${ends.join(', ')}.`
}

const scale = ([low, high]: Point, from: number, to: number) => ({
  low,
  high,
  at: (value: number): number => {
    const share = high === low ? 0.5 : (value - low) / (high - low)
    return Math.round((from + share * (to - from)) * 10) / 10
  },
})

const extent = (values: readonly number[]): Point =>
  values.reduce<Point>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )

/** A flat line gets some room, or it would sit on the edge. */
const padded = ([low, high]: Point): Point =>
  low === high
    ? [low - (Math.abs(low) * 0.1 || 1), high + (Math.abs(high) * 0.1 || 1)]
    : [low, high]
