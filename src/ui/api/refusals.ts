/** Answers that say no: from a decision's problems to a status with sentences. */
import type {Request} from 'express'
import type {Result} from '../../daemon/base/result.ts'
import {ok, refuse} from '../../daemon/base/result.ts'
import type {Daemon} from '../../daemon/daemon.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {HttpProblem} from '../http-problem.ts'

/** The value, or an answer with the problems' sentences; 503 where only time or the disk is in the way. */
export const demand = <T>(result: Result<T>, status: number): T => {
  if (result.ok) return result.value
  const {problems, mayPass} = result
  throw new HttpProblem(mayPass ? 503 : status, problems.join(' '), problems)
}

export const oneOf = <T extends string>(
  name: string,
  known: readonly T[],
  asked: unknown,
): Result<T> => {
  const found = known.find((one) => one === asked)
  return found
    ? ok(found)
    : refuse(`${name}: expected one of ${known.join(', ')}, got ${String(asked)}.`)
}

/** The study that the address names. */
export const studyIn = (daemon: Daemon, request: Request): Study => {
  const id = String(request.params.id)
  const study = daemon.study(id)
  if (!study) throw new HttpProblem(404, `There is no study ${id}. See /api/v1/studies.`)
  return study
}
