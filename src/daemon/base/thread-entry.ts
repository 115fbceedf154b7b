import {extname} from 'node:path'

/** Where a thread starts: the file `name` beside `from`, with its extension, .ts in development and .js when built. */
export const threadEntry = (name: string, from: string): URL => {
  const entry = new URL(`./${name}${extname(from)}`, from)
  if (entry.href.endsWith('.js')) return entry
  // Threads of Node.js 20 do not take over the loader of TypeScript: this one registers it anew.
  const loader = import.meta.resolve('tsx/esm/api')
  return new URL(
    `data:text/javascript,${encodeURIComponent(
      `import {register} from '${loader}'; register(); await import('${entry.href}')`,
    )}`,
  )
}
