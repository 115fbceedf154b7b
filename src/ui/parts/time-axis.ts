/** Where a picture over time is labeled, and with what: round times of the box's own clock. Pure. */
import {formatTime} from './format.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const steps: readonly number[] = [
  ...[15_000, 30_000],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hourMs),
  ...[1, 2, 7, 14, 30].map((days) => days * dayMs),
]

/** Round times from `lowMs` to `highMs`, at most `count` of them; days begin at midnight. */
export const timeTicks = (lowMs: number, highMs: number, count = 5): readonly number[] => {
  const step = steps.find((ms) => (highMs - lowMs) / ms <= count) ?? highMs - lowMs + 1
  // Days that are an hour longer or shorter shift the labels by it for some of the picture.
  const offsetMs = new Date(lowMs).getTimezoneOffset() * minuteMs
  const first = Math.ceil((lowMs - offsetMs) / step) * step + offsetMs
  return Array.from(
    {length: Math.max(0, Math.floor((highMs - first) / step) + 1)},
    (_, i) => first + i * step,
  )
}

/** `14:05` where the picture is about hours, `Nov 23` where it is about days. */
export const timeWords =
  (spanMs: number) =>
  (atMs: number): string =>
    spanMs > 2 * dayMs ? dayWords(atMs) : formatTime(atMs, spanMs < 10 * minuteMs)

/** The same as exact as a single value needs it. */
export const momentWords =
  (spanMs: number) =>
  (atMs: number): string =>
    spanMs > 2 * dayMs
      ? `${dayWords(atMs)}, ${formatTime(atMs)}`
      : formatTime(atMs, spanMs <= hourMs)

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const dayWords = (atMs: number): string => {
  const at = new Date(atMs)
  return `${months[at.getMonth()]} ${at.getDate()}`
}
