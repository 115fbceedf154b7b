/** Composition: settings → real parts → the command. The only file that knows everything. */
import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {App} from './cli/app.ts'
import {runProgram} from './cli/program.ts'
import {showDatasetProgress} from './cli/progress.ts'
import {serve} from './cli/serve.ts'
import {
  fetchTensorflow,
  installedVersion,
  installTensorflow,
  removeTensorflow,
} from './daemon/backends/install.ts'
import {bindingFile} from './daemon/backends/places.ts'
import {systemClock} from './daemon/base/clock.ts'
import {stderrLog} from './daemon/base/log.ts'
import {ok} from './daemon/base/result.ts'
import {type Config, readConfig} from './daemon/config.ts'
import {type RunningDaemon, startDaemon} from './daemon/daemon.ts'
import {openDatasetLibrary} from './daemon/datasets/library.ts'
import {type History, openHistory} from './daemon/history/history.ts'
import {rowOf} from './daemon/history/row.ts'
import {openAboutMachine} from './daemon/machine/about.ts'
import {chooseProcessor, knownProcessor} from './daemon/machine/choose-processor.ts'
import {openKernelLog} from './daemon/machine/kernel-log.ts'
import {choiceOf} from './daemon/machine/processor.ts'
import {timeBackends} from './daemon/machine/speed-test.ts'
import {lightFor} from './daemon/panel/light.ts'
import {openOnoffPins} from './daemon/panel/onoff-pins.ts'
import {openPanel, type Panel} from './daemon/panel/panel.ts'
import {switchOff} from './daemon/panel/switch-off.ts'
import {type OpenSettings, openSettings} from './daemon/settings.ts'
import {lastStopOf, openHome} from './daemon/storage/home.ts'
import {openMemoryLimits} from './daemon/storage/memory-limits.ts'
import {openStudyStore} from './daemon/storage/study-store.ts'
import {openSuggester} from './daemon/suggester/suggester.ts'
import {openServiceManager} from './daemon/supervisor/service-manager.ts'
import {boardPowerW} from './daemon/telemetry/power.ts'
import type {Machine} from './daemon/telemetry/reading.ts'
import {startSampler} from './daemon/telemetry/sampler.ts'
import {openSensors, type Sensors} from './daemon/telemetry/sensors.ts'
import {limitsOn} from './daemon/throttle/limits.ts'
import {decide, startThrottle} from './daemon/throttle/throttle.ts'
import {tryBackend} from './daemon/trials/trainer-process.ts'
import {openTrainers} from './daemon/trials/trainers.ts'
import {startServer} from './ui/server.ts'

const clock = systemClock
const log = stderrLog()
const root = rootFolder(dirname(fileURLToPath(import.meta.url)))

// Before what systemd says is taken out of the environment.
const isSupervised = process.env.NOTIFY_SOCKET !== undefined || process.env.pm_id !== undefined

/** What switches the box off, once a person has asked for that at the panel. */
let commandAtEnd: string | undefined

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second time they mean it.
    if (interruption.signal.aborted) process.exit(130)
    interruption.abort()
  })
}
// A reader that has seen enough (`simmer telemetry | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const datasetsOf = (config: Config) =>
  openDatasetLibrary({
    home: config.home,
    ...(config.datasetMirror === undefined ? {} : {mirror: config.datasetMirror}),
    log,
  })

/** What decides which processor trains. */
const choosingOf = ({home, backend}: Config, machine: Machine) => ({
  home,
  backend,
  bindingFile: bindingFile(home),
  subject: [
    `${machine.model}, ${machine.cpu}, ${machine.cores} cores`,
    `Simmer ${app.version}`,
    `Node.js ${process.versions.node}`,
    `TensorFlow ${installedVersion(home) ?? 'none'}`,
  ].join('; '),
})

const openDaemon: App['openDaemon'] = async (effective, {foreground}) => {
  const {config} = effective
  const home = openHome(config.home)
  if (!home.ok) return home
  const sensors = await openSensors({sysfsRoot: config.sysfsRoot, clock})
  const history = await openHistory({folder: join(config.home, 'logs', 'telemetry'), log})
  const choosing = choosingOf(config, sensors.machine)
  const settings = openSettings({env: process.env, started: effective, version: app.version})
  const {signal} = interruption
  const processor = await chooseProcessor(choosing, {
    timeAll: () => timeBackends({bindingFile: choosing.bindingFile, clock, signal}),
    nowMs: clock.nowMs,
    log,
  })
  const daemon = await startDaemon({
    storage: openStudyStore(join(config.home, 'studies')),
    datasets: datasetsOf(config),
    trainers: openTrainers({
      backend: choiceOf(processor),
      bindingFile: choosing.bindingFile,
      log,
    }),
    suggester: openSuggester(),
    history,
    trialLimits: settings.trialLimits,
    memoryLimits: await openMemoryLimits({
      file: join(config.home, 'memory-limits.json'),
      backend: config.backend,
      log,
    }),
    machine: sensors.machine,
    pace: startThrottle(limitsOn(sensors.machine, config.limits)).pace,
    about: openAboutMachine({
      processor,
      lastStop: home.value.lastStop,
      overCurrents: openKernelLog(config.sysfsRoot),
    }),
    clock,
    log: foreground ? {...log, info: () => {}} : log,
    foreground,
  })
  // In the foreground the person has a keyboard.
  const {buttonPin: _, ...withoutButton} = config
  const panel = await openPanelOf(foreground ? withoutButton : config, daemon)
  const watch = watchDevice({settings, sensors, daemon, history, panel})
  return ok({
    ...daemon,
    settings,
    isMended: () => daemon.isBroken() && home.value.canBeWritten(),
    stop: async () => {
      await watch.stop()
      await daemon.stop().finally(home.value.release)
    },
  })
}

