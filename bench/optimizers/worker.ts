/** Runs studies for runner.ts, in a thread of its own. */
import {parentPort} from 'node:worker_threads'
import {bestSoFar} from './measure.ts'
import {problemNamed} from './problems.ts'
import type {Task, TaskResult} from './runner.ts'

parentPort?.on('message', ({optimizer, problem, seed, trials}: Task) => {
  const curve = bestSoFar(optimizer, problemNamed(problem), seed, trials)
  const result: TaskResult = {optimizer, problem, seed, curve}
  parentPort?.postMessage(result)
})
