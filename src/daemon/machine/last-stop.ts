/** How Simmer came to its last end. Pure. */
import type {LastStop} from '../storage/home.ts'
import type {Remark} from './remark.ts'

/** Nothing after a clean one. */
export const lastStopRemarks = (lastStop: LastStop): readonly Remark[] => {
  switch (lastStop) {
    case 'clean':
      return []
    case 'killed':
      return [
        {
          about: 'last stop',
          isGood: false,
          text: 'Simmer was killed or crashed before this start; the box stayed on.',
          fix: 'The log says why: `journalctl -u simmer`, or `journalctl -k` where memory ran out.',
        },
      ]
    case 'box-went-off':
      return [
        {
          about: 'last stop',
          isGood: false,
          text: 'The box lost power or was reset while Simmer ran.',
          fix: 'If nobody pulled the plug, suspect the supply: a weak one cuts out without a word in any log.',
        },
      ]
    case 'cut-off':
      return [
        {
          about: 'last stop',
          isGood: false,
          text: 'Simmer was cut off before this start: killed, or the box lost power.',
        },
      ]
  }
}
