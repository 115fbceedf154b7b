import {writeFileSync} from 'node:fs'
import {setPriority} from 'node:os'

/** The daemon's pages must answer while a trial uses all cores. */
const nice = 10
/** Above the daemon's own, which the service sets to 300: where memory runs out, the kernel takes the trial. */
const oomScoreAdjust = 500

/** Puts a process, and all that it starts from now on, behind the daemon: for the processor, and when memory runs out. */
export const giveWay = (pid: number): void => {
  // Some containers forbid the one, other systems do not have the other. The trial is right without, only less polite.
  ignoringErrors(() => setPriority(pid, nice))
  ignoringErrors(() => writeFileSync(`/proc/${pid}/oom_score_adj`, String(oomScoreAdjust)))
}

const ignoringErrors = (act: () => void) => {
  try {
    act()
  } catch {
    // See above.
  }
}
