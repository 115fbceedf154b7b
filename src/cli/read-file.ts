import {readFileSync} from 'node:fs'
import {parse as parseYaml} from 'yaml'
import {reasonOf} from '../daemon/base/log.ts'
import {ok, type Result, refuse} from '../daemon/base/result.ts'

/** The value in a YAML or JSON file (JSON is YAML too). */
export const readValueFile = (file: string): Result<unknown> => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException // node's own file errors carry a code
    return refuse(
      code === 'ENOENT'
        ? `Expected a file at ${file}, found nothing there.`
        : `Expected to read ${file}: ${reasonOf(error)}`,
    )
  }
  try {
    return ok(parseYaml(text))
  } catch (error) {
    return refuse(`Expected YAML in ${file}: ${reasonOf(error).split('\n')[0]}`)
  }
}
