/**
 * The data sets of this machine: what is known, what is here, and how the rest gets here. Everything is checked before
 * it is used; a set that is ready is one file that a training process reads.
 */
import {statSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {type Log, reasonOf} from '../base/log.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import {buildDataset} from './build.ts'
import {type CatalogueSet, type Family, readCatalogue} from './catalogue.ts'
import type {Content} from './content.ts'
import type {DatasetDetails, DatasetLibrary, DatasetSummary, PreparedDataset} from './dataset.ts'
import {fetchContent} from './download.ts'
import {checkPrepared, describePrepared, readSamples, writePrepared} from './prepared.ts'
import {type SharedWork, shareWork, type Waiting} from './shared-work.ts'

export const openDatasetLibrary = (options: {
  readonly home: string
  /** Folder or URL that holds `<family>/<file>` in place of the public homes. */
  readonly mirror?: string
  readonly log: Log
  readonly catalogue?: readonly Family[]
}): DatasetLibrary => {
  const catalogue = options.catalogue ?? readCatalogue()
  const folder = join(options.home, 'datasets')
  const underWay = new Map<string, SharedWork<PreparedDataset>>()

  const find = (
    name: string,
  ): {readonly family: Family; readonly set: CatalogueSet} | undefined => {
    for (const family of catalogue) {
      const set = family.sets.find((one) => one.name === name)
      if (set) return {family, set}
    }
    return undefined
  }
  const unknown = (name: string): Result<never> => {
    const names = catalogue.flatMap((family) => family.sets.map((set) => set.name))
    return refuse(`Expected one of the data sets ${names.join(', ')}, got ${JSON.stringify(name)}.`)
  }
  const fileOf = (name: string) => join(folder, `${name}.simmer`)

  const downloadOf = (family: Family, file: Family['files'][number]) =>
    join(folder, family.folder, file.name)
  const details = (family: Family, set: CatalogueSet): DatasetDetails => {
    const files = filesFor(family, set)
    const stored = files.map((file) => bytesOf(downloadOf(family, file)))
    const isReady = describePrepared(fileOf(set.name)) !== undefined
    return {
      name: set.name,
      title: set.title,
      classes: set.classes,
      license: family.license,
      attribution: family.attribution,
      trainCount: set.trainCount,
      testCount: set.testCount,
      sources: sourcesOf(files, options.mirror),
      mostDownloadBytes: files.reduce((sum, file) => sum + file.mostBytes, 0),
      storedBytes: stored.reduce((sum, bytes) => sum + bytes, bytesOf(fileOf(set.name))),
      state: isReady
        ? 'ready'
        : files.length === 0
          ? 'not-drawn'
          : stored.some((bytes) => bytes > 0)
            ? 'partly'
            : 'not-downloaded',
    }
  }

  const prepareNow = async (
    name: string,
    {signal, report}: Required<Waiting>,
  ): Promise<Result<PreparedDataset>> => {
    const found = find(name)
    if (!found) return unknown(name)
    const ready = describePrepared(fileOf(name))
    if (ready) return ok(ready)
    if (found.family.files.length > 0) {
      options.log.info(`${name}: ${found.family.license}`)
    }
    const contents = new Map<string, Content>()
    for (const file of filesFor(found.family, found.set)) {
      const content = await fetchContent({
        file,
        folder: found.family.folder,
        home: folder,
        ...(options.mirror === undefined ? {} : {mirror: options.mirror}),
        signal,
        report,
      })
      if (!content.ok) return content
      contents.set(file.name, content.value)
    }
    const dataset = await buildDataset({
      set: found.set,
      contents,
      report: (done, total) => report({stage: 'prepare', done, total, unit: 'images'}),
      signal,
    })
    if (!dataset.ok) return dataset
    try {
      await writePrepared(fileOf(name), dataset.value)
    } catch (error) {
      return refuse(`${name}: expected to write ${fileOf(name)}: ${reasonOf(error)}`)
    }
    const prepared = describePrepared(fileOf(name))
    return prepared
      ? ok(prepared)
      : refuse(`${name}: ${fileOf(name)} was written but cannot be read.`)
  }

  const prepareTogether = async (
    name: string,
    waiting: Waiting,
  ): Promise<Result<PreparedDataset>> => {
    const already = underWay.get(name)
    if (already?.isGivenUp()) {
      await already.ended.catch(() => {})
      return prepareTogether(name, waiting)
    }
    if (already) return already.join(waiting)
    const begun = shareWork<PreparedDataset>((options) => prepareNow(name, options))
    underWay.set(name, begun)
    const isOver = () => {
      underWay.delete(name)
    }
    begun.ended.then(isOver, isOver)
    return begun.join(waiting)
  }

  return {
    list: () =>
      Promise.resolve(
        catalogue.flatMap((family) =>
          family.sets.map(
            (set): DatasetSummary => ({
              name: set.name,
              title: set.title,
              classes: set.classes,
              trainCount: set.trainCount,
              license: family.license,
              state:
                family.files.length === 0 || describePrepared(fileOf(set.name))
                  ? 'ready'
                  : 'not-downloaded',
            }),
          ),
        ),
      ),
    prepare: (name, waiting = {}) => prepareTogether(name, waiting),
    verify: async (name, {signal} = {}) => {
      if (!find(name)) return unknown(name)
      if (!describePrepared(fileOf(name))) {
        return refuse(`${name} is not on this machine. \`simmer data get ${name}\` brings it.`)
      }
      try {
        await checkPrepared(fileOf(name), signal)
        return ok(undefined)
      } catch (error) {
        if (signal?.aborted) return refuse(`${name}: the check was canceled.`)
        await rm(fileOf(name), {force: true})
        return refuse(
          `${name} is damaged (${reasonOf(error)}) and was removed. \`simmer data get ${name}\` brings it anew.`,
        )
      }
    },
    describe: () => catalogue.flatMap((family) => family.sets.map((set) => details(family, set))),
    remove: async (name) => {
      const found = find(name)
      if (!found) return unknown(name)
      const {family, set} = found
      if (underWay.has(name))
        return refuse(`${name} is being prepared. Wait for its end, or cancel it.`)
      await rm(fileOf(name), {force: true})
      const others = family.sets.filter((one) => one !== set && describePrepared(fileOf(one.name)))
      const needed = new Set(others.flatMap((one) => filesFor(family, one)))
      for (const file of filesFor(family, set)) {
        if (!needed.has(file)) await rm(downloadOf(family, file), {force: true})
      }
      return ok(undefined)
    },
    samples: async (name, perClass) =>
      find(name) && describePrepared(fileOf(name))
        ? readSamples(fileOf(name), perClass)
        : undefined,
  }
}

/** 0 where there is no such file. */
const bytesOf = (path: string): number => statSync(path, {throwIfNoEntry: false})?.size ?? 0

const sourcesOf = (files: Family['files'], mirror: string | undefined): readonly string[] => {
  if (files.length === 0) return []
  if (mirror !== undefined) return [mirror]
  return [...new Set(files.flatMap(({homes}) => homes.map((home) => new URL(home).host)))]
}

/** The files that a set is read from. */
const filesFor = (family: Family, {read}: CatalogueSet): Family['files'] => {
  switch (read.kind) {
    case 'idx': {
      const names = [...Object.values(read.train), ...Object.values(read.test)]
      return family.files.filter((file) => names.includes(file.name))
    }
    case 'jpeg-folders':
    case 'named-pgm':
      return family.files.filter((file) => file.name === read.archive)
    case 'rail-signals':
      return []
  }
}
