/** The text files in which Linux shows a device, below a root: `/`, or a folder that holds a recorded device. */
import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'

export interface DeviceFiles {
  /** What the file says, without the newline or NUL at its end; undefined where it is missing or does not answer. */
  readonly text: (path: string) => Promise<string | undefined>
  /** Names in a folder, sorted; none where it is missing. */
  readonly list: (path: string) => Promise<readonly string[]>
}

export const openDeviceFiles = (root: string): DeviceFiles => ({
  text: async (path) => {
    try {
      return (await readFile(join(root, path), 'utf8')).replace(/[\0\s]+$/, '')
    } catch {
      // Sensors come late, vanish, and answer EAGAIN or EINVAL while they sleep: then there is nothing to show.
      return undefined
    }
  },
  list: (path) =>
    readdir(join(root, path)).then(
      (names) => names.sort(),
      () => [],
    ),
})
