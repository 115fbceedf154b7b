/** How the panel's one light behaves. */
export type Light = 'off' | 'on' | 'slow-blink' | 'fast-blink'

/** What the light should say: fast is trouble, slow is held back, on is training, off is idle. Pure. */
export const lightFor = (now: {
  readonly isTraining: boolean
  readonly isHeldBack: boolean
  readonly hasTrouble: boolean
}): Light => {
  if (now.hasTrouble) return 'fast-blink'
  if (!now.isTraining) return 'off'
  return now.isHeldBack ? 'slow-blink' : 'on'
}

/** After so long it changes between on and off; undefined for one that stays as it is. */
export const halfPeriodMs = (light: Light): number | undefined => {
  switch (light) {
    case 'off':
    case 'on':
      return undefined
    case 'slow-blink':
      return 1000
    case 'fast-blink':
      return 150
  }
}
