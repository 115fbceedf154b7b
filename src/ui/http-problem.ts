/** A request that is turned down, as a status and a sentence that a person can act on. */
export class HttpProblem extends Error {
  readonly status: number

  constructor(status: number, detail: string) {
    super(detail)
    this.status = status
  }
}
