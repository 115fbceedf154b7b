/**
 * The files that pages load, from our own origin only. Their address holds their content's hash, so they never go stale;
 * they are compressed once, at the start, as small as it gets.
 */
import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {promisify} from 'node:util'
import {brotliCompress, gzip} from 'node:zlib'
import {type RequestHandler, Router} from 'express'

type AssetName =
  | 'simmer.css'
  | 'simmer.js'
  | 'htmx.js'
  | 'icon.svg'
  | 'icon-180.png'
  | 'icon-192.png'
  | 'icon-512.png'
  | 'simmer.webmanifest'

export type Assets = {
  /** The address of a file in a page. */
  readonly href: (name: AssetName) => string
  readonly router: Router
}

/** Few files, for each is a request of the first visit: what belongs together is one. */
export const loadAssets = (): Promise<Assets> => {
  loading ??= load()
  return loading
}

// The files are those of the program: every server in it serves the same ones.
let loading: Promise<Assets> | undefined

type Asset = {readonly name: AssetName; readonly type: string; readonly content: Buffer}

const load = async (): Promise<Assets> => {
  const router = Router()
  const hrefs = new Map<AssetName, string>()
  const serve = async (asset: Asset) => {
    const version = createHash('sha256').update(asset.content).digest('hex').slice(0, 10)
    const href = `/assets/${version}/${asset.name}`
    hrefs.set(asset.name, href)
    router.get(href, await answering(asset))
  }
  const href = (name: AssetName) => hrefs.get(name) ?? ''
  for (const asset of await Promise.all([
    file('simmer.css', 'text/css'),
    script('simmer.js', ['live.js', 'chart-cursor.js'].map(own)),
    script('htmx.js', ['htmx.min.js', 'ext/hx-sse.min.js'].map(ofHtmx)),
    file('icon.svg', 'image/svg+xml'),
    file('icon-180.png', 'image/png'),
    file('icon-192.png', 'image/png'),
    file('icon-512.png', 'image/png'),
  ])) {
    await serve(asset)
  }
  await serve(manifest(href))
  return {href, router}
}

const own = (name: string): URL => new URL(`./public/${name}`, import.meta.url)

const packagePath = createRequire(import.meta.url).resolve
const ofHtmx = (name: string): string => packagePath(`htmx.org/dist/${name}`)

const file = async (name: AssetName, type: string): Promise<Asset> => ({
  name,
  type,
  content: await readFile(own(name)),
})

/** Several scripts as one. Each stands in a block of its own, so that their names do not meet. */
const script = async (name: AssetName, paths: readonly (string | URL)[]): Promise<Asset> => {
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')))
  const content = texts.map((text) => `{${text}\n}\n`).join('')
  return {name, type: 'text/javascript', content: Buffer.from(content)}
}

/** What a phone shows on its home screen. */
const manifest = (href: Assets['href']): Asset => ({
  name: 'simmer.webmanifest',
  type: 'application/manifest+json',
  content: Buffer.from(
    JSON.stringify({
      name: 'Simmer',
      short_name: 'Simmer',
      id: '/',
      start_url: '/',
      display: 'standalone',
      background_color: '#f6f4f0',
      theme_color: '#b3410e',
      icons: [
        {src: href('icon-192.png'), sizes: '192x192', type: 'image/png'},
        {src: href('icon-512.png'), sizes: '512x512', type: 'image/png'},
        {src: href('icon.svg'), sizes: 'any', type: 'image/svg+xml'},
      ],
    }),
  ),
})

/** Browsers on plain HTTP take gzip only, those on HTTPS or on the box itself brotli too. Pictures are compressed already. */
const answering = async ({type, content}: Asset): Promise<RequestHandler> => {
  const isPicture = type === 'image/png'
  const encoded = {
    br: await promisify(brotliCompress)(content),
    gzip: await promisify(gzip)(content, {level: 9}),
  }
  return (request, response) => {
    response.set('Cache-Control', 'public, max-age=31536000, immutable').type(type)
    const encoding = isPicture
      ? undefined
      : (['br', 'gzip'] as const).find((one) => request.acceptsEncodings(one) === one)
    if (!isPicture) response.vary('Accept-Encoding')
    if (encoding) response.set('Content-Encoding', encoding)
    response.send(encoding ? encoded[encoding] : content)
  }
}
