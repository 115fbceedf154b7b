import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parseSpace} from '../../../src/daemon/space/parse.ts'
import {spaceOf} from '../../fixtures/spaces.ts'

const problemsOf = (source: unknown): readonly string[] => {
  const parsed = parseSpace(source)
  assert.ok(!parsed.ok, 'the space was accepted')
  return parsed.problems
}

const assertRefused = (leaf: unknown, problem: RegExp): void => {
  const problems = problemsOf({x: leaf})
  assert.equal(problems.length, 1, problems.join('\n'))
  assert.match(problems[0], /^space\.x: .*\.$/)
  assert.match(problems[0], problem)
}

test('a tree becomes parameters, parents first, each with its path and what it hangs on', () => {
  const {parameters} = spaceOf({
    lr: {loguniform: [1e-4, 0.3]},
    optimizer: {choice: ['sgd', {name: 'adam', beta: {choice: [0.9, {uniform: [0.8, 0.99]}]}}]},
    sizes: [{randint: [1, 4]}, 7],
    epochs: 3,
  })
  const adam = {label: 'optimizer', option: 1}
  assert.deepEqual(parameters, [
    {label: 'lr', distribution: {kind: 'loguniform', low: 1e-4, high: 0.3}, conditions: []},
    {label: 'optimizer', distribution: {kind: 'choice', count: 2}, conditions: []},
    {label: 'optimizer.1.beta', distribution: {kind: 'choice', count: 2}, conditions: [adam]},
    {
      label: 'optimizer.1.beta.1',
      distribution: {kind: 'uniform', low: 0.8, high: 0.99},
      conditions: [adam, {label: 'optimizer.1.beta', option: 1}],
    },
    {label: 'sizes.0', distribution: {kind: 'randint', low: 1, high: 4}, conditions: []},
  ])
})

test('every distribution is read with its own numbers', () => {
  const read = (name: string, numbers: unknown) =>
    spaceOf({x: {[name]: numbers}}).parameters[0].distribution
  for (const kind of ['uniform', 'loguniform', 'randint', 'uniformint']) {
    assert.deepEqual(read(kind, [1, 5]), {kind, low: 1, high: 5})
  }
  for (const kind of ['quniform', 'qloguniform']) {
    assert.deepEqual(read(kind, [1, 5, 0.5]), {kind, low: 1, high: 5, q: 0.5})
  }
  for (const kind of ['normal', 'lognormal']) {
    assert.deepEqual(read(kind, [-1, 5]), {kind, mu: -1, sigma: 5})
  }
  for (const kind of ['qnormal', 'qlognormal']) {
    assert.deepEqual(read(kind, [-1, 5, 2]), {kind, mu: -1, sigma: 5, q: 2})
  }
  const pairs = [
    [0.25, 'a'],
    [0.75, 'b'],
  ]
  assert.deepEqual(read('pchoice', pairs), {kind: 'pchoice', probabilities: [0.25, 0.75]})
})

test('a problem names its place, what was expected, what was found and what to do', () => {
  assert.deepEqual(problemsOf({lr: {loguniform: [0, 0.1]}}), [
    'space.lr: expected `loguniform` to have 0 < lo < hi, got [0, 0.1]. Raise the lower bound above 0.',
  ])
})

test('all problems are told at once', () => {
  const problems = problemsOf({
    a: {uniform: [2, 1]},
    b: {choice: [{c: {normal: [0, 0]}}, {choice: []}]},
  })
  assert.deepEqual(
    problems.map((problem) => problem.split(':')[0]),
    ['space.a', 'space.b.0.c', 'space.b.1'],
  )
})

test('bounds that hold nothing are refused', () => {
  for (const name of ['uniform', 'loguniform', 'randint', 'uniformint']) {
    assertRefused({[name]: [3, 3]}, /to have lo < hi, got \[3, 3\]/)
    assertRefused({[name]: [4, 3]}, /to have lo < hi, got \[4, 3\]/)
  }
  assertRefused({qloguniform: [-1, 3, 1]}, /0 < lo < hi/)
  assertRefused({loguniform: [1e5, 1e5 + 2e-11]}, /to have lo < hi/)
})

test('steps and deviations of 0 or less are refused', () => {
  assertRefused({quniform: [0, 1, 0]}, /q > 0/)
  assertRefused({qloguniform: [1, 2, -1]}, /q > 0/)
  assertRefused({qnormal: [0, 1, 0]}, /q > 0/)
  assertRefused({lognormal: [0, 0]}, /sigma > 0/)
  assertRefused({qlognormal: [0, -1, 1]}, /sigma > 0/)
})

