/** `simmer backend …`: native libraries for training, which the program itself does without. */
import {type App, complain, type ExitCode} from './app.ts'

const known = ['tensorflow']

export const installBackend = async (
  name: string,
  options: {readonly remove?: boolean},
  app: App,
): Promise<ExitCode> => {
  if (!known.includes(name)) {
    complain(app, [`backend: expected ${known.join(', ')}, got ${name}.`])
    return 2
  }
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
  const installed = await app.installTensorflow(config.value.config)
  if (installed.ok) {
    app.print(
      `${installed.value} works. The next start of Simmer times it against WebAssembly, and the faster one trains.`,
    )
    return 0
  }
  complain(app, installed.problems)
  return app.interrupted.aborted ? 130 : 1
}
