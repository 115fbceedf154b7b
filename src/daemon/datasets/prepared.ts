/**
 * A data set as one file that a training process reads in an instant. Layout: 8 bytes of magic and version, the length
 * of the header (uint32, little-endian), the header as JSON, then train pixels, train labels, test pixels, test labels.
 */
import {createHash} from 'node:crypto'
import {
  closeSync,
  createReadStream,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs'
import {mkdir, open} from 'node:fs/promises'
import {dirname} from 'node:path'
import {z} from 'zod'
import type {Dataset, DatasetSamples, LabeledImages, PreparedDataset} from './dataset.ts'

const magic = Buffer.from('SIMMER01')

const headerSchema = z.object({
  name: z.string(),
  classes: z.array(z.string()).min(2).max(256),
  height: z.int().positive(),
  width: z.int().positive(),
  channels: z.union([z.literal(1), z.literal(3)]),
  trainCount: z.int().positive(),
  testCount: z.int().positive(),
  /** Of everything after the header, hex. */
  sha256: z.string(),
})

type Header = z.infer<typeof headerSchema>

/** Writes the file whole or not at all: under another name first, synced, then renamed. */
export const writePrepared = async (file: string, dataset: Dataset): Promise<void> => {
  const {name, classes, height, width, channels, train, test} = dataset
  const parts = [train.pixels, train.labels, test.pixels, test.labels]
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  const header = Buffer.from(
    JSON.stringify({
      name,
      classes,
      height,
      width,
      channels,
      trainCount: train.labels.length,
      testCount: test.labels.length,
      sha256: hash.digest('hex'),
    }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  await mkdir(dirname(file), {recursive: true})
  const temporary = `${file}.${process.pid}.tmp`
  const handle = openSync(temporary, 'w')
  try {
    for (const part of [magic, length, header, ...parts]) writeAll(handle, part)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(temporary, file)
}

/** Reads the file and checks all of it. Throws where it is missing or damaged. */
export const readPrepared = (file: string): Dataset => {
  const content = readFileSync(file)
  const {header, bodyStart} = parseHeader(content)
  const body = content.subarray(bodyStart)
  const {name, classes, height, width, channels, trainCount, testCount, sha256} = header
  const size = height * width * channels
  if (body.length !== (trainCount + testCount) * (size + 1)) {
    throw new Error(
      `it should hold ${(trainCount + testCount) * (size + 1)} bytes of pictures, but holds ${body.length}`,
    )
  }
  if (createHash('sha256').update(body).digest('hex') !== sha256) {
    throw new Error('its checksum does not hold')
  }
  const trainBytes = trainCount * (size + 1)
  return {
    name,
    classes,
    height,
    width,
    channels,
    train: labeledImages(body.subarray(0, trainBytes), trainCount * size),
    test: labeledImages(body.subarray(trainBytes), testCount * size),
  }
}

/** Reads all of the file in portions and checks it; the daemon goes on answering. Throws where it is missing or damaged. */
export const checkPrepared = async (file: string, signal?: AbortSignal): Promise<void> => {
  const {header, bodyStart} = parseHeader(startOf(file))
  const expected = (header.trainCount + header.testCount) * (pictureBytes(header) + 1)
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file, {
    start: bodyStart,
    ...(signal ? {signal} : {}),
  })) {
    hash.update(chunk)
    bytes += chunk.length
  }
  if (bytes !== expected) {
    throw new Error(`it should hold ${expected} bytes of pictures, but holds ${bytes}`)
  }
  if (hash.digest('hex') !== header.sha256) throw new Error('its checksum does not hold')
}

/** The first training pictures of each class. Reads only them. */
export const readSamples = async (file: string, perClass: number): Promise<DatasetSamples> => {
  const {header, bodyStart} = parseHeader(startOf(file))
  const {classes, height, width, channels, trainCount} = header
  const size = pictureBytes(header)
  const handle = await open(file)
  try {
    const labels = new Uint8Array(trainCount)
    await handle.read(labels, 0, trainCount, bodyStart + trainCount * size)
    const pixels = new Uint8Array(classes.length * perClass * size)
    const found = classes.map(() => 0)
    for (const [index, label] of labels.entries()) {
      const place = found[label]
      if (place === undefined || place >= perClass) continue
      found[label] = place + 1
      await handle.read(pixels, (label * perClass + place) * size, size, bodyStart + index * size)
    }
    return {height, width, channels, classes, perClass, pixels}
  } finally {
    await handle.close()
  }
}

/** What the file holds, without reading its pictures; undefined where it is not a whole prepared data set. */
export const describePrepared = (file: string): PreparedDataset | undefined => {
  try {
    const {sha256: _, ...facts} = parseHeader(startOf(file)).header
    return {...facts, file}
  } catch {
    // Missing or damaged: it is prepared anew.
    return undefined
  }
}

/** More than any header is long. */
const startOf = (file: string): Buffer => {
  const handle = openSync(file, 'r')
  try {
    const start = Buffer.alloc(64 * 1024)
    return start.subarray(0, readSync(handle, start))
  } finally {
    closeSync(handle)
  }
}

const pictureBytes = ({height, width, channels}: Header): number => height * width * channels

const parseHeader = (content: Buffer): {readonly header: Header; readonly bodyStart: number} => {
  if (!content.subarray(0, 8).equals(magic))
    throw new Error('it is no prepared data set of this version')
  const bodyStart = 12 + content.readUInt32LE(8)
  return {
    header: headerSchema.parse(JSON.parse(content.toString('utf8', 12, bodyStart))),
    bodyStart,
  }
}

const labeledImages = (bytes: Buffer, pixelBytes: number): LabeledImages => ({
  pixels: new Uint8Array(bytes.buffer, bytes.byteOffset, pixelBytes),
  labels: new Uint8Array(bytes.buffer, bytes.byteOffset + pixelBytes, bytes.length - pixelBytes),
})

const writeAll = (handle: number, bytes: Uint8Array) => {
  for (let start = 0; start < bytes.length; ) start += writeSync(handle, bytes, start)
}
