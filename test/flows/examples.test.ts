import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {parse} from 'yaml'
import {readCatalogue} from '../../src/daemon/datasets/catalogue.ts'
import {readStudyFile} from '../../src/daemon/submissions/study-file.ts'
import {projectRoot} from '../fixtures/project.ts'

const datasets = readCatalogue().flatMap((family) => family.sets.map((set) => set.name))

const isAccepted = (yaml: string): void => {
  const read = readStudyFile(parse(yaml), datasets)
  assert.ok(read.ok, read.ok ? '' : read.problems.join('\n'))
}

const studies = join(projectRoot(), 'studies')

for (const file of readdirSync(studies)) {
  test(`studies/${file} is a study that can run`, () => {
    isAccepted(readFileSync(join(studies, file), 'utf8'))
  })
}

test('every whole study that the docs show can run', () => {
  const docs = join(projectRoot(), 'docs')
  const pages = [
    join(projectRoot(), 'README.md'),
    ...readdirSync(docs).map((name) => join(docs, name)),
  ]
  const examples = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) => [...readFileSync(page, 'utf8').matchAll(/```yaml\n(name: .*?)```/gs)])
  assert.ok(examples.length >= 2)
  for (const [, yaml = ''] of examples) isAccepted(yaml)
})
