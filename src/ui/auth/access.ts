/** All that guards a box that others on the network can reach. */
import type {Response} from 'express'
import type {Clock} from '../../daemon/base/clock.ts'
import type {Log} from '../../daemon/base/log.ts'
import {type Grants, openGrants} from './grants.ts'
import {type Pairing, startPairing} from './pairing.ts'
import type {Visitor} from './visitor.ts'

export interface Access {
  readonly pairing: Pairing
  readonly sessions: Grants
  readonly tokens: Grants
  /** From here on the answer ends with what let its visitor in: no stream goes on once that is revoked. */
  readonly attend: (visitor: Visitor, response: Response) => void
  /** Ends every session and token but one, and makes every code that was told worthless. */
  readonly revokeAll: (exceptId?: string) => Promise<void>
}

export const openAccess = async ({
  home,
  clock,
  log,
}: {
  readonly home: string
  readonly clock: Clock
  readonly log: Log
}): Promise<Access> => {
  const answers = new Map<string, Set<Response>>()
  const {sessions, tokens} = await openGrants(home, {
    clock,
    log,
    onRevoked: (id) => {
      for (const response of answers.get(id) ?? []) {
        // The answer to the one who revokes has not begun: it may still say that it is done.
        if (response.headersSent) response.destroy()
      }
    },
  })
  const pairing = startPairing(clock, {
    onPaired: (role) =>
      log.info(
        role === 'owner'
          ? `A browser was paired. Pairing code of the next: ${pairing.code('owner')}`
          : 'A browser was paired as a reader.',
      ),
    onGuessing: (address, wrongTries) =>
      log.warn(`${wrongTries} wrong pairing codes came from ${address}. Do you know it?`),
  })
  return {
    pairing,
    sessions,
    tokens,
    attend: (visitor, response) => {
      if (visitor.kind === 'box') return
      const ofOne = answers.get(visitor.id) ?? new Set()
      answers.set(visitor.id, ofOne.add(response))
      response.once('close', () => {
        ofOne.delete(response)
        if (!ofOne.size && answers.get(visitor.id) === ofOne) answers.delete(visitor.id)
      })
    },
    revokeAll: async (exceptId) => {
      pairing.renew()
      const isOther = ({id}: {readonly id: string}) => id !== exceptId
      await Promise.all([sessions.revoke(isOther), tokens.revoke(isOther)])
      log.info(`All access was revoked. Pairing code of the next browser: ${pairing.code('owner')}`)
    },
  }
}
