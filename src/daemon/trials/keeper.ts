import {spawn} from 'node:child_process'

/** Ends a process group when this process is gone, however it went. */
export interface Keeper {
  /** Names the group by the number of its leader. */
  readonly keep: (group: number) => void
  /** The group needs no keeping any more. */
  readonly release: () => void
}

/**
 * A shell in a session of its own that is told the group and then waits for another word. Where it hears the end of the pipe
 * in its place, we are dead: the group is asked to end, continued, for it may have been stopped, and at last killed.
 */
const script = `read -r group || exit
read -r _ || {
  kill -s TERM -- "-$group"; kill -s CONT -- "-$group"
  sleep 5; kill -s KILL -- "-$group"
} 2>/dev/null`

/** To be started before the group, so that there is no moment in which nobody keeps it. */
export const startKeeper = (): Keeper => {
  const keeper = spawn('/bin/sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a keeper the trial runs as well; it is only not ended should we be killed.
  keeper.on('error', () => {})
  keeper.stdin.on('error', () => {})
  keeper.unref()
  return {
    keep: (group) => keeper.stdin.write(`${group}\n`),
    // Twice, for where there was no group to name.
    release: () => keeper.stdin.end('done\ndone\n'),
  }
}
