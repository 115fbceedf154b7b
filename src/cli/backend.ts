/** `simmer backend …`: native libraries for training, which the program itself does without. */
import type {Machine} from '../daemon/backends/library.ts'
import {type App, complain, type ExitCode} from './app.ts'

const known = ['tensorflow']

export const installBackend = async (
  name: string,
  options: {readonly remove?: boolean; readonly from?: string},
  app: App,
): Promise<ExitCode> => {
  if (!isKnown(name, app)) return 2
  const config = app.readConfig()
  if (!config.ok) {
    complain(app, config.problems)
    return 2
  }
  if (options.remove) {
    const wasThere = await app.removeTensorflow(config.value.config)
    app.print(wasThere ? 'TensorFlow was removed.' : 'There was no TensorFlow to remove.')
    return 0
  }
  const {from} = options
  const installed = await app.installTensorflow(
    config.value.config,
    from === undefined ? {} : {from},
  )
  if (installed.ok) {
    app.print(
      `${installed.value} works. The next start of Simmer times it against WebAssembly, and the faster one trains.`,
    )
    return 0
  }
  complain(app, installed.problems)
  return app.interrupted.aborted ? 130 : 1
}

/** Machines that another one can fetch for, by the name on the command line. */
const machines: Readonly<Record<string, Machine>> = {
  jetpack4: {platform: 'linux', arch: 'arm64', l4tMajor: 32},
  'linux-arm64': {platform: 'linux', arch: 'arm64'},
  'linux-x64': {platform: 'linux', arch: 'x64'},
}

export const machineNames = Object.keys(machines)

export const fetchBackend = async (
  name: string,
  options: {readonly to: string; readonly for: string},
  app: App,
): Promise<ExitCode> => {
  if (!isKnown(name, app)) return 2
  const machine = machines[options.for]
  if (!machine) {
    complain(app, [`--for: expected ${machineNames.join(', ')}, got ${options.for}.`])
    return 2
  }
  const fetched = await app.fetchTensorflow(machine, options.to)
  if (fetched.ok) {
    app.print(
      `TensorFlow ${fetched.value} for ${options.for} is in ${options.to}. There: simmer backend install --from FOLDER`,
    )
    return 0
  }
  complain(app, fetched.problems)
  return app.interrupted.aborted ? 130 : 1
}

const isKnown = (name: string, app: App): boolean => {
  if (known.includes(name)) return true
  complain(app, [`backend: expected ${known.join(', ')}, got ${name}.`])
  return false
}
