/**
 * Charts as SVG made on the server: functions from data to a picture. Colors are in the style sheet. What a point says is
 * in data attributes, from which `public/chart-cursor.js` shows it under a finger; without that, the picture is all.
 */
import {type Html, html} from '../html.ts'
import {type Point, thinDots, thinLine, thinSteps} from './thin-points.ts'

export type {Point} from './thin-points.ts'

export type Series = {
  readonly label: string
  /** `steps` hold their value until the next point; `dotted-steps` show their points too. */
  readonly marks: 'line' | 'steps' | 'dotted-steps' | 'dots'
  /** Along x, in any order for dots. A point whose y is NaN is a gap in a line. */
  readonly points: readonly Point[]
}

export type Chart = {
  readonly title: string
  readonly series: readonly Series[]
  readonly xWords: (x: number) => string
  readonly yWords: (y: number) => string
  /** What x counts: `trial`. It stands before x where a value is shown. */
  readonly xLabel?: string
  /** Whole steps only, for epochs and trials. */
  readonly wholeX?: boolean
  /** Shown at least this far, whatever the data. */
  readonly xRange?: readonly [low: number, high: number]
  readonly yRange?: readonly [low: number, high: number]
  /** Where x is labeled, where round decimal numbers are no good, as for times. */
  readonly xTicks?: readonly number[]
  /** Shorter than `xWords` where there is less room. */
  readonly xTickWords?: (x: number) => string
  /** Where something happened: upright lines. */
  readonly events?: {readonly label: string; readonly xs: readonly number[]}
}

const size = {width: 360, height: 190}
const plot = {left: 56, right: 346, top: 10, bottom: 164}

/** More than the picture has room for, and few enough for the weight of a page. */
const mostOfLine = 240
const mostDots = 500
const mostEvents = 120

