/** One line of the ask-tell protocol → what it asks for, or a sentence about what is wrong with it. Pure. */
import {ok, type Result, refuse} from '../daemon/base/result.ts'

export type Request =
  | {readonly op: 'ask'; readonly n: number}
  /** Without losses the trial has failed. */
  | {readonly op: 'tell'; readonly id: number; readonly losses?: readonly number[]}
  | {readonly op: 'enqueue'; readonly params: unknown}
  | {readonly op: 'best'}

/** A suggestion takes milliseconds: more at once would look like a hang. */
const mostAtOnce = 1000

/** The optimizers pursue no more. */
const mostLosses = 2

/** Longer lines are no requests, and are not read to their end. */
export const longestLineBytes = 1_000_000

/** What each request may hold. A trial may be told as it was handed out, with its params. */
const fields: Readonly<Record<string, readonly string[]>> = {
  ask: ['n'],
  tell: ['id', 'loss', 'losses', 'status', 'params'],
  enqueue: ['params'],
  best: [],
}

export const parseRequest = (line: string): Result<Request> => {
  if (Buffer.byteLength(line) > longestLineBytes) {
    return refuse(`Expected a line of at most ${longestLineBytes} bytes, got a longer one.`)
  }
  const source = parseObject(line)
  if (!source) {
    const example = 'Expected a JSON object such as {"op":"ask"}'
    return refuse(`${example}, got ${quoted(line)}. NaN and Infinity are not JSON. ${failAdvice}`)
  }
  const {op} = source
  if (typeof op !== 'string' || !Object.hasOwn(fields, op)) {
    return refuse(`Expected \`op\` to be "ask", "tell", "best" or "enqueue", got ${quoted(op)}.`)
  }
  const stranger = Object.keys(source).find((name) => name !== 'op' && !fields[op].includes(name))
  if (stranger !== undefined) {
    const known = fields[op].map((name) => `\`${name}\``).join(', ') || 'nothing'
    return refuse(`Expected ${known} with "${op}", got ${quoted(stranger)}. Leave it out.`)
  }
  switch (op) {
    case 'ask':
      return parseAsk(source)
    case 'tell':
      return parseTell(source)
    case 'enqueue':
      return source.params === undefined
        ? refuse('Expected `params` with "enqueue", got nothing.')
        : ok({op, params: source.params})
    default:
      return ok({op: 'best'})
  }
}

type Source = Readonly<Record<string, unknown>>

const failAdvice = 'If the trial has no usable result, tell "status":"fail" instead.'

const parseAsk = ({n = 1}: Source): Result<Request> =>
  isWholeWithin(1, mostAtOnce, n)
    ? ok({op: 'ask', n})
    : refuse(`Expected \`n\` to be a whole number from 1 to ${mostAtOnce}, got ${quoted(n)}.`)

const parseTell = ({id, status = 'ok', loss, losses}: Source): Result<Request> => {
  if (!isWholeWithin(0, Number.MAX_SAFE_INTEGER, id)) {
    return refuse(`Expected \`id\` to be the number of a trial, got ${quoted(id)}.`)
  }
  if (status === 'fail') return ok({op: 'tell', id})
  if (status !== 'ok') {
    return refuse(`Expected \`status\` to be "ok" or "fail", got ${quoted(status)}.`)
  }
  if (losses === undefined) {
    return isFiniteNumber(loss)
      ? ok({op: 'tell', id, losses: [loss]})
      : refuse(`Expected \`loss\` to be a finite number, got ${quoted(loss)}. ${failAdvice}`)
  }
  if (loss !== undefined) return refuse('Expected `loss` or `losses`, got both. Leave one out.')
  return isLosses(losses)
    ? ok({op: 'tell', id, losses})
    : refuse(
        `Expected \`losses\` to list 1 to ${mostLosses} finite numbers, got ${quoted(losses)}. ${failAdvice}`,
      )
}

const parseObject = (line: string): Source | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    // Whatever JSON.parse makes of an object has string keys.
    return isObject ? (value as Source) : undefined
  } catch {
    return undefined
  }
}

const isWholeWithin = (low: number, high: number, value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && low <= value && value <= high

const isFiniteNumber = (value: unknown): value is number => Number.isFinite(value)

const isLosses = (value: unknown): value is readonly number[] =>
  Array.isArray(value) &&
  value.length >= 1 &&
  value.length <= mostLosses &&
  value.every(isFiniteNumber)

/** A value as an error shows it; what was left out is `nothing`. */
const quoted = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return shortened(JSON.stringify(value.slice(0, 100)))
  return shortened(typeof value === 'number' ? String(value) : JSON.stringify(value))
}

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text)
