/** What the commands are handed: the real parts, made by main.ts. */
import type {Machine as BackendMachine} from '../daemon/backends/library.ts'
import type {Log} from '../daemon/base/log.ts'
import type {Result} from '../daemon/base/result.ts'
import type {Config, EffectiveSettings} from '../daemon/config.ts'
import type {RunningDaemon} from '../daemon/daemon.ts'
import type {DatasetLibrary, DatasetProgress} from '../daemon/datasets/dataset.ts'
import type {Remark} from '../daemon/machine/remark.ts'
import type {Settings} from '../daemon/settings.ts'
import type {Sensors} from '../daemon/telemetry/sensors.ts'

/** 0 done, 1 failed, 2 bad input, 130 interrupted with the state saved. */
export type ExitCode = 0 | 1 | 2 | 130

export type App = {
  readonly version: string
  readonly log: Log
  /** The folder that holds package.json. */
  readonly programFolder: string
  /** The study that `simmer demo` runs. */
  readonly demoStudyFile: string
  /** Where the plants of `simmer simulate` are. */
  readonly plantsFolder: string
  readonly readConfig: () => Result<EffectiveSettings>
  /** Opens the home folder and goes on with its queue; in the foreground only with the study it is given. */
  readonly openDaemon: (
    settings: EffectiveSettings,
    options: {readonly foreground: boolean},
  ) => Promise<Result<OpenDaemon>>
  /** Runs the daemon and its pages until the person interrupts. */
  readonly serve: () => Promise<ExitCode>
  readonly openDatasets: () => Result<DatasetLibrary>
  readonly openSensors: () => Promise<Result<Sensors>>
  /** What is to be said of the box, from one look at it. */
  readonly aboutMachine: (config: Config) => Promise<readonly Remark[]>
  /** Starts a training process and ends it again: the name of the backend that works, or why none does. */
  readonly tryBackend: (config: Config) => Promise<Result<string>>
  /** Gives this machine TensorFlow; answers with the name of the backend that works then. */
  readonly installTensorflow: (
    config: Config,
    options: {
      /** A folder that `fetchTensorflow` has filled, in place of the network. */
      readonly from?: string
    },
  ) => Promise<Result<string>>
  /** Puts what another machine needs for TensorFlow into the folder `to`; answers with the version. */
  readonly fetchTensorflow: (machine: BackendMachine, to: string) => Promise<Result<string>>
  /** True if there was one to remove. */
  readonly removeTensorflow: (config: Config) => Promise<boolean>
  readonly showProgress: () => {
    readonly update: (progress: DatasetProgress) => void
    readonly end: () => void
  }
  /** Whether somebody starts the program again when it ends: systemd or pm2. */
  readonly isSupervised: boolean
  /** Whether stdout is one, and takes colors. */
  readonly isTerminal: boolean
  /** One line on stdout. */
  readonly print: (line: string) => void
  /** Aborted when the person or systemd asks the command to end. */
  readonly interrupted: AbortSignal
}

/** A daemon and its home folder. */
export type OpenDaemon = RunningDaemon & {
  /** For pages and API. */
  readonly settings: Settings
  /** Whether a daemon that is broken would work again, were it started anew. */
  readonly isMended: () => boolean
}

/** Tells each problem in a line of its own on stderr. */
export const complain = (app: Pick<App, 'log'>, problems: readonly string[]): void => {
  for (const problem of problems) app.log.error(problem)
}
