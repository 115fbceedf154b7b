/**
 * The optimizer alone, for programs in any language: one JSON request a line, one JSON answer a line. A bad line gets an
 * error and changes nothing, and the stream goes on.
 */
import {
  type OptimizerName,
  optimizerNames,
  type PendingTrial,
} from '../daemon/optimizers/optimizer.ts'
import {handlesSeveralObjectives, type Outcome, suggestPoint} from '../daemon/optimizers/suggest.ts'
import {pointOf} from '../daemon/space/point-of.ts'
import {paramsOf} from '../daemon/space/sample.ts'
import type {Params, Point, Space} from '../daemon/space/space.ts'
import {paretoFront} from '../daemon/studies/pareto-front.ts'
import {parseRequest, type Request} from './ask-tell-request.ts'

type Setup = {
  readonly space: Space
  readonly optimizer: OptimizerName
  readonly seed: number
  /** How many trials there will be, where that is known. */
  readonly budgetTrials?: number
}

/** A conversation so far. Trials are numbered as they are handed out. */
export type Session = Setup & {
  /** What was told, by number. A failed trial's losses are all +Infinity. */
  readonly history: readonly Outcome[]
  /** What was handed out and not told yet, by number. */
  readonly pending: readonly PendingTrial[]
  /** What is handed out before the optimizer is asked. */
  readonly enqueued: readonly Point[]
  /** How many losses a trial has, once the first one was told. */
  readonly objectives?: number
}

type Suggestion = {readonly id: number; readonly params: Params}

type Reply =
  | {readonly trials: readonly Suggestion[]}
  | {readonly ok: true}
  | (Suggestion & {readonly loss: number})
  | {readonly front: readonly (Suggestion & {readonly losses: readonly number[]})[]}
  | {readonly error: string}

type Turn = {readonly session: Session; readonly reply: Reply}

/** Answers each line of `input` with one line, until the input ends. `write` takes a line without its end. */
export const askTell = async (
  options: Setup & {
    readonly input: AsyncIterable<string>
    readonly write: (line: string) => void
  },
): Promise<void> => {
  const {input, write, ...setup} = options
  let session = startSession(setup)
  for await (const line of input) {
    const turn = answer(session, line)
    session = turn.session
    write(JSON.stringify(turn.reply))
  }
}

/** A conversation in which nothing was said yet. */
export const startSession = (setup: Setup): Session => ({
  ...setup,
  history: [],
  pending: [],
  enqueued: [],
})

/** Answers one line. */
export const answer = (session: Session, line: string): Turn => {
  const request = parseRequest(line)
  if (!request.ok) return refused(session, request.problems.join(' '))
  switch (request.value.op) {
    case 'ask':
      return ask(session, request.value.n)
    case 'tell':
      return tell(session, request.value)
    case 'enqueue':
      return enqueue(session, request.value.params)
    case 'best':
      return best(session)
  }
}

const ask = (session: Session, n: number): Turn => {
  const pending = [...session.pending]
  const first = countTrials(session)
  for (let i = 0; i < n; i++) {
    const trial = first + i
    pending.push({trial, point: session.enqueued[i] ?? suggest({...session, pending}, trial)})
  }
  const trials = pending
    .slice(-n)
    .map(({trial, point}) => ({id: trial, params: paramsOf(session.space, point)}))
  return {session: {...session, pending, enqueued: session.enqueued.slice(n)}, reply: {trials}}
}

const countTrials = ({history, pending}: Session): number => history.length + pending.length

const suggest = (session: Session, trial: number): Point => {
  const {space, optimizer, seed, budgetTrials, history, pending} = session
  return suggestPoint(optimizer, {space, history, pending, seed, trial, budgetTrials})
}

const tell = (session: Session, {id, losses}: Extract<Request, {op: 'tell'}>): Turn => {
  const {history, pending, objectives} = session
  const told = pending.find(({trial}) => trial === id)
  if (!told) {
    const count = countTrials(session)
    if (id < count) {
      return refused(session, `Trial ${id} was told already. Ask again to try more.`)
    }
    const known = count === 0 ? 'none yet' : `0 to ${count - 1}`
    return refused(session, `Expected an \`id\` that was asked for (${known}), got ${id}.`)
  }
  const problem = losses && problemOf(session, losses)
  if (problem) return refused(session, problem)
  const width = objectives ?? losses?.length
  // Written out: objects made by spreading are read many times slower, and each ask reads all of them.
  const outcome = {trial: id, point: told.point, losses: losses ?? failure(width)}
  const later = history.findLastIndex(({trial}) => trial < id) + 1
  const before = objectives === undefined ? widened(history, width) : history
  return {
    session: {
      ...session,
      history: before.toSpliced(later, 0, outcome),
      pending: pending.filter((one) => one !== told),
      objectives: width,
    },
    reply: {ok: true},
  }
}

const problemOf = (
  {optimizer, objectives}: Session,
  {length}: readonly number[],
): string | undefined => {
  if (objectives !== undefined && length !== objectives) {
    return `Expected ${lossesInWords(objectives)} as in the first tell, got ${length}. All trials have the same number.`
  }
  if (length === 1 || handlesSeveralObjectives(optimizer)) return undefined
  const able = optimizerNames.filter(handlesSeveralObjectives)
  return `Expected one loss, for ${optimizer} pursues one objective, got ${length}. Start with --optimizer ${able.join(' or ')}.`
}

const lossesInWords = (count: number): string => (count === 1 ? 'one loss' : `${count} losses`)

const failure = (width = 1): readonly number[] => new Array<number>(width).fill(Infinity)

/** Failures that were told before it was known how many losses a trial has. */
const widened = (history: readonly Outcome[], width: number | undefined): readonly Outcome[] =>
  history.map(({trial, point}) => ({trial, point, losses: failure(width)}))

const enqueue = (session: Session, params: unknown): Turn => {
  const point = pointOf(session.space, params, 'params')
  if (!point.ok) return refused(session, point.problems.join(' '))
  return {
    session: {...session, enqueued: [...session.enqueued, point.value]},
    reply: {ok: true},
  }
}

const best = (session: Session): Turn => {
  const {history, space, objectives = 1} = session
  const told = history
    .filter(({losses}) => losses[0] < Infinity)
    .map(({trial, point, losses}) => ({trial, point, values: losses}))
  if (told.length === 0) {
    return refused(session, 'No loss was told yet. Tell one before asking for the best.')
  }
  const minimized = Array.from({length: objectives}, (_, i) => ({
    metric: `loss ${i}`,
    goal: 'minimize' as const,
  }))
  const front = paretoFront(told, minimized).map(({trial, point, values}) => ({
    id: trial,
    params: paramsOf(space, point),
    losses: values,
  }))
  if (objectives > 1) return {session, reply: {front}}
  const [{losses, ...first}] = front
  return {session, reply: {...first, loss: losses[0]}}
}

const refused = (session: Session, error: string): Turn => ({session, reply: {error}})