/** Each second: one reading to the log, the throttle and the pages; the panel shows what it all means. */
const watchDevice = ({
  settings,
  sensors,
  daemon,
  history,
  panel,
}: {
  readonly settings: OpenSettings
  readonly sensors: Sensors
  readonly daemon: RunningDaemon
  readonly history: History
  readonly panel: Panel
}) => {
  let throttle = startThrottle(limitsOn(sensors.machine, settings.limits()))
  const sampler = startSampler({
    sensors,
    onReading: (reading) => {
      const running = daemon.studies().find((study) => study.state === 'running')
      const powerW = boardPowerW(reading)
      const work = daemon.work()
      const asked = settings.limits()
      const temperatureC = running?.settings.temperatureLimitC ?? asked.temperatureC
      const limits = limitsOn(sensors.machine, {...asked, temperatureC})
      const decision = decide(
        throttle,
        {reading, ...(powerW === undefined ? {} : {powerW}), ...(work ? {work} : {})},
        limits,
      )
      throttle = decision.state
      history.write(
        rowOf({
          reading,
          pace: throttle.pace,
          ...(decision.order ? {order: decision.order} : {}),
          ...(work ? {work} : {}),
        }),
      )
      daemon.observe(reading, decision.order)
      panel.show(
        lightFor({
          isTraining: running !== undefined,
          isHeldBack: throttle.pace.duty < 1,
          hasTrouble: daemon.notices().length > 0,
        }),
      )
    },
  })
  return {
    stop: async () => {
      await sampler.stop()
      await history.close()
      panel.close()
    },
  }
}

/** Held, the button ends the program, and the box is switched off once everything is recorded. */
const openPanelOf = (config: Config, daemon: RunningDaemon) => {
  const {ledPin, buttonPin} = config
  return openPanel({
    ...(ledPin === undefined ? {} : {ledPin}),
    ...(buttonPin === undefined ? {} : {buttonPin}),
    onPress: (press) => {
      if (press === 'short') {
        daemon.pauseSwitch
          .press()
          .catch((error) => log.error('the press of the button did nothing', error))
        return
      }
      log.info('The button was held: stopping, then switching off.')
      commandAtEnd = config.shutdownCommand
      interruption.abort()
    },
    openPins: () => openOnoffPins(log),
    clock,
    log,
  })
}

const app: App = {
  version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
  log,
  programFolder: root,
  demoStudyFile: join(root, 'studies', 'demo.yaml'),
  plantsFolder: join(root, 'data', 'plants'),
  readConfig: () => readConfig(process.env),
  openDaemon,
  serve: () =>
    serve(app, {
      startServer: (daemon, {home, host, port, tls}) =>
        startServer({
          ...{daemon, settings: daemon.settings, home, host, port, log, clock},
          ...(tls ? {tls} : {}),
        }),
      serviceManager: openServiceManager({
        env: process.env,
        relay: ['perl', join(root, 'systemd', 'notify-relay.pl')],
        log,
      }),
    }),
  openDatasets: () => {
    const config = app.readConfig()
    return config.ok ? ok(datasetsOf(config.value.config)) : config
  },
  openSensors: async () => {
    const config = app.readConfig()
    return config.ok
      ? ok(await openSensors({sysfsRoot: config.value.config.sysfsRoot, clock}))
      : config
  },
  aboutMachine: async (config) => {
    const sensors = await openSensors({sysfsRoot: config.sysfsRoot, clock})
    const about = openAboutMachine({
      processor: knownProcessor(choosingOf(config, sensors.machine)),
      lastStop: lastStopOf(config.home),
      overCurrents: openKernelLog(config.sysfsRoot),
    })
    about.observe(await sensors.read())
    return about.remarks()
  },
  tryBackend: async (config) => {
    const {machine} = await openSensors({sysfsRoot: config.sysfsRoot, clock})
    const choosing = choosingOf(config, machine)
    const backend = choiceOf(knownProcessor(choosing))
    return tryBackend({backend, bindingFile: choosing.bindingFile, log})
  },
  installTensorflow: async (config, {from}) => {
    const {machine} = await openSensors({sysfsRoot: config.sysfsRoot, clock})
    const {platform, arch} = process
    return installTensorflow({
      home: config.home,
      machine: {
        platform,
        arch,
        ...(machine.l4t === undefined ? {} : {l4tMajor: Number.parseInt(machine.l4t, 10)}),
      },
      env: process.env,
      ...(from === undefined ? {} : {from}),
      prove: async (file) => {
        const onGpu = await tryBackend({backend: 'tensorflow-gpu', bindingFile: file, log})
        return onGpu.ok ? onGpu : tryBackend({backend: 'tensorflow', bindingFile: file, log})
      },
      say: log.info,
      signal: interruption.signal,
    })
  },
  fetchTensorflow: (machine, to) =>
    fetchTensorflow({
      machine,
      to,
      env: process.env,
      say: log.info,
      signal: interruption.signal,
    }),
  removeTensorflow: ({home}) => removeTensorflow(home),
  showProgress: () => showDatasetProgress(process.stderr),
  isSupervised,
  isTerminal: process.stdout.isTTY === true,
  print: (line) => {
    process.stdout.write(`${line}\n`)
  },
  interrupted: interruption.signal,
}

process.exitCode = await runProgram(process.argv.slice(2), app)
if (commandAtEnd !== undefined) process.exitCode = await switchOff(commandAtEnd, log)

/** The folder that holds package.json: two levels up from src/, three from dist/src/. */
function rootFolder(folder: string): string {
  try {
    readFileSync(join(folder, 'package.json'))
    return folder
  } catch {
    return rootFolder(dirname(folder))
  }
}
