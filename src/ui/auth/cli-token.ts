/** The box's own token: whoever may read the home folder may use the command line without pairing. */
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {writePrivately} from './private-file.ts'
import {newSecret} from './secrets.ts'

/** The token in `cli-token` in the home folder, made on the first start and written anew with its owner's rights. */
export const ensureCliToken = async (home: string): Promise<string> => {
  const path = join(home, 'cli-token')
  const kept = await readFile(path, 'utf8').catch((cause) => {
    if (cause.code === 'ENOENT') return ''
    throw cause
  })
  const token = kept.trim().length >= 32 ? kept.trim() : newSecret()
  await writePrivately(path, `${token}\n`)
  return token
}
