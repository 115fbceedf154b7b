/**
 * A training process for the benchmark: `worker BACKEND [BINDING]`. Says hello once it has trained a step, then answers
 * each line `batch samples` on stdin with a line of JSON, as pytorch.py does.
 */
import {createInterface} from 'node:readline'
import {systemClock} from '../../src/daemon/base/clock.ts'
import {seededRandom} from '../../src/daemon/base/random.ts'
import {defaultLenetSetting} from '../../src/daemon/studies/hyperparameters.ts'
import {fullPace} from '../../src/daemon/throttle/pace.ts'
import {openBackend} from '../../src/daemon/training/backends/open.ts'
import {createGather} from '../../src/daemon/training/loop/batches.ts'
import {createLearner} from '../../src/daemon/training/loop/learner.ts'
import {createMeter} from '../../src/daemon/training/loop/meter.ts'
import {createRhythm} from '../../src/daemon/training/loop/rhythm.ts'
import {fitScaling} from '../../src/daemon/training/loop/scaling.ts'
import {initialParameters} from '../../src/daemon/training/network/initial-parameters.ts'
import {lenet} from '../../src/daemon/training/network/lenet.ts'

const shape = {height: 28, width: 28, channels: 3}
const classCount = 10
const pictureCount = 8000

const [choice, bindingFile] = process.argv.slice(2)
const backend = await openBackend(choice, bindingFile)
if (!backend.ok) throw new Error(backend.problems.join(' '))
const {createModel, itemsAtOnce} = backend.value

const random = seededRandom(1, 'pictures')
const images = {
  pixels: Uint8Array.from({length: pictureCount * 28 * 28 * 3}, () => random.integer(0, 256)),
  labels: Uint8Array.from({length: pictureCount}, () => random.integer(0, classCount)),
}
const all = Uint32Array.from(images.labels.keys())
const scaling = fitScaling(images.pixels, shape, all)

/** One epoch of the trainer's own loop, with all that belongs to a step. */
const train = async (batch: number, samples: number) => {
  const setting = {...defaultLenetSetting, batch, momentum: 0.9}
  const architecture = lenet(shape, classCount, setting)
  const initial = initialParameters(architecture, setting.activation, 1)
  const model = createModel(architecture, setting, {initial, seed: 1})
  const clock = systemClock
  const learnEpoch = createLearner({
    model,
    batch,
    seed: 1,
    pictures: all.subarray(0, samples),
    gather: createGather(images, shape, scaling),
    rhythm: createRhythm({
      pace: () => fullPace,
      itemsAtOnce,
      signal: new AbortController().signal,
      clock,
    }),
    meter: createMeter({steps: Math.ceil(samples / batch), clock, report: () => {}}),
  })
  const before = process.cpuUsage()
  const startedMs = clock.monotonicMs()
  await learnEpoch(1)
  const wallSeconds = (clock.monotonicMs() - startedMs) / 1000
  const {user, system} = process.cpuUsage(before)
  model.dispose()
  return {
    seconds: (user + system) / 1e6,
    wallSeconds,
    peakMemoryMb: process.resourceUsage().maxRSS / 1024,
  }
}

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`)

await train(32, 32)
say({name: backend.value.name})
for await (const line of createInterface(process.stdin)) {
  const [batch, samples] = line.split(' ').map(Number)
  say(await train(batch, samples))
}
