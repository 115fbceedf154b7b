/** Which versions of the C and C++ libraries a program asks for. */
import {closeSync, openSync, readdirSync, readFileSync, readSync} from 'node:fs'
import {join} from 'node:path'

/** Every program and library in machine code below a folder. */
export const elfFilesIn = (folder: string): readonly string[] =>
  readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => startOf(file) === '\x7fELF')

const startOf = (file: string): string => {
  const handle = openSync(file, 'r')
  const bytes = Buffer.alloc(4)
  readSync(handle, bytes, 0, 4, 0)
  closeSync(handle)
  return bytes.toString('latin1')
}

/**
 * The newest version of a family of symbols, `GLIBC` or `GLIBCXX`, that a file names anywhere in its tables of names;
 * undefined where it names none. What it defines itself counts too, so the answer may be too strict, never too lax.
 */
export const newestVersion = (file: string, family: string): string | undefined =>
  [...readFileSync(file, 'latin1').matchAll(new RegExp(`\\0${family}_([0-9.]+)(?=\\0)`, 'g'))]
    .map(([, version = '']) => version)
    .sort(byVersion)
    .at(-1)

export const byVersion = (a: string, b: string): number => {
  const [as, bs] = [a, b].map((version) => version.split('.').map(Number))
  for (let i = 0; i < 3; i++) {
    const difference = (as?.[i] ?? 0) - (bs?.[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
