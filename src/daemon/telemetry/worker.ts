/** The thread that reads the board's files, started by its URL. */
import {workerData} from 'node:worker_threads'
import {answerThread} from './answer-thread.ts'
import {openDeviceFiles} from './device-files.ts'
import type {ThreadOptions} from './messages.ts'

// Only our own reader starts this thread.
const options = workerData as ThreadOptions
answerThread(openDeviceFiles(options.root), options)
