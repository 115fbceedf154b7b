/** A reading as a row of large numbers. What was not measured has no tile. */
import {boardPowerW} from '../../daemon/telemetry/power.ts'
import type {Reading} from '../../daemon/telemetry/reading.ts'
import {type Html, html} from '../html.ts'
import {formatBytes} from './format.ts'

type Tile = {readonly label: string; readonly value: string; readonly note?: string}

/** What a glance needs: heat, power, memory, load. */
export const mainTiles = (reading: Reading): Html =>
  tileRow([...heat(reading), ...power(reading), ...memory(reading), ...load(reading)])

/** Everything that was read, by zone and rail. */
export const allTiles = (reading: Reading): Html =>
  tileRow([
    ...Object.entries(reading.temperaturesC).map(([zone, celsius]) => ({
      label: zone,
      value: `${celsius.toFixed(1)} °C`,
    })),
    ...Object.entries(reading.powersW).map(([rail, watts]) => ({
      label: rail,
      value: `${watts.toFixed(2)} W`,
      ...known(reading.voltagesV[rail], (volts) => `${volts.toFixed(2)} V`),
    })),
    ...memory(reading),
    ...measured(reading.swapUsedBytes, 'Swap used', formatBytes),
    ...load(reading),
    ...measured(reading.fanShare, 'Fan', percent),
    ...(reading.powerMode ? [{label: 'Power mode', value: reading.powerMode}] : []),
  ])

const tileRow = (tiles: readonly Tile[]): Html =>
  html`<dl class="tiles">${tiles.map(
    ({label, value, note}) =>
      html`<div><dt>${label}</dt><dd>${value}${note && html`<small>${note}</small>`}</dd></div>`,
  )}</dl>`

const heat = ({temperaturesC}: Reading): readonly Tile[] => {
  const [hottest] = Object.entries(temperaturesC).sort(([, a], [, b]) => b - a)
  if (!hottest) return []
  const [zone, celsius] = hottest
  return [{label: 'Temperature', value: `${Math.round(celsius)} °C`, note: zone}]
}

const power = (reading: Reading): readonly Tile[] =>
  measured(boardPowerW(reading), 'Power', (watts) => `${watts.toFixed(1)} W`)

const memory = (reading: Reading): readonly Tile[] =>
  measured(reading.memoryAvailableBytes, 'Memory free', formatBytes).map((tile) => ({
    ...tile,
    ...known(reading.memoryTotalBytes, (total) => `of ${formatBytes(total)}`),
  }))

const load = (reading: Reading): readonly Tile[] => [
  ...measured(reading.cpuLoad, 'CPU load', percent).map((tile) => ({
    ...tile,
    ...known(reading.cpuFrequencyHz, frequency),
  })),
  ...(reading.gpuPower === 'off'
    ? [{label: 'GPU', value: 'off'}]
    : measured(reading.gpuLoad, 'GPU load', percent).map((tile) => ({
        ...tile,
        ...known(reading.gpuFrequencyHz, frequency),
      }))),
]

const measured = (
  value: number | undefined,
  label: string,
  words: (value: number) => string,
): readonly Tile[] => (value === undefined ? [] : [{label, value: words(value)}])

const known = (value: number | undefined, words: (value: number) => string) =>
  value === undefined ? {} : {note: words(value)}

const percent = (share: number): string => `${Math.round(share * 100)} %`

const frequency = (hertz: number): string => `${Math.round(hertz / 1e6)} MHz`
