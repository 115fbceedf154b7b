/**
 * Somebody with a phone who has never seen the box: lets the browser in, starts the first study, sees how it ends. By
 * clicks alone, but for the code. With SIMMER_SCREENSHOTS=1 the pages on the way become docs/screenshots.
 */
import assert from 'node:assert/strict'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import type {Page} from 'playwright-core'
import {openBrowser, whyNoBrowser} from '../fixtures/chromium.ts'
import {writeNano} from '../fixtures/device-tree.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {projectRoot} from '../fixtures/project.ts'
import {serveSimmer} from '../fixtures/serving-simmer.ts'
import {simmer} from '../fixtures/simmer.ts'

const where = {skip: whyNoBrowser}

/** A Nano, by its recorded sensors, that others on the network can reach, and the code that its terminal shows. */
const startBox = async (t: TestContext) => {
  const nano = temporaryFolder(t)
  writeNano(nano)
  const {env, address} = await serveSimmer(t, {
    SIMMER_HOST: '0.0.0.0',
    SIMMER_BACKEND: 'wasm',
    SIMMER_SYSFS_ROOT: nano,
  })
  const {code} = JSON.parse((await simmer(['pair', '--json'], {env})).stdout)
  return {address, code: String(code)}
}

/** Once: by the first newcomer. */
let keepsScreenshots = process.env.SIMMER_SCREENSHOTS === '1'

const keep = async (page: Page, name: string): Promise<void> => {
  if (!keepsScreenshots) return
  const folder = join(projectRoot(), 'docs/screenshots')
  mkdirSync(folder, {recursive: true})
  await page.screenshot({path: join(folder, `${name}.png`)})
}

/** From the closed door to the queued study. */
const comeIn = async (page: Page, {address, code}: {address: string; code: string}) => {
  await page.goto(address)
  assert.equal(new URL(page.url()).pathname, '/pair')
  await page.getByLabel('Pairing code').fill(code)
  await keep(page, '1-pair')
  await page.getByRole('button', {name: 'Pair', exact: true}).click()
  await page.waitForURL(`${address}/`)
  await page.getByText('Queue', {exact: true}).first().waitFor()
  await page.getByRole('link', {name: 'New study'}).first().click()
  await page.getByRole('link', {name: 'Quick look'}).click()
  await page.waitForURL(/preset=/)
  await keep(page, '2-new-study')
  await page.getByRole('button', {name: 'Queue this study'}).click()
  await page.waitForURL(/\/studies\/[a-z0-9-]+$/)
}

const state = (page: Page, name: string) => page.locator('#status').getByText(name, {exact: true})

/** What a finished study tells, tab by tab, and where it is found again. */
const lookAround = async (page: Page) => {
  await page.locator('#score').getByText('%').first().waitFor()
  await keep(page, '4-finished')
  await page.getByRole('link', {name: 'Parameters', exact: true}).click()
  await page.getByText('Settings and results').waitFor()
  await keep(page, '5-parameters')
  await page.getByRole('link', {name: 'Timeline', exact: true}).click()
  await page.getByText('What the throttle ordered').waitFor()
  await page.getByRole('link', {name: 'Device', exact: true}).first().click()
  await page.getByText('Memory free').first().waitFor()
  await keep(page, '6-device')
  await page.getByRole('link', {name: 'Now', exact: true}).first().click()
  await page.locator('#finished').getByText('complete').waitFor()
  await keep(page, '7-now')
  keepsScreenshots = false
}

const openPhone = async (t: TestContext, javaScriptEnabled: boolean): Promise<Page> => {
  const browser = await openBrowser(t)
  const context = await browser.newContext({
    viewport: {width: 390, height: 844},
    javaScriptEnabled,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(120_000)
  return page
}

test('a newcomer goes from the closed door to a finished study', where, async (t) => {
  const page = await openPhone(t, true)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  await comeIn(page, await startBox(t))
  await page.locator('#trial-2').waitFor()
  await keep(page, '3-running')
  await state(page, 'complete').waitFor()
  await lookAround(page)
  assert.deepEqual(complaints, [])
})

test('so does one whose browser runs no scripts', where, async (t) => {
  const page = await openPhone(t, false)
  await comeIn(page, await startBox(t))
  while (!(await state(page, 'complete').isVisible())) {
    await page.waitForTimeout(500)
    await page.reload()
  }
  await lookAround(page)
})
