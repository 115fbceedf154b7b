/** `simmer config`: every setting's effective value, and where it came from. */
import {type App, complain, type ExitCode} from './app.ts'

export const showConfig = (options: {readonly json?: boolean}, app: App): ExitCode => {
  const config = app.readConfig()
  if (!config.ok) {
    complain(app, config.problems)
    return 2
  }
  const {origins} = config.value
  if (options.json) {
    app.print(
      JSON.stringify(
        Object.fromEntries(origins.map(({setting, value, from}) => [setting, {value, from}])),
      ),
    )
  } else {
    for (const {setting, value, from} of origins) {
      app.print(`${setting.padEnd(20)}  ${String(value ?? '-').padEnd(28)}  ${from}`)
    }
  }
  return 0
}
