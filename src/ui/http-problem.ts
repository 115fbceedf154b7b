/** A request that is turned down, as a status and a sentence that a person can act on. */
export class HttpProblem extends Error {
  readonly status: number
  /** Where several things may be wrong: a sentence for each. */
  readonly problems: readonly string[] | undefined

  constructor(status: number, detail: string, problems?: readonly string[]) {
    super(detail)
    this.status = status
    this.problems = problems
  }
}
