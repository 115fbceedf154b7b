import assert from 'node:assert/strict'
import {test} from 'node:test'
import {silentLog} from '../../../src/daemon/base/log.ts'
import {openPauseButton, orderOfPress} from '../../../src/daemon/panel/pause-button.ts'
import {exampleStudy, fakeDaemon} from '../../fixtures/fake-daemon.ts'

const none = new Set<string>()

test('a press pauses the queue before what runs, so that nothing else starts', () => {
  const studies = [
    {id: 'done', state: 'complete'},
    {id: 'now', state: 'running'},
    {id: 'next', state: 'queued'},
    {id: 'later', state: 'paused'},
  ]
  assert.deepEqual(orderOfPress(studies, none), {kind: 'pause', ids: ['next', 'now']})
})

test('where nothing runs, only what the button has paused goes on', () => {
  const studies = [
    {id: 'by-button', state: 'paused'},
    {id: 'by-hand', state: 'paused'},
    {id: 'canceled-since', state: 'canceled'},
  ]
  assert.deepEqual(orderOfPress(studies, new Set(['by-button', 'canceled-since'])), {
    kind: 'resume',
    ids: ['by-button'],
  })
})

test('where nothing runs and nothing was paused by it, a press does nothing', () => {
  assert.deepEqual(orderOfPress([{id: 'by-hand', state: 'paused'}], none), {
    kind: 'resume',
    ids: [],
  })
})

test('two presses come back to where they began, whoever paused something before', async () => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy([], {id: 'running'}))
  daemon.put(exampleStudy([], {id: 'queued', state: 'queued'}))
  daemon.put(exampleStudy([], {id: 'paused', state: 'paused'}))
  const states = () => daemon.studies().map(({id, state}) => `${id}: ${state}`)
  const press = openPauseButton({...daemon, log: silentLog})
  await press()
  assert.deepEqual(states().sort(), ['paused: paused', 'queued: paused', 'running: paused'])
  await press()
  assert.deepEqual(states().sort(), ['paused: paused', 'queued: queued', 'running: queued'])
})
