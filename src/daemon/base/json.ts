/** Any JSON value. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | {readonly [key: string]: Json}

/** `temperaturesC` is `temperatures_c` to the outside. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Whether lists and objects stand in each other more than `levels` deep, as they do without end in a circle. */
export const isDeeperThan = (levels: number, value: unknown): boolean => {
  let here = [value]
  for (let level = 0; here.length > 0; level++) {
    here = here.filter((one) => typeof one === 'object' && one !== null)
    if (level === levels) return here.length > 0
    here = here.flatMap((one) => Object.values(one as object)) // just filtered
  }
  return false
}
