/** What every store of studies must do. `make` gives a function that opens the same store again. */
import assert from 'node:assert/strict'
import {type TestContext, test} from 'node:test'
import type {StudyStorage} from '../../src/daemon/storage/storage.ts'
import type {Study, StudyId} from '../../src/daemon/studies/study.ts'
import {completeTrial, failedTrial, prunedTrial, queuedStudy} from '../fixtures/studies.ts'

const study = (order: number, change: Partial<Study> = {}): Study => ({
  ...queuedStudy(),
  id: `study-${order}` as StudyId, // made here, and only here
  order,
  ...change,
})

export const storageContract = (
  name: string,
  make: (t: TestContext) => () => StudyStorage,
): void => {
  const contract = (sentence: string, run: (open: () => StudyStorage) => Promise<void>) =>
    test(`a store ${name} ${sentence}`, (t) => run(make(t)))

  contract('is empty at first', async (open) => {
    const store = open()
    assert.deepEqual(await store.load(), {studies: [], notices: [], taken: []})
    await store.close()
  })

  contract('gives back the last saved state of every study, in queue order', async (open) => {
    const store = open()
    await store.load()
    const trials = [completeTrial(0, 0.5), failedTrial(1, 'diverged'), prunedTrial(2, 0.3)]
    const states = [study(2), study(10), study(1), study(2, {state: 'running', trials})]
    for (const one of states) await store.save(one)
    await store.close()
    const again = open()
    const {studies, notices} = await again.load()
    await again.close()
    assert.deepEqual(studies, [study(1), study(2, {state: 'running', trials}), study(10)])
    assert.deepEqual(notices, [])
  })

  contract('forgets what a study no longer has', async (open) => {
    const store = open()
    await store.load()
    const reason = 'Paused by hand.'
    await store.save(study(1, {state: 'paused', reason, trials: [completeTrial(0, 0.5)]}))
    await store.save(study(1, {state: 'running', trials: []}))
    await store.close()
    const again = open()
    assert.deepEqual((await again.load()).studies, [study(1, {state: 'running', trials: []})])
    await again.close()
  })

  contract('keeps the order of saves that are not waited for', async (open) => {
    const store = open()
    await store.load()
    const saves = Array.from({length: 20}, (_, count) =>
      store.save(
        study(1, {trials: Array.from({length: count}, (_, id) => completeTrial(id, 0.1 * id))}),
      ),
    )
    await Promise.all(saves)
    await store.close()
    const again = open()
    assert.equal((await again.load()).studies[0]?.trials.length, 19)
    await again.close()
  })

  contract('holds a study of many trials over many starts', async (open) => {
    let one = study(1)
    for (let start = 0; start < 4; start++) {
      const store = open()
      const {studies} = await store.load()
      if (start > 0) assert.deepEqual(studies, [one])
      for (let count = 0; count < 60; count++) {
        one = {...one, trials: [...one.trials, completeTrial(one.trials.length, 0.5)]}
        await store.save(one)
      }
      await store.close()
    }
  })
}
