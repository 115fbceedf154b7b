/** A light on the GPIO header, where the person has wired one. It shows; it decides nothing. */
import {accessSync, constants} from 'node:fs'
import {type Log, reasonOf} from '../base/log.ts'
import type {Light} from './meaning.ts'

export interface Panel {
  readonly show: (light: Light) => void
  /** Switches the light off and lets go of the pin. */
  readonly close: () => void
}

const noPanel: Panel = {show: () => {}, close: () => {}}

const halfPeriodMs: Readonly<Partial<Record<Light, number>>> = {
  'slow-blink': 1000,
  'fast-blink': 150,
}

/** `ledGpio` is the kernel's number of the pin (216 is pin 7 of a Nano). Without one, or where it fails, no light. */
export const openPanel = async (options: {
  readonly ledGpio?: number
  readonly log: Log
}): Promise<Panel> => {
  const {ledGpio, log} = options
  if (ledGpio === undefined) return noPanel
  try {
    // onoff waits without end, blocking everything, for a pin that it may not use.
    accessSync('/sys/class/gpio/export', constants.W_OK)
    const {Gpio} = await import('onoff')
    const pin = new Gpio(ledGpio, 'low')
    return blinking({
      set: (isOn) => pin.writeSync(isOn ? 1 : 0),
      release: () => pin.unexport(),
    })
  } catch (error) {
    log.warn(
      `The light on GPIO ${ledGpio} cannot be used and stays off: ${reasonOf(error).split('\n')[0]}`,
    )
    return noPanel
  }
}

/** A panel on one switchable light. */
export const blinking = (lamp: {
  readonly set: (isOn: boolean) => void
  readonly release: () => void
}): Panel => {
  let shown: Light = 'off'
  let timer: NodeJS.Timeout | undefined
  const show = (light: Light) => {
    if (light === shown) return
    shown = light
    clearInterval(timer)
    let isOn = light !== 'off'
    lamp.set(isOn)
    const periodMs = halfPeriodMs[light]
    if (periodMs === undefined) return
    timer = setInterval(() => {
      isOn = !isOn
      lamp.set(isOn)
    }, periodMs)
    timer.unref()
  }
  return {
    show,
    close: () => {
      show('off')
      lamp.release()
    },
  }
}
