/** Turns the content of downloaded files into a data set, each family in its own way. */
import {setImmediate as yieldToOthers} from 'node:timers/promises'
import {ok, type Result, refuse} from '../base/result.ts'
import type {CatalogueSet} from './catalogue.ts'
import type {Content} from './content.ts'
import type {Dataset, LabeledImages} from './dataset.ts'
import {parseIdxImages, parseIdxLabels} from './idx.ts'
import type {Image} from './image.ts'
import {parseJpeg} from './jpeg.ts'
import {parsePgm} from './pgm.ts'
import {drawRailSignals} from './rail-signals/rail-signals.ts'
import {resize} from './resize.ts'
import {stratifiedSplit} from './split.ts'

export type Building = {
  readonly set: CatalogueSet
  /** By the name of the file. */
  readonly contents: ReadonlyMap<string, Content>
  readonly report: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** Builds the set, or says which of its pictures cannot be read. */
export const buildDataset = async (building: Building): Promise<Result<Dataset>> => {
  const {set} = building
  const built = await readPictures(building)
  if (!built.ok) return refuse(...built.problems.map((problem) => `${set.name}: ${problem}`))
  const counts = [built.value.train.labels.length, built.value.test.labels.length]
  return counts[0] === set.trainCount && counts[1] === set.testCount
    ? built
    : refuse(
        `${set.name}: expected ${set.trainCount} training and ${set.testCount} test pictures, found ${counts.join(' and ')}.`,
      )
}

const readPictures = (building: Building): Promise<Result<Dataset>> => {
  const {read} = building.set
  switch (read.kind) {
    case 'idx':
      return Promise.resolve(fromIdx(building, read))
    case 'jpeg-folders':
      return fromJpegFolders(building, read)
    case 'named-pgm':
      return fromNamedPgm(building, read)
    case 'rail-signals':
      return drawRailSignals(building)
  }
}

type Reading<K> = Extract<CatalogueSet['read'], {kind: K}>

const fromIdx = ({set, contents}: Building, read: Reading<'idx'>): Result<Dataset> => {
  const part = ({images, labels}: {readonly images: string; readonly labels: string}) => {
    const pictures = parseIdxImages(bytesOf(contents, images))
    const marks = parseIdxLabels(bytesOf(contents, labels))
    if (!pictures.ok) return refuse(`${images}: ${pictures.problems.join(' ')}.`)
    if (!marks.ok) return refuse(`${labels}: ${marks.problems.join(' ')}.`)
    return ok({...pictures.value, labels: marks.value})
  }
  const train = part(read.train)
  const test = part(read.test)
  if (!train.ok) return train
  if (!test.ok) return test
  const {height, width} = train.value
  return ok({
    name: set.name,
    classes: set.classes,
    height,
    width,
    channels: 1,
    train: {pixels: train.value.pixels, labels: train.value.labels},
    test: {pixels: test.value.pixels, labels: test.value.labels},
  })
}

type Picture = {readonly label: number; readonly image: Image}

const fromJpegFolders = async (
  building: Building,
  read: Reading<'jpeg-folders'>,
): Promise<Result<Dataset>> => {
  const {set} = building
  const files = filesOf(building.contents, read.archive)
  const wanted = [...files].flatMap(([path, bytes]) => {
    // <folder>/<train or test>/<class>/<picture>.jpg
    const [className, part] = path.split('/').slice(-3, -1).reverse()
    return path.startsWith(`${read.folder}/`)
      ? [{path, bytes, part, label: set.classes.indexOf(className ?? '')}]
      : []
  })
  const decoded = await decodeAll(building, wanted, ({path, bytes}) => {
    const image = parseJpeg(bytes, read.channels)
    return image.ok ? image : refuse(`${path}: ${image.problems.join(' ')}.`)
  })
  if (!decoded.ok) return decoded
  const pictures = wanted.map(({part, label}, index) => ({
    part,
    label,
    image: decoded.value[index],
  }))
  const partOf = (name: string) =>
    pictures.flatMap(({part, label, image}) => (part === name && image ? [{label, image}] : []))
  return datasetOf(set, partOf('train'), partOf('test'))
}

/** Part of the pictures that become the test set, for this family has none of its own. */
const testShare = 0.2
const testSeed = 1997

const fromNamedPgm = async (
  building: Building,
  read: Reading<'named-pgm'>,
): Promise<Result<Dataset>> => {
  const {set} = building
  const wanted = [...filesOf(building.contents, read.archive)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, bytes]) => {
      const word = path.split('/').at(-1)?.replace('.pgm', '').split('_')[read.part] ?? ''
      return {path, bytes, label: set.classes.indexOf(word)}
    })
  const decoded = await decodeAll(building, wanted, ({path, bytes}) => {
    const image = parsePgm(bytes)
    return image.ok
      ? ok(resize(image.value, read.height, read.width))
      : refuse(`${path}: ${image.problems.join(' ')}.`)
  })
  if (!decoded.ok) return decoded
  const pictures = decoded.value.map((image, index) => ({image, label: wanted[index]?.label ?? -1}))
  const labels = Uint8Array.from(pictures, ({label}) => label)
  const {kept, held} = stratifiedSplit(labels, set.classes.length, testShare, testSeed)
  const taken = (indices: Uint32Array) => [...indices].flatMap((index) => pictures[index] ?? [])
  return datasetOf(set, taken(kept), taken(held))
}

/** Decodes in small portions, so that the daemon goes on answering. */
const decodeAll = async <T>(
  {report, signal}: Building,
  items: readonly T[],
  decode: (item: T) => Result<Image>,
): Promise<Result<readonly Image[]>> => {
  const images: Image[] = []
  for (const [index, item] of items.entries()) {
    const image = decode(item)
    if (!image.ok) return image
    images.push(image.value)
    if (index % portion === portion - 1) {
      report(index + 1, items.length)
      await yieldToOthers()
      if (signal?.aborted) return refuse('it was interrupted.')
    }
  }
  return ok(images)
}

const portion = 50

const datasetOf = (
  set: CatalogueSet,
  train: readonly Picture[],
  test: readonly Picture[],
): Result<Dataset> => {
  const first = train[0]?.image
  if (!first || test.length === 0) return refuse('expected training and test pictures, found none.')
  const {height, width, channels} = first
  const odd = [...train, ...test].find(
    ({image, label}) => label < 0 || image.height !== height || image.width !== width,
  )
  if (odd) {
    return refuse(
      `expected pictures of ${width}x${height} in the classes ${set.classes.join(', ')}, found another.`,
    )
  }
  return ok({
    name: set.name,
    classes: set.classes,
    height,
    width,
    channels,
    train: joined(train, height * width * channels),
    test: joined(test, height * width * channels),
  })
}

const joined = (pictures: readonly Picture[], size: number): LabeledImages => {
  const pixels = new Uint8Array(pictures.length * size)
  pictures.forEach(({image}, index) => {
    pixels.set(image.pixels, index * size)
  })
  return {pixels, labels: Uint8Array.from(pictures, ({label}) => label)}
}

const bytesOf = (contents: Building['contents'], name: string): Uint8Array => {
  const content = contents.get(name)
  return content?.kind === 'gzip' ? content.bytes : new Uint8Array()
}

const filesOf = (contents: Building['contents'], name: string): ReadonlyMap<string, Buffer> => {
  const content = contents.get(name)
  return content?.kind === 'tar' ? content.files : new Map()
}
