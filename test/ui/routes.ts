/** Every address of the product and what may be asked of it, read from the routers themselves. */
import type {Express, Router} from 'express'

export type Route = {readonly method: string; readonly path: string}

/** Parameters stand for `a`: the study that fake daemons have. */
export const routesOf = (app: Express): readonly Route[] => listed(app.router, '')

/** Says what it has; the types of express do not know of it. */
type Listing = {
  readonly listRoutes: () => readonly {
    readonly path: string
    readonly methods: readonly string[] | undefined
    readonly router: Router | undefined
  }[]
}

const listed = (router: Router, prefix: string): readonly Route[] =>
  (router as unknown as Listing).listRoutes().flatMap(({path, methods, router: inner}) => {
    const whole = `${prefix}${path === '/' ? '' : path}`
    if (inner) return listed(inner, whole)
    const example = (whole || '/').replace(/[{}]/g, '').replace(/:\w+/g, 'a')
    return (methods ?? []).map((method) => ({method, path: example}))
  })
