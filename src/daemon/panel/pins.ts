/** Pins of the header, by their number on it, whatever drives them. */
import type {Result} from '../base/result.ts'

export interface Pins {
  /** Makes the pin an output, low at first. The function sets its level. */
  readonly openOutput: (pin: number) => Promise<Result<(isHigh: boolean) => void>>
  /** Makes the pin an input and tells its level about twenty times a second. */
  readonly watchInput: (
    pin: number,
    onSample: (isHigh: boolean) => void,
  ) => Promise<Result<undefined>>
  /** Lets go of all of them. */
  readonly release: () => void
}