test('numbers that are missing, too many, not finite or no numbers are refused', () => {
  assertRefused({uniform: [1]}, /to be \[lo, hi\], got \[1\]/)
  assertRefused({quniform: [1, 2]}, /to be \[lo, hi, q\]/)
  assertRefused({normal: [0, 1, 2]}, /to be \[mu, sigma\]/)
  assertRefused({uniform: [0, Infinity]}, /finite numbers/)
  assertRefused({uniform: [Number.NaN, 1]}, /got \[NaN, 1\]/)
  assertRefused({uniform: ['0', 1]}, /got \["0", 1\]/)
  assertRefused({uniform: {low: 0}}, /got an object/)
  assertRefused({uniform: null}, /got null/)
  assertRefused({normal: [0, 1e300]}, /within ±1e\+100/)
})

test('whole-number distributions refuse fractions, and a randint too many values', () => {
  assertRefused({randint: [0.5, 3]}, /whole bounds/)
  assertRefused({uniformint: [1, 3.5]}, /whole bounds/)
  assertRefused({uniformint: [1, 1e16]}, /whole bounds/)
  assertRefused({randint: [0, 1e6]}, /at most 100000 values.*uniformint/)
})

test('a choice needs options', () => {
  assertRefused({choice: []}, /1 to 1000 options, got \[\]/)
  assertRefused({choice: 'sgd'}, /got "sgd"/)
  assertRefused({pchoice: []}, /pairs \[probability, option\]/)
  assertRefused({pchoice: [['a', 0.5]]}, /pairs \[probability, option\]/)
})

test('probabilities are above 0 and sum to 1', () => {
  const weighted = (...weights: readonly number[]) => ({pchoice: weights.map((p, i) => [p, i])})
  assertRefused(weighted(0.5, 0.4), /sum to 1, got 0\.9/)
  assertRefused(weighted(1, 0), /pairs \[probability, option\]/)
  assertRefused(weighted(1.5, -0.5), /pairs \[probability, option\]/)
  assert.ok(parseSpace({x: weighted(0.333333, 0.333333, 0.333333)}).ok)
})

test('an unknown distribution is told the known ones', () => {
  assertRefused(
    {gauss: [0, 1]},
    /`gauss` is not a distribution\. Known distributions are uniform, .*, choice, pchoice\./,
  )
})

test('a distribution stands alone under its name', () => {
  assertRefused({uniform: [0, 1], q: 2}, /expected `uniform` to stand alone/)
  assert.match(problemsOf({choice: ['a', 'b']})[0], /^space: .*nameless `choice`/)
})

test('a space is an object with something to tune', () => {
  for (const source of [null, 3, 'lr', [], undefined]) {
    assert.match(problemsOf(source)[0], /^space: expected parameters by name/)
  }
  assert.match(problemsOf({})[0], /at least one distribution/)
  assert.match(problemsOf({sizes: [3, 5], name: 'x'})[0], /at least one distribution/)
})

test('names that would make labels or objects ambiguous are refused', () => {
  const harmful = JSON.parse('{"a": {"uniform": [0, 1]}, "__proto__": {"uniform": [0, 1]}}')
  assert.match(problemsOf(harmful)[0], /got `__proto__`/)
  for (const name of ['a.b', '', 'constructor', 'toString']) {
    assert.match(problemsOf({[name]: {uniform: [0, 1]}})[0], /^space: expected names/)
  }
})

test('constants that JSON cannot hold are refused', () => {
  for (const value of [Number.NaN, Infinity, undefined, () => 1]) {
    assert.match(
      problemsOf({a: {uniform: [0, 1]}, b: value})[0],
      /^space\.b: expected a JSON value/,
    )
  }
})

test('a tree that is too deep, too wide or contains itself is refused', () => {
  let deep: unknown = {uniform: [0, 1]}
  for (let i = 0; i < 40; i++) deep = {choice: [deep]}
  assert.match(problemsOf({deep})[0], /at most 32 levels/)

  const wide = Array.from({length: 1001}, (_, i) => [`x${i}`, {uniform: [0, 1]}])
  assert.match(problemsOf(Object.fromEntries(wide))[0], /at most 1000 parameters/)

  const circle: unknown[] = []
  circle.push(circle, circle, circle)
  assert.equal(problemsOf({circle}).length, 20)
})
