/** The inside of the thread that reads: answers each question with what the board's files say. */
import {parentPort} from 'node:worker_threads'
import {systemClock} from '../base/clock.ts'
import type {DeviceFiles} from './device-files.ts'
import {showCurrent} from './hanging-files.ts'
import type {FromThread, ThreadOptions, ToThread} from './messages.ts'
import {type Board, openBoard} from './sysfs.ts'

/** Answers until the thread is ended. */
export const answerThread = (
  files: DeviceFiles,
  {current}: Pick<ThreadOptions, 'current'>,
): void => {
  let board: Board | undefined
  let avoided: readonly string[] = []
  // Only our own reader is at the other end of the channel.
  parentPort?.on('message', (asked: ToThread) => {
    if (asked.avoided.join() !== avoided.join()) board = undefined
    avoided = asked.avoided
    board ??= openBoard(showCurrent(files, avoided, current), systemClock)
    say(
      asked.kind === 'describe'
        ? {kind: 'machine', machine: board.machine()}
        : {kind: 'reading', reading: board.read()},
    )
  })
}

const say = (message: FromThread) => parentPort?.postMessage(message)
