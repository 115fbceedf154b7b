/**
 * The optimizer alone, for programs in any language: one JSON request a line, one JSON answer a line. A bad line gets an
 * error and changes nothing, and the stream goes on.
 */
import {ok, type Result, refuse} from '../daemon/base/result.ts'
import type {OptimizerName} from '../daemon/optimizers/optimizer.ts'
import {suggestPoint} from '../daemon/optimizers/suggest.ts'
import {paramsOf} from '../daemon/space/sample.ts'
import type {Params, Point, Space} from '../daemon/space/space.ts'

/** A conversation so far. The id of a trial is its place in `trials`; its loss is there once it was told. */
export type Session = {
  readonly space: Space
  readonly optimizer: OptimizerName
  readonly seed: number
  readonly trials: readonly {readonly point: Point; readonly loss?: number}[]
}

type Request =
  | {readonly op: 'ask'; readonly n: number}
  /** The loss of a failed trial is +Infinity. */
  | {readonly op: 'tell'; readonly id: number; readonly loss: number}
  | {readonly op: 'best'}

type Suggestion = {readonly id: number; readonly params: Params}

type Reply =
  | {readonly trials: readonly Suggestion[]}
  | {readonly ok: true}
  | (Suggestion & {readonly loss: number})
  | {readonly error: string}

type Turn = {readonly session: Session; readonly reply: Reply}

/** A suggestion takes milliseconds: more at once would look like a hang. */
const mostAtOnce = 1000

/** Answers each line of `input` with one line, until the input ends. `write` takes a line without its end. */
export const askTell = async (options: {
  readonly space: Space
  readonly optimizer: OptimizerName
  readonly seed: number
  readonly input: AsyncIterable<string>
  readonly write: (line: string) => void
}): Promise<void> => {
  const {input, write, ...start} = options
  let session: Session = {...start, trials: []}
  for await (const line of input) {
    const turn = answer(session, line)
    session = turn.session
    write(JSON.stringify(turn.reply))
  }
}

/** Answers one line. */
export const answer = (session: Session, line: string): Turn => {
  const request = parseRequest(line)
  if (!request.ok) return refused(session, request.problems.join(' '))
  switch (request.value.op) {
    case 'ask':
      return ask(session, request.value.n)
    case 'tell':
      return tell(session, request.value)
    case 'best':
      return best(session)
  }
}

const ask = (session: Session, n: number): Turn => {
  const first = session.trials.length
  const trials = [...session.trials]
  while (trials.length < first + n) trials.push({point: suggest({...session, trials})})
  const suggestions = trials
    .slice(first)
    .map(({point}, i) => ({id: first + i, params: paramsOf(session.space, point)}))
  return {session: {...session, trials}, reply: {trials: suggestions}}
}

const suggest = ({space, optimizer, seed, trials}: Session): Point => {
  const numbered = trials.map((one, trial) => ({...one, trial}))
  return suggestPoint(optimizer, {
    space,
    history: numbered.flatMap(({loss, ...one}) =>
      loss === undefined ? [] : {...one, losses: [loss]},
    ),
    pending: numbered.filter(({loss}) => loss === undefined),
    seed,
    trial: trials.length,
  })
}

const tell = (session: Session, {id, loss}: {readonly id: number; readonly loss: number}): Turn => {
  const trial = session.trials[id]
  if (!trial) {
    const {length} = session.trials
    const known = length === 0 ? 'none yet' : `0 to ${length - 1}`
    return refused(session, `Expected an \`id\` that was asked for (${known}), got ${id}.`)
  }
  if (trial.loss !== undefined) {
    return refused(session, `Trial ${id} was told already. Ask again to try more.`)
  }
  const trials = session.trials.with(id, {...trial, loss})
  return {session: {...session, trials}, reply: {ok: true}}
}

const best = (session: Session): Turn => {
  let found: (Suggestion & {readonly loss: number}) | undefined
  session.trials.forEach(({point, loss = Infinity}, id) => {
    if (loss < (found?.loss ?? Infinity)) found = {id, params: paramsOf(session.space, point), loss}
  })
  if (!found) return refused(session, 'No loss was told yet. Tell one before asking for the best.')
  return {session, reply: found}
}

const refused = (session: Session, error: string): Turn => ({session, reply: {error}})

const parseRequest = (line: string): Result<Request> => {
  const source = parseObject(line)
  if (!source) {
    const example = 'Expected a JSON object such as {"op":"ask"}'
    return refuse(`${example}, got ${quoted(line)}. NaN and Infinity are not JSON.`)
  }
  const {op, n = 1, id, status = 'ok', loss} = source
  switch (op) {
    case 'ask':
      return isWholeWithin(1, mostAtOnce, n)
        ? ok({op, n})
        : refuse(`Expected \`n\` to be a whole number from 1 to ${mostAtOnce}, got ${quoted(n)}.`)
    case 'tell':
      if (!isWholeWithin(0, Number.MAX_SAFE_INTEGER, id)) {
        return refuse(`Expected \`id\` to be the number of a trial, got ${quoted(id)}.`)
      }
      if (status === 'fail') return ok({op, id, loss: Infinity})
      if (status !== 'ok') {
        return refuse(`Expected \`status\` to be "ok" or "fail", got ${quoted(status)}.`)
      }
      if (typeof loss !== 'number' || !Number.isFinite(loss)) {
        const advice = 'If the trial has no usable result, tell "status":"fail" instead.'
        return refuse(`Expected \`loss\` to be a finite number, got ${quoted(loss)}. ${advice}`)
      }
      return ok({op, id, loss})
    case 'best':
      return ok({op})
    default:
      return refuse(`Expected \`op\` to be "ask", "tell" or "best", got ${quoted(op)}.`)
  }
}

const parseObject = (line: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    // Whatever JSON.parse makes of an object has string keys.
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const isWholeWithin = (low: number, high: number, value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && low <= value && value <= high

/** A value as an error shows it; what was left out is `nothing`. */
const quoted = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
