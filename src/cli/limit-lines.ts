import {Transform} from 'node:stream'

const lineEnd = 0x0a

/** Passes bytes on, but of each line no more than `most` and one: a line without an end can't fill the memory. */
export const limitLines = (most: number): Transform => {
  let passed = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let from = 0; from < chunk.length; ) {
        const end = chunk.indexOf(lineEnd, from)
        const to = end < 0 ? chunk.length : end
        const part = chunk.subarray(from, Math.min(to, from + most + 1 - passed))
        passed += part.length
        if (part.length > 0) this.push(part)
        if (end >= 0) {
          this.push('\n')
          passed = 0
        }
        from = to + 1
      }
      done()
    },
  })
}
