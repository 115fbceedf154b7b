/** What comes in with a request: within a size and a depth that nothing behind it stumbles over. */
import express, {type Request} from 'express'
import {Lexer, Parser, parse as parseYaml} from 'yaml'
import {isDeeperThan} from '../../daemon/base/json.ts'
import {reasonOf} from '../../daemon/base/log.ts'
import {HttpProblem} from '../http-problem.ts'

const yamlTypes = ['application/yaml', 'application/x-yaml', 'text/yaml']
const largestBody = '256kb'
/** The parser takes the square of a YAML file's size, and the pages wait meanwhile. */
const largestYaml = 32 * 1024
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
  const text = String(request.body)
  if (text.length > largestYaml) {
    throw new HttpProblem(
      413,
      `Expected ${what} of ${largestYaml / 1024} KB at most as YAML, got ${Math.ceil(text.length / 1024)} KB. Send it as JSON.`,
    )
  }
  if (isDeepYaml(text)) throw tooDeep(what)
  try {
    return shallow(parseYaml(text, {logLevel: 'error'}), what)
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

const tooDeep = (what: string): HttpProblem =>
  new HttpProblem(400, `Expected ${what} to be nested ${deepest} deep at most.`)

/**
 * Looks before the whole parser does: that calls itself for each level, and where it runs out of stack within a regular
 * expression it ends the process.
 */
const isDeepYaml = (text: string): boolean => {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    // A generator: it has to be run.
    for (const _ of parser.next(lexeme));
    // A document, and a collection or two a level.
    if (parser.stack.length > 2 * deepest) return true
  }
  return false
}

const shallow = (value: unknown, what: string): unknown => {
  if (isDeeperThan(deepest, value)) throw tooDeep(what)
  return value
}
