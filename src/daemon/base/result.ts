/** An expected failure is a value: `problems` are whole sentences a person can act on. */
export type Result<T> =
  | {readonly ok: true; readonly value: T}
  | {
      readonly ok: false
      readonly problems: readonly string[]
      /** It may go away by itself, or by what somebody does elsewhere: the same may be tried again. */
      readonly mayPass?: true
    }

export const ok = <T>(value: T): Result<T> => ({ok: true, value})

export const refuse = <T = never>(...problems: readonly string[]): Result<T> => ({
  ok: false,
  problems,
})

/** What may go well at another time. */
export const refuseForNow = <T = never>(...problems: readonly string[]): Result<T> => ({
  ok: false,
  problems,
  mayPass: true,
})
