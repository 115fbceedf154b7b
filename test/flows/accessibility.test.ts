/** Each page in both themes: what axe-core says of it, and whether it fits the narrowest phone. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import type {AxeResults} from 'axe-core'
import type {Page} from 'playwright-core'
import {openBrowser, whyNoBrowser} from '../fixtures/chromium.ts'
import {
  exampleReading,
  exampleScore,
  exampleStudy,
  exampleTrials,
  fakeDaemon,
} from '../fixtures/fake-daemon.ts'
import {projectRoot} from '../fixtures/project.ts'
import {serve} from '../ui/serve.ts'

const axe = readFileSync(join(projectRoot(), 'node_modules/axe-core/axe.min.js'), 'utf8')

const violationsOf = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe)
  const {violations} = await page.evaluate<AxeResults>(
    "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})",
  )
  return violations.flatMap(({id, help, nodes}) =>
    nodes.map(({html, failureSummary}) => `${id}: ${help}: ${html}: ${failureSummary}`),
  )
}

const busyDaemon = () => {
  const daemon = fakeDaemon()
  daemon.put({...exampleStudy(exampleTrials(12)), score: exampleScore()})
  daemon.put(exampleStudy(exampleTrials(11), {id: 'b', state: 'complete', score: exampleScore()}))
  for (let second = 0; second < 60; second++) daemon.read(exampleReading(second))
  return daemon
}

const paths = [
  '/',
  '/studies',
  '/studies/new?preset=overnight',
  '/studies/new?as=file',
  '/studies/a',
  '/studies/a/edit',
  '/studies/a/parameters',
  '/studies/a/timeline',
  '/device',
  '/data',
  '/compare?study=a&study=b',
  '/settings',
  '/access',
  '/this-browser',
  '/nothing-here',
]

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page has a fault that axe-core finds, nor sticks out at 320 px, in the ${colorScheme} theme`, {
    skip: whyNoBrowser,
  }, async (t) => {
    const server = await serve(t, {host: '0.0.0.0', daemon: busyDaemon()})
    const address = `http://127.0.0.1:${server.port}`
    const browser = await openBrowser(t)
    const page = await browser.newPage({colorScheme, viewport: {width: 320, height: 640}})
    const look = async () => {
      assert.deepEqual(await violationsOf(page), [], page.url())
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      assert.ok(width <= 320, `${page.url()} is ${width} px wide`)
    }
    await page.goto(`${address}/pair`)
    await look()
    await page.getByLabel('Pairing code').fill(server.pairingCode ?? '')
    await page.getByRole('button', {name: 'Pair', exact: true}).click()
    await page.waitForURL(`${address}/`)
    for (const path of paths) {
      await page.goto(`${address}${path}`)
      await look()
    }
  })
}

test('axe-core does find a picture without words', {skip: whyNoBrowser}, async (t) => {
  const page = await (await openBrowser(t)).newPage()
  await page.setContent(
    '<!doctype html><html lang="en"><title>a</title><main><h1>a</h1><img src="a">',
  )
  const [first] = await violationsOf(page)
  assert.match(first ?? '', /^image-alt: /)
})
