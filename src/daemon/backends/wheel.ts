/** Wheels of the Python index, which are zip files. */
import {createWriteStream} from 'node:fs'
import {mkdir} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import {pipeline} from 'node:stream/promises'
import yauzl, {type Entry, type ZipFile} from 'yauzl'

export interface Wheel {
  /** Writes the entry to a file, or throws where there is none. */
  readonly extract: (path: string, file: string) => Promise<void>
  /** Writes TensorFlow's C headers, and all that they include, below `folder`. */
  readonly extractHeaders: (headers: readonly string[], folder: string) => Promise<void>
  readonly close: () => void
}

export const openWheel = async (file: string): Promise<Wheel> => {
  const zip = await yauzl.openPromise(file, {autoClose: false, lazyEntries: true})
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)

  const entryAt = (path: string): Entry => {
    const entry = entries.get(path)
    if (!entry) throw new Error(`Expected ${path} in ${file}, found no such entry.`)
    return entry
  }
  return {
    extract: async (path, target) => {
      await mkdir(dirname(target), {recursive: true})
      await pipeline(await zip.openReadStreamPromise(entryAt(path)), createWriteStream(target))
    },
    extractHeaders: async (headers, folder) => {
      const wanted = [...headers]
      for (const header of wanted) {
        const entry = headerRoots.map((root) => entries.get(root + header)).find(Boolean)
        if (!entry) throw new Error(`Expected the header ${header} in ${file}, found none.`)
        const text = await textOf(zip, entry)
        const target = join(folder, header)
        await mkdir(dirname(target), {recursive: true})
        await pipeline([text], createWriteStream(target))
        for (const included of includesOf(text)) {
          if (!wanted.includes(included)) wanted.push(included)
        }
      }
    },
    close: () => zip.close(),
  }
}

/** Where headers lie: TensorFlow's own, and those of a library that newer ones took out of it. */
const headerRoots = ['tensorflow/include/', 'tensorflow/include/external/local_tsl/']

const textOf = async (zip: ZipFile, entry: Entry): Promise<string> =>
  (await buffer(await zip.openReadStreamPromise(entry))).toString('utf8')

const includesOf = (header: string): readonly string[] =>
  [...header.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)].map(([, path]) => path)
