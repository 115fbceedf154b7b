import {random} from '../../../src/daemon/optimizers/random.ts'
import {optimizerContract} from '../../contracts/optimizer.ts'

optimizerContract(random, {
  'uniform.a': 1.7539550377226893,
  'uniform.b': 160,
  'log.0': 0.00406746474633553,
  'log.1': 4,
  'bell.a': 0.557539986135579,
  'bell.b': 6,
  'logbell.a': 2.7026578902852343,
  'logbell.b': 1.5,
  seed: 10,
  epochs: 10,
  activation: 1,
  optimizer: 2,
  'optimizer.2.centered': 1,
  'optimizer.2.centered.1.momentum': 0.5352001101834465,
})
