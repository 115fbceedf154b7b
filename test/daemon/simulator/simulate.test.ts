import assert from 'node:assert/strict'
import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {readPlant} from '../../../src/cli/plant-file.ts'
import type {Plant} from '../../../src/daemon/simulator/plant.ts'
import {type PolicyName, policyNames} from '../../../src/daemon/simulator/policies.ts'
import {isSafe, simulate} from '../../../src/daemon/simulator/simulate.ts'
import {variants} from '../../../src/daemon/simulator/variants.ts'
import {limitsOn} from '../../../src/daemon/throttle/limits.ts'
import {projectRoot} from '../../fixtures/project.ts'

const folder = join(projectRoot(), 'data', 'plants')
const plants = readdirSync(folder).map((file): Plant => {
  const plant = readPlant(file.replace(/\.json$/, ''), folder)
  assert.ok(plant.ok)
  return plant.value
})

const simulated = (plant: Plant, policy: PolicyName, hours: number) => {
  const passiveTripC = plant.brake.tripC
  const limits = limitsOn(
    {kind: 'jetson', passiveTripC},
    {temperatureC: 70, hardTemperatureC: 85, memoryAvailableBytes: 300 * 2 ** 20},
  )
  return simulate({plant, policy, hours, limits, seed: 1})
}

for (const plant of plants) {
  test(`${plant.name}: twelve hours in all limits, with 97 % of what is possible and more than any other safe policy`, () => {
    const runs = policyNames.map((policy) => simulated(plant, policy, 12))
    const [ours, optimum] = ['simmer', 'optimum'].map((name) =>
      runs.find(({policy}) => policy === name),
    )
    assert.ok(ours && optimum)
    assert.ok(isSafe(ours), JSON.stringify(ours))
    assert.ok(ours.samples >= 0.97 * optimum.samples)
    for (const other of runs.filter((one) => isSafe(one) && one !== optimum)) {
      // Where nothing needs a brake, to have none is as good but for feeling out the memory at the start.
      assert.ok(ours.samples >= 0.9998 * other.samples, `${other.policy} trains more`)
    }
  })

  test(`${plant.name}: noise, lost readings and other constants than it was made for do no harm`, () => {
    for (const {name, change} of variants) {
      const changed = change(plant)
      const ours = simulated(changed, 'simmer', 4)
      assert.ok(isSafe(ours), `${name}: ${JSON.stringify(ours)}`)
      const {samples} = simulated(changed, 'optimum', 4)
      assert.ok(ours.samples >= 0.97 * samples, `${name}: ${ours.samples / samples} of the optimum`)
    }
  })
}

test('the plants are hard enough: without a throttle some overheat, some lose power, some run out of memory', () => {
  const unthrottled = plants.map((plant) => simulated(plant, 'none', 4))
  assert.ok(unthrottled.some(({secondsAboveTrip}) => secondsAboveTrip > 0))
  assert.ok(unthrottled.some(({brownOuts}) => brownOuts > 0))
  assert.ok(unthrottled.some(({outOfMemory}) => outOfMemory > 0))
})

test('the same seed gives the same hours', () => {
  const [plant] = plants
  assert.deepEqual(simulated(plant, 'simmer', 1), simulated(plant, 'simmer', 1))
})
