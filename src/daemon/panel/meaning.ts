/** How the panel's one light behaves. */
export type Light = 'off' | 'on' | 'slow-blink' | 'fast-blink'

/** What the light should say: fast is trouble, slow is held back, on is training, off is idle. Pure. */
export const meaningOf = (now: {
  readonly isTraining: boolean
  readonly isHeldBack: boolean
  readonly hasTrouble: boolean
}): Light => {
  if (now.hasTrouble) return 'fast-blink'
  if (!now.isTraining) return 'off'
  return now.isHeldBack ? 'slow-blink' : 'on'
}
