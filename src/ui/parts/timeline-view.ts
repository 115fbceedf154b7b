/** A study along its time: its trials above what the device was like and what the throttle made of it. Pure. */
import type {Study, Trial} from '../../daemon/studies/study.ts'
import {hasEnded} from '../../daemon/studies/summary.ts'
import {type Html, html} from '../html.ts'
import {chart, type Point, ticks} from './chart.ts'
import {formatDate, formatDuration, formatNumber} from './format.ts'
import type {Bin, Timeline} from './timeline-bins.ts'

const shownOrders = 30

export const timelineView = (study: Study, timeline: Timeline): Html => {
  const {bins, binMs} = timeline
  const unit = unitOf(bins.length * binMs)
  const points = (measure: (bin: Bin) => number | undefined): readonly Point[] =>
    bins.flatMap((bin): readonly Point[] => {
      const value = measure(bin)
      return value === undefined ? [] : [[bin.elapsedMs / unit.ms, value]]
    })
  const limit = study.settings.temperatureLimitC
  const all = [
    {
      title: 'Temperature',
      series: [
        {label: 'hottest sensor', marks: 'line' as const, points: points(({hottestC}) => hottestC)},
        ...(limit === undefined
          ? []
          : [
              {
                label: 'limit of this study',
                marks: 'line' as const,
                points: points(() => limit),
              },
            ]),
      ],
      yWords: (celsius: number) => `${formatNumber(celsius)} °C`,
    },
    {
      title: 'Time at work',
      series: [{label: 'duty', marks: 'line' as const, points: points(({duty}) => duty)}],
      yWords: (share: number) => `${Math.round(100 * share)} %`,
      yRange: [0, 1] as const,
    },
    {
      title: 'Micro-batch',
      series: [
        {
          label: 'samples at once',
          marks: 'line' as const,
          points: points(({microBatch}) => microBatch),
        },
      ],
      yWords: formatNumber,
      yRange: [0, 1] as const,
    },
    {
      title: 'Speed',
      series: [
        {
          label: 'samples/s',
          marks: 'line' as const,
          points: points(({samplesPerSecond}) => samplesPerSecond),
        },
      ],
      yWords: formatNumber,
      yRange: [0, 1] as const,
    },
    {
      title: 'Power',
      series: [
        {label: 'whole board', marks: 'line' as const, points: points(({powerW}) => powerW)},
      ],
      yWords: (watts: number) => `${formatNumber(watts)} W`,
      yRange: [0, 1] as const,
    },
  ]
  const xWords = (value: number) => `${formatNumber(value)} ${unit.name}`
  return html`
${heldBackWords(timeline)}
${trialStrip(study, timeline, unit)}
<div class="pair spaced">
${all
  .filter(({series}) => (series[0]?.points.length ?? 0) > 0)
  .map((one) => chart({...one, xWords}))}
</div>
${ordersView(timeline)}`
}

const heldBackWords = ({heldBackShare, orderCount}: Timeline): Html => {
  if (heldBackShare === undefined) return html``
  const orders = orderCount === 1 ? 'one order' : `${orderCount} orders`
  return heldBackShare < 0.005
    ? html`<p>The throttle never held this study back.</p>`
    : html`<p>The throttle held this study back for ${Math.max(1, Math.round(100 * heldBackShare))} % of its time, with ${orders}. It slows trials down and never changes what they compute.</p>`
}

const unitOf = (spanMs: number) => {
  if (spanMs < 180_000) return {name: 's', ms: 1000}
  return spanMs < 3 * 3_600_000 ? {name: 'min', ms: 60_000} : {name: 'h', ms: 3_600_000}
}

const strip = {width: 360, left: 8, right: 352, lane: 16}
/** More bars than the picture has places for are drawn as one. */
const narrowest = 1

type Started = Exclude<Trial['state'], 'waiting'>

/** States differ by more than their color. */
const heights: Readonly<Record<Started, number>> = {complete: 12, running: 12, pruned: 8, failed: 4}

/** Every trial as a bar from its start to its end, side by side where they ran so. */
const trialStrip = (
  {trials}: Study,
  timeline: Timeline,
  unit: {readonly name: string; readonly ms: number},
): Html => {
  const spanMs = Math.max(1, timeline.bins.length * timeline.binMs)
  const x = (ms: number) =>
    Math.round(10 * (strip.left + (ms / spanMs) * (strip.right - strip.left))) / 10
  const ends: number[] = []
  const bars = trials.flatMap((trial) => {
    if (trial.state === 'waiting') return []
    const from = x(timeline.elapsedAt(trial.startedAtMs))
    const to = hasEnded(trial)
      ? x(timeline.elapsedAt(trial.startedAtMs + trial.durationMs))
      : strip.right
    const free = ends.findIndex((end) => end <= from)
    const lane = free < 0 ? ends.length : free
    ends[lane] = to
    return [{trial, from, to: Math.max(to - 0.6, from + narrowest), lane}]
  })
  const bottom = 4 + Math.max(1, ends.length) * strip.lane
  const path = (state: Started) =>
    bars
      .filter(({trial}) => trial.state === state)
      .map(
        ({from, to, lane}) =>
          `M${from} ${16 + lane * strip.lane}H${to}v${-heights[state]}H${from}z`,
      )
      .join('')
  const states = (['complete', 'pruned', 'failed', 'running'] as const).filter((state) =>
    bars.some(({trial}) => trial.state === state),
  )
  return html`<figure class="chart strip">
<figcaption><b>Trials</b> ${states.map((state) => html`<span class="key bar-${state}">${state}</span>`)}</figcaption>
<svg viewBox="0 0 ${strip.width} ${bottom + 22}" role="img" aria-label="${`${bars.length} trials along ${formatDuration(spanMs)} of training`}">
${states.map((state) => html`<path class="bar-${state}" d="${path(state)}"/>`)}
${ticks(0, spanMs / unit.ms, 5, 0).map(
  (value) =>
    html`<text x="${x(value * unit.ms)}" y="${bottom + 16}" text-anchor="${anchorAt(x(value * unit.ms))}">${formatNumber(value)} ${unit.name}</text>`,
)}
</svg>
</figure>`
}

const anchorAt = (x: number): string =>
  x < strip.left + 20 ? 'start' : x > strip.right - 20 ? 'end' : 'middle'

const ordersView = ({orders, orderCount}: Timeline): Html => {
  const shown = orders.slice(-shownOrders).toReversed()
  return html`
<section>
<h2>What the throttle ordered</h2>
${
  shown.length > 0
    ? html`<ol class="log">${shown.map(
        ({atMs, reason, pace}) =>
          html`<li><time>${formatDate(atMs)}</time><span>${reason}<small>micro-batch ${pace.microBatch}, working ${Math.round(100 * pace.duty)} % of the time</small></span></li>`,
      )}</ol>
${orderCount > shown.length && html`<p class="quiet">These are the last ${shown.length} of ${orderCount}; all are in the log.</p>`}`
    : html`<p class="empty">Nothing in this study’s time.</p>`
}
</section>`
}
