/** A light and a button on the GPIO header, where the person has wired them. Shows and hears; decides nothing. */
import type {Clock} from '../base/clock.ts'
import type {Log} from '../base/log.ts'
import type {Result} from '../base/result.ts'
import {type Press, sampleButton, unseenButton} from './button.ts'
import {type Lamp, patternLamp} from './lamp.ts'
import type {Light} from './light.ts'
import type {Pins} from './pins.ts'

export interface Panel {
  readonly show: (light: Light) => void
  /** Switches the light off and lets go of the pins. */
  readonly close: () => void
}

export type PanelOptions = {
  readonly ledPin?: number
  /** A button between this pin and ground, with a resistor that pulls it up. */
  readonly buttonPin?: number
  readonly onPress: (press: Press) => void
  /** Asked only where there is a pin to open. */
  readonly openPins: () => Promise<Result<Pins>>
  readonly clock: Clock
  readonly log: Log
}

const noPanel: Panel = {show: () => {}, close: () => {}}
const noLamp: Lamp = {show: () => {}, blinkOnce: () => {}, close: () => {}}

/** Where a pin cannot be used the log says so once, and the rest of the panel works without it. */
export const openPanel = async (options: PanelOptions): Promise<Panel> => {
  const {ledPin, buttonPin, log} = options
  if (ledPin === undefined && buttonPin === undefined) return noPanel
  const pins = await options.openPins()
  if (!pins.ok) {
    log.warn(`No light and no button: ${pins.problems.join(' ')}`)
    return noPanel
  }
  const lamp = ledPin === undefined ? noLamp : await openLamp(ledPin, pins.value, log)
  if (buttonPin !== undefined) await watchButton(buttonPin, pins.value, lamp, options)
  return {
    show: lamp.show,
    close: () => {
      lamp.close()
      pins.value.release()
    },
  }
}

const openLamp = async (pin: number, pins: Pins, log: Log): Promise<Lamp> => {
  const output = await pins.openOutput(pin)
  if (output.ok) return patternLamp(output.value)
  log.warn(`The light on pin ${pin} stays off: ${output.problems.join(' ')}`)
  return noLamp
}

const watchButton = async (
  pin: number,
  pins: Pins,
  lamp: Lamp,
  {onPress, clock, log}: PanelOptions,
) => {
  let button = unseenButton
  const input = await pins.watchInput(pin, (isHigh) => {
    const sampled = sampleButton(button, {isDown: !isHigh, atMs: clock.monotonicMs()})
    button = sampled.button
    if (!sampled.press) return
    lamp.blinkOnce()
    onPress(sampled.press)
  })
  if (!input.ok) log.warn(`The button on pin ${pin} does nothing: ${input.problems.join(' ')}`)
}
