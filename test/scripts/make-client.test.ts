import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {test} from 'node:test'
import {projectRoot} from '../fixtures/project.ts'

test('the client of the command line is what the description of the API makes', () => {
  const script = join(projectRoot(), 'scripts/make-client.mjs')
  const {status, stderr} = spawnSync(process.execPath, [script, '--check'], {encoding: 'utf8'})
  assert.equal(status, 0, stderr)
})
