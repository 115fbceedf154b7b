import assert from 'node:assert/strict'
import {Readable} from 'node:stream'
import {text} from 'node:stream/consumers'
import {test} from 'node:test'
import fc from 'fast-check'
import {limitLines} from '../../src/cli/limit-lines.ts'

test('of each line the first bytes pass, wherever the chunks are cut', async () => {
  const line = fc.string({unit: fc.constantFrom('a', 'b'), maxLength: 12})
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(5)), async (lines, sizes) => {
      const whole = lines.join('\n')
      const chunks: string[] = []
      for (let at = 0, i = 0; at < whole.length; i++) {
        const size = 1 + (sizes[i % sizes.length] ?? 3)
        chunks.push(whole.slice(at, at + size))
        at += size
      }
      const source = Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
      const passed = await text(source.pipe(limitLines(4)))
      assert.equal(passed, lines.map((one) => one.slice(0, 5)).join('\n'))
    }),
  )
})
