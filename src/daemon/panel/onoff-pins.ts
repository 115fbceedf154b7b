/** The pins of a real Jetson Nano, by the package onoff over the kernel's files in /sys/class/gpio. */
import {accessSync, constants, existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createRequire, Module} from 'node:module'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Gpio} from 'onoff'
import {type Log, reasonOf} from '../base/log.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import {isNano, isOwnChip, kernelNumber} from './header.ts'
import type {Pins} from './pins.ts'

const folder = '/sys/class/gpio'
const sampleEveryMs = 50

/** Refuses in a sentence where this is no Nano, or has no pins that this user may use. */
export const openOnoffPins = async (log: Log): Promise<Result<Pins>> => {
  const base = findBase()
  if (!base.ok) return base
  const gpio = loadOnoff()
  if (!gpio.ok) return gpio
  const opened: Gpio[] = []
  const timers: NodeJS.Timeout[] = []

  const open = async (pin: number, direction: 'low' | 'in'): Promise<Result<Gpio>> => {
    const number = kernelNumber(pin, base.value)
    try {
      await exportPin(number)
      const one = new gpio.value(number, direction, undefined, {activeLow: false})
      opened.push(one)
      const found = one.direction()
      return found === (direction === 'in' ? 'in' : 'out')
        ? ok(one)
        : refuse(`expected the kernel to take it as ${direction}, but it is ${found}.`)
    } catch (cause) {
      return refuse(`the kernel refuses GPIO ${number}: ${firstLineOf(cause)}`)
    }
  }

  return ok({
    openOutput: async (pin) => {
      const one = await open(pin, 'low')
      return one.ok ? ok((isHigh: boolean) => one.value.writeSync(isHigh ? 1 : 0)) : one
    },
    watchInput: async (pin, onSample) => {
      const one = await open(pin, 'in')
      if (!one.ok) return one
      const timer = setInterval(() => {
        try {
          onSample(one.value.readSync() === 1)
        } catch (cause) {
          clearInterval(timer)
          log.warn(`The button on pin ${pin} is no longer read: ${firstLineOf(cause)}`)
        }
      }, sampleEveryMs).unref()
      timers.push(timer)
      return ok(undefined)
    },
    release: () => {
      for (const timer of timers) clearInterval(timer)
      for (const one of opened) one.unexport()
    },
  })
}

/** From where the kernel counts the Nano's own pins. */
const findBase = (): Result<number> => {
  if (!isNano(textOf('/proc/device-tree/compatible'))) {
    return refuse('this is no Jetson Nano, and where the pins of another header lead is not known.')
  }
  if (!existsSync(`${folder}/export`)) {
    return refuse(`this system has no GPIO in ${folder}; JetPack 6 and newer have none.`)
  }
  try {
    accessSync(`${folder}/export`, constants.W_OK)
  } catch {
    return refuse(`${folder}/export cannot be written. Put this user into the group \`gpio\`.`)
  }
  const chip = readdirSync(folder).find(
    (name) => name.startsWith('gpiochip') && isOwnChip(textOf(`${folder}/${name}/label`)),
  )
  const base = Number.parseInt(chip ? textOf(`${folder}/${chip}/base`) : '', 10)
  return Number.isInteger(base) ? ok(base) : refuse(`no chip in ${folder} is called tegra-gpio.`)
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    // Missing on every other machine.
    return ''
  }
}

/**
 * onoff needs the native package `epoll` for interrupts alone. It isn't built here, and on JetPack nothing could build it;
 * inputs are read by a timer, so an empty one in its place does.
 */
const loadOnoff = (): Result<typeof Gpio> => {
  const require = createRequire(import.meta.url)
  try {
    const epoll = createRequire(require.resolve('onoff')).resolve('epoll')
    const standIn = new Module(epoll)
    standIn.exports = {Epoll: class {}}
    standIn.loaded = true
    require.cache[epoll] = standIn
    return ok(require('onoff').Gpio)
  } catch (cause) {
    return refuse(`the package onoff cannot be loaded: ${firstLineOf(cause)}`)
  }
}

/**
 * Asks the kernel for the pin and waits until udev has handed its files over, a moment later: onoff would wait for them
 * too, but by blocking everything.
 */
const exportPin = async (number: number): Promise<void> => {
  const pin = `${folder}/gpio${number}`
  // It is there already when a Simmer was killed, or another program uses it.
  if (!existsSync(pin)) writeFileSync(`${folder}/export`, String(number))
  for (let waits = 20; ; waits--) {
    try {
      for (const name of ['value', 'direction', 'active_low']) {
        accessSync(`${pin}/${name}`, constants.R_OK | constants.W_OK)
      }
      return
    } catch (cause) {
      if (waits === 0) throw cause
      await sleep(50)
    }
  }
}

const firstLineOf = (cause: unknown): string => reasonOf(cause).split('\n')[0] ?? ''
