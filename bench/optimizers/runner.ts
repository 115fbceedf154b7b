/** Runs many studies on all cores, each the same whichever core gets it. */
import {availableParallelism} from 'node:os'
import {extname} from 'node:path'
import {Worker} from 'node:worker_threads'
import type {OptimizerName} from '../../src/daemon/optimizers/optimizer.ts'
import type {Curve} from './measure.ts'

export type Task = {
  readonly optimizer: OptimizerName
  readonly problem: string
  readonly seed: number
  readonly trials: number
}

export type TaskResult = Omit<Task, 'trials'> & {
  readonly curve: Curve
}

/** The results in the order of the tasks. */
export const runAll = async (
  tasks: readonly Task[],
  onResult: (result: TaskResult, done: number) => void,
): Promise<readonly TaskResult[]> => {
  const results: TaskResult[] = []
  const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)
  let next = 0
  let done = 0
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(file, {execArgv: process.execArgv})
      let current = -1
      const advance = () => {
        if (next >= tasks.length) {
          void worker.terminate()
          resolve()
          return
        }
        current = next++
        worker.postMessage(tasks[current])
      }
      worker.on('message', (result: TaskResult) => {
        results[current] = result
        onResult(result, ++done)
        advance()
      })
      worker.on('error', reject)
      advance()
    })
  await Promise.all(Array.from({length: availableParallelism()}, work))
  return results
}
