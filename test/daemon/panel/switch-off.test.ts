import assert from 'node:assert/strict'
import {test} from 'node:test'
import {silentLog} from '../../../src/daemon/base/log.ts'
import {switchOff} from '../../../src/daemon/panel/switch-off.ts'

test('a command that is refused is told with its last words', async () => {
  const errors: string[] = []
  const log = {...silentLog, error: (message: string) => errors.push(message)}
  assert.equal(await switchOff('echo Access denied >&2; exit 4', log), 1)
  assert.match(errors[0] ?? '', /^The box stays on, .* failed: Access denied\. See docs\/panel\.md/)
  assert.equal(await switchOff('true', log), 0)
  assert.equal(errors.length, 1)
})
