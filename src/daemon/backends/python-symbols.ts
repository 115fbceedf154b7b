/**
 * Up to 2.11 TensorFlow's main library refers to Python's symbols and is bound as a whole when it is loaded, though
 * training calls none of them. A stand-in that defines them lets it load without Python.
 */

/** The names in `nm -D --undefined-only`'s output that are Python's. */
export const pythonSymbolsIn = (listing: string): readonly string[] =>
  [...listing.matchAll(/^\s+U\s+(_?Py\w*)/gm)].map(([, name]) => name)

/** C that defines each of them; they are never called nor read. */
export const standInSource = (names: readonly string[]): string =>
  `${names.map((name) => `char ${name}[256];`).join('\n')}\n`
