/** What a button's level over time means: short presses and long ones, without what bounces. Pure. */

/** `short` when a press ends in time, `long` while it is still held. */
export type Press = 'short' | 'long'

/** What is believed of the button, and since when its level says otherwise. */
export type Button = {
  readonly differsSinceMs?: number | undefined
  readonly sampledAtMs?: number
} & (
  | {readonly state: 'released'}
  | {readonly state: 'pressed'; readonly pressedAtMs: number}
  /** Down, and nothing more comes of it until it is released. */
  | {readonly state: 'held'}
)

/** Until it has been seen released it counts as held: a wire that hangs at one level presses nothing. */
export const unseenButton: Button = {state: 'held'}

/** Contacts bounce for less than this. */
const bounceMs = 40
/** Whoever holds it longer and lets go before it is a long press has changed their mind. */
const shortAtMostMs = 1_500
const longMs = 5_000
/** After a longer gap nobody knows whether it was held all the while. */
const gapMs = 500

/** Takes one sample in, by a clock that never jumps; at most one press comes of it. */
export const sampleButton = (
  before: Button,
  {isDown, atMs}: {readonly isDown: boolean; readonly atMs: number},
): {readonly button: Button; readonly press?: Press} => {
  const button = wasMissed(before, atMs) ? unseenButton : before
  if (isDown === (button.state !== 'released')) {
    return button.state === 'pressed' && atMs - button.pressedAtMs >= longMs
      ? {button: {state: 'held', sampledAtMs: atMs}, press: 'long'}
      : {button: {...button, differsSinceMs: undefined, sampledAtMs: atMs}}
  }
  const sinceMs = button.differsSinceMs ?? atMs
  if (atMs - sinceMs < bounceMs) {
    return {button: {...button, differsSinceMs: sinceMs, sampledAtMs: atMs}}
  }
  if (isDown) return {button: {state: 'pressed', pressedAtMs: sinceMs, sampledAtMs: atMs}}
  const isShort = button.state === 'pressed' && sinceMs - button.pressedAtMs <= shortAtMostMs
  return {
    button: {state: 'released', sampledAtMs: atMs},
    ...(isShort ? {press: 'short' as const} : {}),
  }
}

const wasMissed = ({sampledAtMs}: Button, atMs: number): boolean =>
  sampledAtMs !== undefined && atMs - sampledAtMs > gapMs