/** A figure with its legend. Says so when there is nothing to draw yet. */
export const chart = (given: Chart): Html => {
  const {title, series, xWords, yWords, xLabel, wholeX, xRange = [], yRange = [], events} = given
  const points = series.flatMap((one) => one.points).filter(isNumber)
  if (!points.length) {
    return html`<figure class="chart"><figcaption><b>${title}</b></figcaption><p class="empty">Nothing measured yet.</p></figure>`
  }
  const x = scale(extent([...points.map(([px]) => px), ...xRange]), plot.left, plot.right)
  const y = scale(padded(extent([...points.map(([, py]) => py), ...yRange])), plot.bottom, plot.top)
  const xTicks = given.xTicks ?? ticks(x.low, x.high, 5, wholeX ? 1 : 0)
  const place = ([px, py]: Point): Point => [x.at(px), y.at(py)]
  const shown = series.map((one) => ({...one, points: thinned(one, place)}))
  return html`<figure class="chart">
<figcaption><b>${title}</b>${series.map(
    (one, i) => html` <span class="key tone-${toneOf(i)}">${one.label}</span>`,
  )}${events?.xs.length ? html` <span class="key event">${events.label}</span>` : ''}</figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${spoken(given)}" data-x="${wordsAlong(shown, x.at, xWords)}"${xLabel && html` data-x-label="${xLabel}"`}>
${ticks(y.low, y.high, 4, 0).map(
  (value) =>
    html`<path class="grid" d="M${plot.left} ${y.at(value)}H${plot.right}"/><text x="${plot.left - 6}" y="${y.at(value)}" dy="4" text-anchor="end">${yWords(value)}</text>`,
)}
${xTicks.map((value) => xTick(x.at(value), (given.xTickWords ?? xWords)(value)))}
${events && eventsPath(events.xs, x.at)}
${shown.map((one, i) => drawn(one, toneOf(i), place, yWords))}
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

/** In the middle under its place, unless that would be cut off at the edge. */
const xTick = (at: number, words: string): Html => {
  const isAtEdge = at > plot.right - 12
  return html`<text x="${isAtEdge ? size.width : at}" y="${plot.bottom + 18}" text-anchor="${isAtEdge ? 'end' : 'middle'}">${words}</text>`
}

const thinned = ({marks, points}: Series, place: (point: Point) => Point): readonly Point[] => {
  switch (marks) {
    case 'line':
      return thinLine(points, mostOfLine)
    case 'steps':
      return thinSteps(points, mostOfLine)
    case 'dotted-steps':
      return thinLine(points, mostOfLine)
    case 'dots':
      return thinDots(points.filter(isNumber), mostDots, place)
  }
}

/** The path of a series; `data-y` says its points in words, in the path's order. */
const drawn = (
  {marks, points}: Series,
  tone: number,
  place: (point: Point) => Point,
  yWords: Chart['yWords'],
): Html => {
  const words = points
    .filter(isNumber)
    .map(([, y]) => yWords(y))
    .join('|')
  const places = points.map((point) => (isNumber(point) ? place(point) : undefined))
  const dots = (said: Html) =>
    html`<path class="dots${marks === 'dotted-steps' && ' large'} tone-${tone}" d="${places.map((at) => at && `M${at[0]} ${at[1]}h0`)}"${said}/>`
  const dataY = html` data-y="${words}"`
  if (marks === 'dots') return dots(dataY)
  const path = places.map((at, i) => step(marks, places[i - 1], at, places[i + 1])).join('')
  return html`<path class="line tone-${tone}" d="${path}"${dataY}/>${marks === 'dotted-steps' && dots(html``)}`
}

/** One command of a path: relative ones are shorter. A point by itself is a dot. */
const step = (
  marks: Series['marks'],
  before: Point | undefined,
  at: Point | undefined,
  after: Point | undefined,
): string => {
  if (!at) return ''
  const [x, y] = at
  if (!before) return `M${x} ${y}${after ? '' : 'h0'}`
  return marks === 'line' ? `l${short(x - before[0])} ${short(y - before[1])}` : `H${x}V${y}`
}

/** `-.5` for -0.5: a tenth is finer than a pixel. */
const short = (value: number): string =>
  value
    .toFixed(1)
    .replace(/\.0$/, '')
    .replace(/^(-?)0\./, '$1.')

/** One word for each whole pixel across that has a point, from the left: what the cursor stops at. */
const wordsAlong = (
  series: readonly Series[],
  at: (x: number) => number,
  xWords: Chart['xWords'],
): string => {
  const words = new Map<number, string>()
  for (const [x] of series.flatMap(({points}) => points).filter(isNumber)) {
    const pixel = Math.round(at(x))
    if (!words.has(pixel)) words.set(pixel, xWords(x))
  }
  return [...words]
    .sort(([a], [b]) => a - b)
    .map(([, word]) => word)
    .join('|')
}

/** Many at the same place are one line. */
const eventsPath = (xs: readonly number[], at: (x: number) => number): Html => {
  const room = (plot.right - plot.left) / mostEvents
  const places = new Map(xs.map((x) => [Math.round(at(x) / room), at(x)]))
  return html`${places.size > 0 && html`<path class="events" d="${[...places.values()].map((x) => `M${x} ${plot.top}V${plot.bottom}`)}"/>`}`
}

/** The style sheet has six colors. */
const toneOf = (index: number): number => (index % 6) + 1

/** How each line ends and how far it goes, for those who cannot see the picture. */
const spoken = ({title, series, yWords, events}: Chart): string => {
  const lines = series.flatMap(({label, points}) => {
    const values = points.filter(isNumber).map(([, y]) => y)
    const [low, high] = extent(values)
    const last = values.at(-1)
    if (last === undefined) return []
    return [
      low === high
        ? `${label}: ${yWords(last)}.`
        : `${label}: last ${yWords(last)}, from ${yWords(low)} to ${yWords(high)}.`,
    ]
  })
  return [
    `${title}.`,
    ...lines,
    ...(events?.xs.length ? [`${events.label}: ${events.xs.length}.`] : []),
  ].join(' ')
}

const isNumber = ([, y]: Point): boolean => Number.isFinite(y)

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
