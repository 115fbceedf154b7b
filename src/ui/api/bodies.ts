/** What comes in with a request: within a size and a depth that nothing behind it stumbles over. */
import express, {type Request} from 'express'
import {parse as parseYaml} from 'yaml'
import {reasonOf} from '../../daemon/base/log.ts'
import {HttpProblem} from '../http-problem.ts'

const yamlTypes = ['application/yaml', 'application/x-yaml', 'text/yaml']
const largestBody = '256kb'
/** Deeper than any search space that a person writes; what walks through values does so by calling itself. */
const deepest = 64

/** Reads JSON or YAML into the request's body. */
export const readsValue = [
  express.json({limit: largestBody}),
  express.text({limit: largestBody, type: yamlTypes}),
]

/** Reads JSON into the request's body. */
export const readsJson = express.json({limit: largestBody})

/** The value in the body, of JSON or YAML. `what` names it in refusals. */
export const valueIn = (request: Request, what: string): unknown => {
  if (request.is('application/json')) return shallow(request.body, what)
  if (!request.is(yamlTypes)) throw wrongType(request, what, 'application/json or application/yaml')
  try {
    return shallow(parseYaml(request.body, {logLevel: 'error'}), what)
  } catch (cause) {
    if (cause instanceof HttpProblem) throw cause
    throw new HttpProblem(400, `Expected ${what} to be YAML: ${reasonOf(cause)}`)
  }
}

/** The value in the body, of JSON alone. */
export const jsonIn = (request: Request, what: string): unknown => {
  if (!request.is('application/json')) throw wrongType(request, what, 'application/json')
  return shallow(request.body, what)
}

const wrongType = (request: Request, what: string, types: string): HttpProblem =>
  new HttpProblem(
    415,
    `Expected ${what} as ${types}, got content type ${request.get('Content-Type') ?? 'none'}.`,
  )

const shallow = (value: unknown, what: string): unknown => {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) {
      throw new HttpProblem(400, `Expected ${what} to be nested ${deepest} deep at most.`)
    }
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    )
  }
  return value
}
