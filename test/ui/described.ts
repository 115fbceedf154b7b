/** Holds answers of the API against its own description. */
import assert from 'node:assert/strict'
import {openapi} from '../../src/ui/api/openapi.ts'
import {misfits} from '../fixtures/json-schema.ts'
import type {Answer} from './serve.ts'

type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: {readonly content: Readonly<Record<string, {readonly schema: object}>>}
  readonly responses: Readonly<
    Record<string, {readonly content?: Readonly<Record<string, {readonly schema?: object}>>}>
  >
}

export type Parameter = {readonly name: string; readonly in: string; readonly schema: object}

export type Route = {readonly path: string; readonly method: string; readonly operation: Operation}

export const schemas: Readonly<Record<string, unknown>> = openapi.components.schemas

/** Every operation of the description; the address's own parameters are among its. */
export const routes: readonly Route[] = Object.entries(openapi.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => method !== 'parameters')
    .map(([method, operation]) => {
      const parameters = 'parameters' in item ? item.parameters : []
      return {
        path,
        method: method.toUpperCase(),
        operation: {...operation, parameters: [...parameters, ...(operation.parameters ?? [])]},
      }
    }),
)

/** The operation that answers a path under /api/v1. */
const routeOf = (method: string, path: string): Route | undefined =>
  routes.find(
    (route) =>
      route.method === (method === 'HEAD' ? 'GET' : method) &&
      new RegExp(`^${route.path.replace('{id}', '[^/]+')}/?$`, 'i').test(path),
  )

/** Fails unless the answer is one that the description foretells: status, type and content. */
export const assertDescribed = (method: string, pathAndQuery: string, answer: Answer): void => {
  const path = pathAndQuery.replace(/^\/api\/v1/, '').replace(/\?.*$/s, '')
  const what = `${method} ${pathAndQuery} → ${answer.status} ${answer.text.slice(0, 300)}`
  const type = answer.headers['content-type']?.split(';')[0] ?? ''
  const route = routeOf(method, path)
  if (!route) {
    assertProblem(answer, what)
    return
  }
  const described = route.operation.responses[answer.status]
  assert.ok(described, `${what}: this status is not described`)
  if (!described.content || answer.text === '') {
    assert.equal(answer.text, '', what)
    return
  }
  const content = described.content[type]
  assert.ok(content, `${what}: the type ${type} is not described`)
  if (!content.schema) return
  const values = type.endsWith('ndjson')
    ? answer.text.trim().split('\n').filter(Boolean)
    : [answer.text]
  for (const text of values) {
    assert.deepEqual(misfits(JSON.parse(text), content.schema, schemas), [], what)
  }
  if (answer.status >= 400) assertProblem(answer, what)
}

export const assertProblem = (answer: Answer, what: string): void => {
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/, what)
  const problem = JSON.parse(answer.text)
  assert.deepEqual(misfits(problem, schemas.Problem, schemas), [], what)
  assert.equal(problem.status, answer.status, what)
}
