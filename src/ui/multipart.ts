/**
 * Forms with files (RFC 7578), read from a body that is in memory as a whole: what asks for it limits its size. Pure.
 */
import {ok, type Result, refuse} from '../daemon/base/result.ts'

export type FormPart = {
  readonly name: string
  /** Absent where the part is a plain field. */
  readonly fileName?: string
  readonly content: Buffer
}

/** The parts of a form; `contentType` is the header that names the boundary between them. */
export const readMultipart = (contentType: string, body: Buffer): Result<readonly FormPart[]> => {
  const [, quoted, plain] =
    /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined)
    return refuse('Expected a form with files, got one without a boundary.')
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first boundary has no line before it.
  const all = Buffer.concat([Buffer.from('\r\n'), body])
  const parts: FormPart[] = []
  let at = all.indexOf(delimiter)
  while (at !== -1) {
    const start = at + delimiter.length
    if (all.toString('latin1', start, start + 2) === '--') return ok(parts)
    const next = all.indexOf(delimiter, start)
    const headEnd = all.indexOf('\r\n\r\n', start)
    if (next === -1 || headEnd === -1 || headEnd > next) break
    const part = partOf(all.toString('utf8', start, headEnd), all.subarray(headEnd + 4, next))
    if (part) parts.push(part)
    if (parts.length > mostParts) return refuse(`Expected at most ${mostParts} parts in a form.`)
    at = next
  }
  return refuse('Expected a whole form, got one that breaks off. Try again.')
}

const mostParts = 100

const partOf = (head: string, content: Buffer): FormPart | undefined => {
  const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(head)?.[1]
  const name = disposition && /;\s*name="([^"]*)"/.exec(disposition)?.[1]
  if (name === undefined) return undefined
  const fileName = /;\s*filename="([^"]*)"/.exec(disposition ?? '')?.[1]
  return {name, ...(fileName === undefined ? {} : {fileName}), content}
}
