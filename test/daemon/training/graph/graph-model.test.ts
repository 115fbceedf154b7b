import assert from 'node:assert/strict'
import {test} from 'node:test'
import {systemClock} from '../../../../src/daemon/base/clock.ts'
import {ok} from '../../../../src/daemon/base/result.ts'
import {defaultLenetSetting} from '../../../../src/daemon/studies/hyperparameters.ts'
import {fullPace} from '../../../../src/daemon/throttle/pace.ts'
import {type OpenBackend, openBackend} from '../../../../src/daemon/training/backends/open.ts'
import {
  createGraphModels,
  type GraphModels,
} from '../../../../src/daemon/training/graph/graph-model.ts'
import {loadBinding} from '../../../../src/daemon/training/graph/tensorflow.ts'
import {runJob} from '../../../../src/daemon/training/job.ts'
import {createGather} from '../../../../src/daemon/training/loop/batches.ts'
import {fitScaling} from '../../../../src/daemon/training/loop/scaling.ts'
import {initialParameters} from '../../../../src/daemon/training/network/initial-parameters.ts'
import {lenet} from '../../../../src/daemon/training/network/lenet.ts'
import type {FromTrainer} from '../../../../src/daemon/trials/messages.ts'
import {modelContract} from '../../../contracts/model.ts'
import {nativeBackend} from '../../../fixtures/native-backend.ts'
import {stripes} from '../stripes.ts'

const backend = await nativeBackend()
if (backend.kind === 'unreachable') {
  test('a graph of TensorFlow trains as the other models do', {skip: backend.reason}, () => {})
} else {
  const binding = loadBinding(backend.bindingFile)
  const models = createGraphModels(binding)
  modelContract('a graph of TensorFlow', models.create, {held: () => binding.getNumOfTensors()})

  test('the losses of a study are those of WebAssembly, whatever a batch is cut into', async () => {
    const opened = async (choice: string) => {
      const found = await openBackend(choice, backend.bindingFile)
      assert.ok(found.ok)
      return found.value
    }
    const wasm = await lossesOn(await opened('wasm'))
    const native = await opened('tensorflow')
    for (const microBatch of [fullPace.microBatch, 7]) {
      const found = await lossesOn(native, microBatch)
      assert.equal(found.length, 4)
      found.forEach((loss, i) => {
        assert.ok(Math.abs(loss - wasm[i]) < 1e-4 * Math.max(1, wasm[i]), `${loss} and ${wasm[i]}`)
      })
    }
  })

  test('pictures kept as a GPU keeps them train alike', () => {
    const lossesOf = ({create, close}: GraphModels) => {
      const data = stripes({train: 30, test: 1})
      const architecture = lenet(data, data.classes.length, defaultLenetSetting)
      const initial = initialParameters(architecture, 'relu', 1)
      const places = Uint32Array.from({length: 20}, (_, i) => i)
      const gather = createGather(data.train, data, fitScaling(data.train.pixels, data, places))
      const model = create(architecture, defaultLenetSetting, {initial, seed: 1})
      const losses = [1, 2, 3].map(() => {
        const {loss} = model.learn(gather(places), 1 / 20)
        model.update()
        return loss
      })
      model.dispose()
      close()
      return losses
    }
    const halves = createGraphModels(
      Object.create(binding, {isUsingGpuDevice: {value: () => true}}),
    )
    assert.deepEqual(lossesOf(halves), lossesOf(models))
  })

  test('an architecture is loaded once, and only a few stay loaded', () => {
    const train = (width: number) => {
      const setting = {...defaultLenetSetting, width}
      const architecture = lenet({height: 16, width: 16, channels: 1}, 2, setting)
      const initial = initialParameters(architecture, setting.activation, 1)
      const model = models.create(architecture, setting, {initial, seed: 1})
      model.learn({pixels: new Float32Array(256), labels: Uint8Array.of(1)}, 1)
      model.update()
      model.dispose()
    }
    for (const width of [0.25, 0.5, 0.75, 1, 1.25, 1.5, 0.25]) train(width)
    assert.equal(binding.getNumOfSavedModels(), 4)
    train(0.25)
    assert.equal(binding.getNumOfSavedModels(), 4)
    models.close()
    assert.equal(binding.getNumOfTensors(), 0)
  })
}

/** Training and validation losses of two epochs. */
const lossesOn = async (
  backend: OpenBackend,
  microBatch = fullPace.microBatch,
): Promise<readonly number[]> => {
  const said: FromTrainer[] = []
  const params = {epochs: 2, batch: 20, lr: 0.02, momentum: 0.9, dropout: 0.2, weight_decay: 0.01}
  const ending = await runJob(
    {
      params,
      seed: 5,
      datasetFile: 'stripes',
      purpose: {kind: 'validate', validationShare: 0.2, splitSeed: 1},
    },
    {
      backend,
      readDataset: () => ok(stripes({train: 90, test: 30})),
      pace: () => ({...fullPace, microBatch}),
      signal: new AbortController().signal,
      clock: systemClock,
      say: (message) => said.push(message),
    },
  )
  assert.equal(ending.kind, 'done')
  return said.flatMap((one) =>
    one.kind === 'epoch' ? [one.epoch.metrics.train_loss, one.epoch.metrics.val_loss] : [],
  )
}
