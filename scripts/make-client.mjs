// Writes src/cli/api-client.ts from the API's description: a type for each schema, a function for each operation.
// With --check it writes nothing, and fails where the file is not what it would write.
import {spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {tsImport} from 'tsx/esm/api'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(root, 'src/cli/api-client.ts')

const clientOf = ({paths, components}) => `/**
 * The API's operations with their types. Made from its description by scripts/make-client.mjs: change
 * src/ui/api/description/ and run that.
 */
import {ok, type Result, refuse} from '../daemon/base/result.ts'

${Object.entries(components.schemas)
  .map(([name, schema]) => `${comment(schema.description)}export type ${name} = ${typeOf(schema)}`)
  .join('\n\n')}

/** A page of a list; \`next\` is the \`cursor\` of what follows, null at the end. */
export type Listing<T> = {readonly items: readonly T[]; readonly next: string | null}

/** One request to the daemon; \`path\` is below /api/v1. */
export type Request = {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
}

/** Resolves with the text of a good answer, or refuses with the sentences of a bad one. */
export type Send = (request: Request) => Promise<Result<string>>

/** The operations, each by one request. */
export const apiClient = (send: Send) => ({
${Object.entries(paths)
  .flatMap(([path, item]) =>
    methods
      .filter((method) => method in item)
      .map((method) => operationOf(path, method, item[method])),
  )
  .join(',\n')}
})

/** The daemon's own tests hold its answers against these types. */
const parsed = async <T>(answer: Promise<Result<string>>): Promise<Result<T>> => {
  const text = await answer
  if (!text.ok) return text
  try {
    return ok(JSON.parse(text.value) as T)
  } catch {
    return refuse('Expected an answer of Simmer, got something else. Is another program on its port?')
  }
}
`

const methods = ['get', 'post', 'put', 'patch', 'delete']

const comment = (text) => (text ? `/** ${text}${text.endsWith('.') ? '' : '.'} */\n` : '')

const operationOf = (path, method, operation) => {
  const {operationId, summary, parameters = [], requestBody, responses} = operation
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  const query = parameters.filter((one) => one.in === 'query')
  const body = requestBody && typeOf(requestBody.content['application/json'].schema)
  const args = [
    ...ids.map((id) => `${id}: string`),
    ...(body ? [`body: ${body}`] : []),
    ...(query.length
      ? [`query: ${queryType(query)}${query.some((one) => one.required) ? '' : ' = {}'}`]
      : []),
  ]
  const address = ids.length
    ? `\`${path.replace(/\{(\w+)\}/g, (_, id) => `\${encodeURIComponent(${id})}`)}\``
    : `'${path}'`
  const request = `{method: '${method.toUpperCase()}', path: ${address}${query.length ? ', query' : ''}${body ? ', body' : ''}}`
  const [types = []] = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, response]) => Object.entries(response.content ?? {}))
  const [[type, {schema} = {}] = []] = types
  const isJson = types.length === 1 && type === 'application/json'
  const answer = isJson ? typeOf(schema) : 'string'
  const send = isJson ? `parsed(send(${request}))` : `send(${request})`
  return `${comment(summary)}${operationId}: (${args.join(', ')}): Promise<Result<${answer}>> => ${send}`
}

const queryType = (parameters) =>
  `{${parameters
    .map((one) => `readonly ${one.name}${one.required ? '' : '?'}: ${typeOf(one.schema)}`)
    .join('; ')}}`

const typeOf = (schema = {}) => {
  if (schema.$ref) return schema.$ref.replace('#/components/schemas/', '')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ')
  const types = [schema.type ?? 'unknown'].flat()
  return types.map((type) => simpleType(type, schema)).join(' | ')
}

const simpleType = (type, schema) => {
  switch (type) {
    case 'integer':
      return 'number'
    case 'array':
      return `readonly (${typeOf(schema.items)})[]`
    case 'object':
      return objectType(schema)
    default:
      return type
  }
}

const objectType = ({properties = {}, required = [], additionalProperties}) => {
  if (properties.items && properties.next) return `Listing<${typeOf(properties.items.items)}>`
  const fields = Object.entries(properties).map(
    ([name, schema]) =>
      `${comment(schema.description)}readonly ${name}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  )
  const described = fields.length ? `{\n${fields.join('\n')}\n}` : ''
  if (!additionalProperties) return described || '{}'
  // Beside described fields of other types, what they are is known only when they are looked at.
  const other =
    fields.length || additionalProperties === true ? 'unknown' : typeOf(additionalProperties)
  const rest = `{readonly [name: string]: ${other}}`
  return described ? `${described} & ${rest}` : rest
}

const formatted = (source) => {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const run = spawnSync(
    process.execPath,
    [biome, 'format', '--stdin-file-path=src/cli/api-client.ts'],
    {cwd: root, input: source, encoding: 'utf8'},
  )
  if (run.status !== 0) throw new Error(run.stderr)
  return run.stdout
}

const {openapi} = await tsImport('../src/ui/api/openapi.ts', import.meta.url)
const client = formatted(clientOf(openapi))
if (!process.argv.includes('--check')) writeFileSync(target, client)
else if (readFileSync(target, 'utf8') !== client) {
  console.error('src/cli/api-client.ts: out of date. Run node scripts/make-client.mjs.')
  process.exitCode = 1
}
