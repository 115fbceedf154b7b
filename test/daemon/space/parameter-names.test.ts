import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parameterNames} from '../../../src/daemon/space/parameter-names.ts'
import {everythingSource, spaceOf} from '../../fixtures/spaces.ts'

const unit = {uniform: [0, 1]}

test('options that name themselves are called by that', () => {
  const space = spaceOf({
    lr: unit,
    sizes: [unit, {a: unit}],
    optimizer: {choice: ['sgd', {name: 'adam', beta: unit}, {inner: {choice: [0, {x: unit}]}}]},
  })
  assert.deepEqual(Object.fromEntries(parameterNames(space)), {
    lr: 'lr',
    'sizes.0': 'sizes.0',
    'sizes.1.a': 'sizes.1.a',
    optimizer: 'optimizer',
    'optimizer.1.beta': 'optimizer.adam.beta',
    'optimizer.2.inner': 'optimizer.2.inner',
    'optimizer.2.inner.1.x': 'optimizer.2.inner.1.x',
  })
})

test('options of the same name keep their numbers', () => {
  const space = spaceOf({
    o: {
      choice: [
        {name: 'a', x: unit},
        {name: 'a', x: unit},
      ],
    },
  })
  assert.deepEqual([...parameterNames(space).values()], ['o', 'o.0.x', 'o.1.x'])
})

test('every parameter has a name of its own', () => {
  const space = spaceOf(everythingSource)
  const names = parameterNames(space)
  assert.deepEqual([...names.keys()].sort(), space.parameters.map(({label}) => label).sort())
  assert.equal(new Set(names.values()).size, names.size)
})
