/** The files that pages load, from our own origin only. Their address holds their content's hash, so they never go stale. */
import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {Router} from 'express'

type AssetName = 'simmer.css' | 'icon.svg' | 'live.js' | 'htmx.js' | 'hx-sse.js'

export type Assets = {
  /** The address of a file in a page. */
  readonly href: (name: AssetName) => string
  readonly router: Router
}

const packagePath = createRequire(import.meta.url).resolve

const files: Readonly<Record<AssetName, {readonly path: string | URL; readonly type: string}>> = {
  'simmer.css': {path: new URL('./public/simmer.css', import.meta.url), type: 'text/css'},
  'icon.svg': {path: new URL('./public/icon.svg', import.meta.url), type: 'image/svg+xml'},
  'live.js': {path: new URL('./public/live.js', import.meta.url), type: 'text/javascript'},
  'htmx.js': {path: packagePath('htmx.org/dist/htmx.min.js'), type: 'text/javascript'},
  'hx-sse.js': {path: packagePath('htmx.org/dist/ext/hx-sse.min.js'), type: 'text/javascript'},
}

/** Reads every file once; they are small (under 80 KB together). */
export const loadAssets = async (): Promise<Assets> => {
  const router = Router()
  const hrefs = new Map<string, string>()
  for (const [name, {path, type}] of Object.entries(files)) {
    const content = await readFile(path)
    const version = createHash('sha256').update(content).digest('hex').slice(0, 10)
    const href = `/assets/${version}/${name}`
    hrefs.set(name, href)
    router.get(href, (_request, response) => {
      response.set('Cache-Control', 'public, max-age=31536000, immutable')
      response.type(type).send(content)
    })
  }
  return {href: (name) => hrefs.get(name) ?? '', router}
}
