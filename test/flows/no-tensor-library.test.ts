import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {pathToFileURL} from 'node:url'
import {stringify} from 'yaml'
import {temporaryFolder} from '../fixtures/folders.ts'
import {projectRoot} from '../fixtures/project.ts'
import {simmer} from '../fixtures/simmer.ts'

const guard = pathToFileURL(join(projectRoot(), 'test/fixtures/refuse-tensor-libraries.mjs')).href

test('the daemon runs a training study without ever loading a tensor library', async (t) => {
  const study = {
    name: 'guarded',
    dataset: 'rail-signals',
    space: {lr: {uniform: [0.01, 0.1]}, epochs: 1, batch: 128},
    budget: {trials: 1},
  }
  const file = join(temporaryFolder(t), 'study.yaml')
  writeFileSync(file, stringify(study))
  const ended = await simmer(['run', file, '--json'], {
    env: {
      SIMMER_HOME: temporaryFolder(t),
      // Every node process loads the guard; in the training process it only takes notes.
      NODE_OPTIONS: `--import ${guard}`,
    },
  })
  assert.equal(ended.code, 0, ended.stderr)
  assert.match(ended.stdout, /"state":"complete".*"backend":"wasm"/)
})

test('the guard of the test above does refuse tensor libraries', (t) => {
  const file = join(temporaryFolder(t), 'loads.mjs')
  const library = pathToFileURL(
    join(projectRoot(), 'node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js'),
  )
  writeFileSync(file, `await import('${library.href}')`)
  const loading = spawnSync(process.execPath, ['--import', guard, file], {encoding: 'utf8'})
  assert.notEqual(loading.status, 0)
  assert.match(loading.stderr, /a tensor library was loaded outside the training process/)
})
