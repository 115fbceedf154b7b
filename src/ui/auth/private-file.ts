/** Files that only their owner may read, written so that a power cut leaves the old or the new one. */
import {open, rename} from 'node:fs/promises'
import {dirname} from 'node:path'

/** Resolves when the new one would survive a power cut. */
export const writePrivately = async (path: string, text: string): Promise<void> => {
  const draft = `${path}.new`
  const file = await open(draft, 'w', 0o600)
  try {
    // The mode above counts only for a new file.
    await file.chmod(0o600)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  // Its name, too.
  const folder = await open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
}
