import {tusot} from '../../../src/daemon/optimizers/ensemble/tusot.ts'
import {optimizerContract} from '../../contracts/optimizer.ts'

optimizerContract(tusot, {
  'uniform.a': 4.9466164640821555,
  'uniform.b': 128,
  'log.0': 0.018619411899261012,
  'log.1': 96,
  'bell.a': 2.252160967695457,
  'bell.b': 0,
  'logbell.a': 0.6184953629754489,
  'logbell.b': 3,
  seed: 10,
  epochs: 9,
  activation: 0,
  optimizer: 0,
})
