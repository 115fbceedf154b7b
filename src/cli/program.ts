/** The command line: what can be said, and which file answers it. */
import {Command, CommanderError, InvalidArgumentError} from 'commander'
import {type OptimizerName, optimizerNames} from '../daemon/optimizers/optimizer.ts'
import {type PolicyName, policyNames} from '../daemon/simulator/policies.ts'
import type {App, ExitCode} from './app.ts'
import {runAskTell} from './ask-tell-command.ts'
import {fetchBackend, installBackend, machineNames} from './backend.ts'
import {benchmarks, runBench} from './bench.ts'
import {showConfig} from './config.ts'
import {getDataset, listDatasets, verifyDataset} from './data.ts'
import {doctor} from './doctor.ts'
import {pair} from './pair.ts'
import {type RunOptions, run} from './run.ts'
import {runSimulation} from './simulate.ts'
import {addStudy, changeStudy, exportStudy, listStudies, showStudy} from './study.ts'
import {showTelemetry} from './telemetry.ts'
import {update} from './update.ts'

/** Reads the arguments, runs the command, and resolves with its exit code. Bad arguments exit with 2. */
export const runProgram = async (args: readonly string[], app: App): Promise<ExitCode> => {
  let exitCode: ExitCode = 0
  const answer = (result: ExitCode | Promise<ExitCode>) =>
    Promise.resolve(result).then((code) => {
      exitCode = code
    })
  try {
    await makeProgram(app, answer).parseAsync(args, {from: 'user'})
    return exitCode
  } catch (error) {
    // Commander has written the help or the problem already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

const makeProgram = (
  app: App,
  answer: (result: ExitCode | Promise<ExitCode>) => Promise<void>,
): Command => {
  const program = new Command('simmer')
    .description('Hyper-parameter tuning studies on a small box, without boiling over.')
    .version(app.version)
    .exitOverride()
  const json = '--json'
  const jsonHelp = 'print JSON on stdout and nothing else'

  program
    .command('serve')
    .description('run the daemon: queue, telemetry, throttle and web UI')
    .action(() => answer(app.serve()))
  program
    .command('pair')
    .description('the address of the web UI, and the code that lets a browser in')
    .option(json, jsonHelp)
    .action((options) => answer(pair(options, app)))
  program
    .command('run <file>')
    .description('run one study to its end in the foreground')
    .option(json, jsonHelp)
    .option('--seed <n>', "in place of the study's own", wholeNumber)
    .option('--trials <n>', "in place of the study's own", wholeNumber)
    .action((file: string, options: RunOptions) => answer(run(file, options, app)))
  program
    .command('demo')
    .description('run a small real study on the built-in data set')
    .option(json, jsonHelp)
    .action((options: RunOptions) => answer(run(app.demoStudyFile, options, app)))

  const study = program.command('study').description('the queue of the running daemon')
  study
    .command('add <file>')
    .description('queue a study')
    .option(json, jsonHelp)
    .action((file, options) => answer(addStudy(file, options, app)))
  study
    .command('list')
    .description('all studies')
    .option(json, jsonHelp)
    .action((options) => answer(listStudies(options, app)))
  study
    .command('show <id>')
    .description('one study and its trials')
    .option(json, jsonHelp)
    .action((id, options) => answer(showStudy(id, options, app)))
  for (const change of ['pause', 'resume', 'cancel'] as const) {
    study
      .command(`${change} <id>`)
      .description(`${change} a study`)
      .option(json, jsonHelp)
      .action((id, options) => answer(changeStudy(id, change, options, app)))
  }
  study
    .command('export <id>')
    .description('print a study as csv, json or md')
    .option('--format <format>', 'csv, json or md', 'csv')
    .action((id, options) => answer(exportStudy(id, options, app)))

  program
    .command('ask-tell')
    .description('the optimizer alone: JSON lines in, JSON lines out')
    .requiredOption('--space <file>', 'the search space, JSON or YAML')
    .option('--optimizer <name>', optimizerNames.join(', '), optimizer, 'auto')
    .option('--seed <n>', 'of the suggestions', wholeNumber, 0)
    .option('--trials <n>', 'how many there will be, for optimizers that plan ahead', countFromOne)
    .action((options) => answer(runAskTell(options, app)))
  program
    .command('telemetry')
    .description("the device's sensors, one sample a line")
    .option('--once', 'one sample in full, then end')
    .option('--record <file>', 'write the samples to a file, too')
    .option('--replay <file>', 'show the samples of such a file')
    .option(json, jsonHelp)
    .action((options) => answer(showTelemetry(options, app)))

  program
    .command('simulate')
    .description('the throttle against a simulated device, hours in a moment')
    .requiredOption('--plant <plant>', 'a name from data/plants, or a file')
    .option('--policy <name>', policyNames.join(', '), policy, 'simmer')
    .option('--hours <h>', 'to simulate', hours, 12)
    .option('--seed <n>', 'of trials and noise', wholeNumber, 1)
    .option(json, jsonHelp)
    .action((options) => answer(runSimulation(options, app)))

  const data = program.command('data').description('data sets')
  data
    .command('list')
    .description('all data sets')
    .option(json, jsonHelp)
    .action((options) => answer(listDatasets(options, app)))
  data
    .command('get <name>')
    .description('download, check and prepare a data set')
    .action((name) => answer(getDataset(name, app)))
  data
    .command('verify <name>')
    .description('check the files of a data set again')
    .action((name) => answer(verifyDataset(name, app)))

  const backend = program.command('backend').description('native libraries for training')
  backend
    .command('fetch [name]')
    .description('download what another machine needs for TensorFlow')
    .requiredOption('--to <folder>', 'where to put it')
    .requiredOption('--for <machine>', machineNames.join(', '))
    .action((name, options) => answer(fetchBackend(name ?? 'tensorflow', options, app)))
  backend
    .command('install [name]')
    .description('fetch, compile and prove TensorFlow for this machine, in SIMMER_HOME')
    .option('--from <folder>', 'fetch nothing: take what `backend fetch` has put there')
    .option('--remove', 'take it away again')
    .action((name, options) => answer(installBackend(name ?? 'tensorflow', options, app)))
  program
    .command('update')
    .description(
      'put the newest version in the place of this one, on a box that the set-up script made',
    )
    .option(
      '--source <folder>',
      'of the new version; without it, the one installed from, after a git pull',
    )
    .option('--offline <folder>', 'that setup-jetson.sh --prepare has filled: use no network')
    .action((options) => answer(update(options, app)))
  program
    .command('config')
    .description('the effective settings, and where each came from')
    .option(json, jsonHelp)
    .action((options) => answer(showConfig(options, app)))
  program
    .command('doctor')
    .description('what this machine has and lacks, with the fix for each')
    .option(json, jsonHelp)
    .action((options) => answer(doctor(options, app)))
  program
    .command('bench [name]')
    .description(`the project's own benchmarks: ${benchmarks.join(', ')}`)
    .option(json, jsonHelp)
    .action((name, options) => answer(runBench(name ?? 'training', options, app)))
  return program
}

const wholeNumber = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === '') {
    throw new InvalidArgumentError('Expected a whole number from 0.')
  }
  return value
}

const countFromOne = (text: string): number => {
  const value = wholeNumber(text)
  if (value === 0) throw new InvalidArgumentError('Expected a whole number from 1.')
  return value
}

const hours = (text: string): number => {
  const value = Number(text)
  if (!(value > 0 && value <= 1000)) {
    throw new InvalidArgumentError('Expected hours, more than 0 and at most 1000.')
  }
  return value
}

const policy = (text: string): PolicyName => {
  const choice = policyNames.find((one) => one === text)
  if (!choice) throw new InvalidArgumentError(`Expected one of ${policyNames.join(', ')}.`)
  return choice
}

const optimizer = (text: string): OptimizerName => {
  const choice = optimizerNames.find((one) => one === text)
  if (!choice) throw new InvalidArgumentError(`Expected one of ${optimizerNames.join(', ')}.`)
  return choice
}
