/** A chip on a heat sink in a room whose temperature follows the day. Pure. */
export type ThermalPlant = {
  /** Mean over the day, and how far it swings up in the afternoon and down at night. */
  readonly ambient: {readonly meanC: number; readonly swingC: number}
  readonly chipToSinkKPerW: number
  readonly chipJPerK: number
  readonly sinkToAirKPerW: number
  readonly sinkJPerK: number
  /** A fan's steps: from `fromC` of the chip on the sink gives off its heat at `sinkToAirKPerW`. */
  readonly fan: readonly {readonly fromC: number; readonly sinkToAirKPerW: number}[]
  /** The fan goes back a step so far below where it came on. */
  readonly fanHysteresisC: number
}

export type ThermalState = {
  readonly chipC: number
  readonly sinkC: number
  /** Steps of the fan that are on. */
  readonly fan: number
}

const dayS = 86_400
/** Two half seconds: the chip's own time constant is some ten seconds. */
const substeps = 2

/** Simulations begin at nine in the morning; the day is warmest at three in the afternoon. */
const ambientC = ({ambient}: ThermalPlant, seconds: number): number =>
  ambient.meanC + ambient.swingC * Math.sin((2 * Math.PI * seconds) / dayS)

/** The state after one second in which the board took `powerW`. */
export const warm = (
  plant: ThermalPlant,
  state: ThermalState,
  powerW: number,
  seconds: number,
): ThermalState => {
  const airC = ambientC(plant, seconds)
  const toAir = state.fan > 0 ? plant.fan[state.fan - 1].sinkToAirKPerW : plant.sinkToAirKPerW
  let {chipC, sinkC} = state
  for (let i = 0; i < substeps; i++) {
    const toSinkW = (chipC - sinkC) / plant.chipToSinkKPerW
    const toAirW = (sinkC - airC) / toAir
    chipC += (powerW - toSinkW) / plant.chipJPerK / substeps
    sinkC += (toSinkW - toAirW) / plant.sinkJPerK / substeps
  }
  return {chipC, sinkC, fan: fanStep(plant, state.fan, chipC)}
}

const fanStep = ({fan, fanHysteresisC}: ThermalPlant, now: number, chipC: number): number => {
  if (now < fan.length && chipC >= fan[now].fromC) return now + 1
  return now > 0 && chipC < fan[now - 1].fromC - fanHysteresisC ? now - 1 : now
}
