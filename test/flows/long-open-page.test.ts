/**
 * A page that stays open for hours, each second of them with a reading, as fast as the browser takes them in. One hour in
 * the suite; SIMMER_HOURS=24 lets a day pass.
 */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {setImmediate as breathe} from 'node:timers/promises'
import type {CDPSession} from 'playwright-core'
import {systemClock} from '../../src/daemon/base/clock.ts'
import {openBrowser, whyNoBrowser} from '../fixtures/chromium.ts'
import {exampleReading, exampleStudy, exampleTrials, fakeDaemon} from '../fixtures/fake-daemon.ts'
import {serve} from '../ui/serve.ts'

const hours = Number(process.env.SIMMER_HOURS ?? 1)

type Weight = {readonly heapMb: number; readonly nodes: number; readonly listeners: number}

/** What the page holds once all that it let go of is gone. */
const weigh = async (devtools: CDPSession): Promise<Weight> => {
  // What ends in one round may let go of more in the next.
  for (let round = 0; round < 3; round++) await devtools.send('HeapProfiler.collectGarbage')
  const {metrics} = await devtools.send('Performance.getMetrics')
  const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0
  return {
    heapMb: value('JSHeapUsedSize') / 1e6,
    nodes: value('Nodes'),
    listeners: value('JSEventListeners'),
  }
}

test('a page that is left open does not grow', {skip: whyNoBrowser}, async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(12)))
  let second = 0
  const clock = {...systemClock, nowMs: () => exampleReading(second).atMs}
  const server = await serve(t, {daemon, clock, liveGapMs: 0})
  const page = await (await openBrowser(t)).newPage({viewport: {width: 390, height: 844}})
  page.setDefaultTimeout(120_000)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  daemon.read(exampleReading(second))
  await page.goto(`http://127.0.0.1:${server.port}/device`)
  const shown = page.locator('#readings')

  /** Lets a stretch of time pass and waits until the page shows its end. */
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      second += 1
      daemon.read(exampleReading(second))
      if (second % 600 === 0) {
        const {atMs} = exampleReading(second)
        daemon.order({atMs, pace: {microBatch: 8, duty: 0.5}, reason: `CPU at ${second} °C.`})
      }
      await breathe()
    }
    const words = new Date(exampleReading(second).atMs).toLocaleTimeString('en-GB')
    await shown.getByText(words).waitFor()
  }

  // All scripts are there by then, and each part of the page has been changed a few times.
  await pass(900)
  const before = await weigh(devtools)
  while (second < hours * 3600) await pass(300)
  const after = await weigh(devtools)
  const told = JSON.stringify({before, after})
  t.diagnostic(`${hours} h: ${told}`)
  assert.ok(after.heapMb < before.heapMb * 1.3 + 1, told)
  assert.ok(after.nodes < before.nodes * 1.5 + 200, told)
  assert.ok(after.listeners < before.listeners * 1.5 + 20, told)
})
