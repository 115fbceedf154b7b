/** An expected failure is a value: `problems` are whole sentences a person can act on. */
export type Result<T> =
  | {readonly ok: true; readonly value: T}
  | {readonly ok: false; readonly problems: readonly string[]}

export const ok = <T>(value: T): Result<T> => ({ok: true, value})

export const refuse = <T = never>(...problems: readonly string[]): Result<T> => ({
  ok: false,
  problems,
})
