/**
 * Which files the log is made of. A segment is what was recorded without a break within one hour of the clock: a file
 * of its seconds, and once it is over two files of it thinned. Pure: what to read, what to delete.
 */
export const resolutions = ['1s', '10s', '1min'] as const
export type Resolution = (typeof resolutions)[number]

export const spanMs: Readonly<Record<Resolution, number>> = {
  '1s': 1_000,
  '10s': 10_000,
  '1min': 60_000,
}

export const hourMs = 3_600_000

/** How much recorded time is kept, in ms. */
const keptMs: Readonly<Record<Resolution, number>> = {
  '1s': hourMs,
  '10s': 24 * hourMs,
  '1min': 90 * 24 * hourMs,
}

export type SegmentFile = {
  /** Segments in the order in which they were recorded, whatever the clock said. */
  readonly sequence: number
  readonly startMs: number
  /** When its last reading was taken. Absent in files of seconds: they are named before it is known. */
  readonly endMs?: number
  readonly resolution: Resolution
  readonly bytes: number
}

/** What a file's name says. */
export type FileIdentity = Omit<SegmentFile, 'bytes'>

export type Segment = {
  readonly sequence: number
  readonly startMs: number
  /** Where it is not known, what it cannot go beyond. */
  readonly endMs: number
  /** Whether it has been thinned. */
  readonly isFinished: boolean
  /** The finest first. */
  readonly files: readonly SegmentFile[]
}

export const fileName = ({sequence, startMs, endMs, resolution}: FileIdentity): string => {
  const times = endMs === undefined ? startMs : `${startMs}-${endMs}`
  return `${String(sequence).padStart(8, '0')}-${times}.${resolution}.ndjson.gz`
}

/** Undefined where the name is not one of ours. */
export const parseFileName = (name: string): FileIdentity | undefined => {
  const [, sequence, startMs, endMs, ending] =
    /^(\d{8,})-(\d+)(?:-(\d+))?\.(\w+)\.ndjson\.gz$/.exec(name) ?? []
  const resolution = resolutions.find((known) => known === ending)
  if (sequence === undefined || startMs === undefined || !resolution) return undefined
  return {
    sequence: Number(sequence),
    startMs: Number(startMs),
    ...(endMs === undefined ? {} : {endMs: Number(endMs)}),
    resolution,
  }
}

/** The segments that the files make up, in the order in which they were recorded. */
export const segmentsOf = (files: Iterable<SegmentFile>): readonly Segment[] => {
  const bySequence = new Map<number, SegmentFile[]>()
  for (const file of files) {
    const own = bySequence.get(file.sequence)
    if (own) own.push(file)
    else bySequence.set(file.sequence, [file])
  }
  return [...bySequence.values()].map(segmentOf).sort((a, b) => a.sequence - b.sequence)
}

const segmentOf = (files: readonly SegmentFile[]): Segment => {
  const [{sequence, startMs}] = files
  return {
    sequence,
    startMs,
    endMs: files.find((file) => file.endMs !== undefined)?.endMs ?? startMs + hourMs,
    isFinished: files.some((file) => file.resolution === '1min'),
    files: files.toSorted((a, b) => spanMs[a.resolution] - spanMs[b.resolution]),
  }
}

/**
 * The files to read of a segment, best first (the next where one has just been deleted): the coarsest that is fine
 * enough, then coarser ones, for nothing finer is left.
 */
export const filesToRead = (segment: Segment, resolution: Resolution): readonly SegmentFile[] => {
  const tooCoarse = segment.files.findIndex((file) => spanMs[file.resolution] > spanMs[resolution])
  const fineEnough = tooCoarse === -1 ? segment.files.length : tooCoarse
  return segment.files.slice(Math.max(0, fineEnough - 1))
}

/** SD cards give room by the block. */
const blockBytes = 4096

/**
 * The files that have had their time. Time is counted as it was recorded, from the newest segment back, and never by
 * the clock: one that jumps ahead must not cost 90 days. Beyond `mostBytes` the oldest go in any case.
 */
export const outdated = (
  segments: readonly Segment[],
  mostBytes: number,
): readonly SegmentFile[] => {
  let recordedMs = 0
  let bytes = 0
  return segments.toReversed().flatMap((segment) => {
    const gone = segment.files.filter((file) => {
      bytes += Math.ceil(file.bytes / blockBytes) * blockBytes
      return bytes > mostBytes || (segment.isFinished && recordedMs >= keptMs[file.resolution])
    })
    if (segment.isFinished) recordedMs += segment.endMs - segment.startMs + spanMs['1s']
    return gone
  })
}
