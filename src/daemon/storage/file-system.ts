/** The few file operations that durable storage is made of, so that tests can crash between any two of them. */
import {constants} from 'node:fs'
import {mkdir, open, readdir, readFile, rename, rm, truncate} from 'node:fs/promises'

export interface FileSystem {
  /** Makes a folder, its parents too, for its owner alone. */
  readonly makeFolder: (folder: string) => Promise<void>
  /** Names of what is in a folder; none where there is no folder. */
  readonly list: (folder: string) => Promise<readonly string[]>
  readonly read: (file: string) => Promise<Buffer>
  /** Writes a new file and syncs its content. Its name is safe only after `syncFolder`. */
  readonly writeSynced: (file: string, content: string | Buffer) => Promise<void>
  readonly openForAppend: (file: string) => Promise<AppendFile>
  /** Cuts a file off after `bytes` and syncs it. */
  readonly cutOff: (file: string, bytes: number) => Promise<void>
  readonly rename: (from: string, to: string) => Promise<void>
  readonly remove: (file: string) => Promise<void>
  /** Makes the names in a folder safe. */
  readonly syncFolder: (folder: string) => Promise<void>
}

export interface AppendFile {
  /** One write. */
  readonly append: (text: string) => Promise<void>
  /** Resolves when all that was appended would survive a power cut. */
  readonly sync: () => Promise<void>
  readonly close: () => Promise<void>
}

export const realFileSystem: FileSystem = {
  makeFolder: async (folder) => {
    await mkdir(folder, {recursive: true, mode: 0o700})
  },
  list: async (folder) => {
    try {
      return await readdir(folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [] // node's file errors carry a code
      throw error
    }
  },
  read: (file) => readFile(file),
  writeSynced: async (file, content) => {
    const handle = await open(file, 'w', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  openForAppend: async (file) => {
    const handle = await open(
      file,
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT,
      0o600,
    )
    return {
      append: async (text) => {
        const bytes = Buffer.from(text)
        const {bytesWritten} = await handle.write(bytes)
        if (bytesWritten < bytes.length)
          throw new Error('the disk took only a part of the line: it is full, or fails')
      },
      sync: () => handle.datasync(),
      close: () => handle.close(),
    }
  },
  cutOff: async (file, bytes) => {
    await truncate(file, bytes)
    const handle = await open(file, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  rename,
  remove: (file) => rm(file, {force: true, recursive: true}),
  syncFolder: async (folder) => {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}
