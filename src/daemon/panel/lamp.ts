/** One lamp that shows a light's pattern. */
import {halfPeriodMs, type Light} from './light.ts'

export interface Lamp {
  readonly show: (light: Light) => void
  /** The other way for a moment: heard. */
  readonly blinkOnce: () => void
  readonly close: () => void
}

const onceMs = 200

/** `switchLamp` is told what it is to be now, only when that changes. Closed, it is off. */
export const patternLamp = (switchLamp: (isOn: boolean) => void): Lamp => {
  let shown: Light = 'off'
  let isOn = false
  let beat: NodeJS.Timeout | undefined
  let once: NodeJS.Timeout | undefined
  const turn = (next: boolean) => {
    isOn = next
    switchLamp(isOn)
  }
  const show = (light: Light) => {
    if (light === shown) return
    shown = light
    clearInterval(beat)
    clearTimeout(once)
    turn(light !== 'off')
    const periodMs = halfPeriodMs(light)
    if (periodMs !== undefined) beat = setInterval(() => turn(!isOn), periodMs).unref()
  }
  return {
    show,
    blinkOnce: () => {
      clearTimeout(once)
      switchLamp(!isOn)
      once = setTimeout(() => switchLamp(isOn), onceMs).unref()
    },
    close: () => {
      show('off')
      clearTimeout(once)
    },
  }
}
