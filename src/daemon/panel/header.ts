/** The 40-pin header of a Jetson Nano, its pins by their place on it. Pure. */

/**
 * What the kernel calls each pin that is free for a signal of one's own: its number in the chip `tegra-gpio`. The others
 * carry 3.3 V (1, 17), 5 V (2, 4), ground (6, 9, 14, 20, 25, 30, 34, 39), I²C (3, 5, 27, 28) and the serial port (8, 10).
 */
const numberOf: Readonly<Record<number, number>> = {
  7: 216,
  11: 50,
  12: 79,
  13: 14,
  15: 194,
  16: 232,
  18: 15,
  19: 16,
  21: 17,
  22: 13,
  23: 18,
  24: 19,
  26: 20,
  29: 149,
  31: 200,
  32: 168,
  33: 38,
  35: 76,
  36: 51,
  37: 12,
  38: 77,
  40: 78,
}

/** The pins that a light or a button can hang on, in order. */
export const usablePins: readonly number[] = Object.keys(numberOf).map(Number)

/** The kernel's number of one of `usablePins`, where the chip's numbers begin at `base`. */
export const kernelNumber = (pin: number, base: number): number => {
  const number = numberOf[pin]
  if (number === undefined) throw new Error(`pin ${pin} of the header carries no signal`)
  return base + number
}

/** Whether the device tree's list of what the board is compatible with names a Nano, of 4 or 2 GB. */
export const isNano = (compatible: string): boolean =>
  /nvidia,(jetson-nano|[^\0]*p3448-000)/.test(compatible)

/** What the Nano's own GPIO chip is called: by L4T's kernel 4.9, and by newer ones, which count from some base. */
export const isOwnChip = (label: string): boolean =>
  label === 'tegra-gpio' || label === '6000d000.gpio'
