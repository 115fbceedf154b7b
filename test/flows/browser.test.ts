/** A person with a phone: queues a study, watches it, pauses, resumes, cancels it, and takes the results home. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import type {Page} from 'playwright-core'
import {openBrowser, whyNoBrowser} from '../fixtures/chromium.ts'
import {projectRoot} from '../fixtures/project.ts'
import {serveSimmer} from '../fixtures/serving-simmer.ts'

const skip = whyNoBrowser

const startDaemon = async (t: TestContext): Promise<string> => (await serveSimmer(t)).address

/** A page as wide as a phone, and what went wrong on it: errors, and requests to anybody else. */
const openPhone = async (t: TestContext, address: string, javaScriptEnabled: boolean) => {
  const browser = await openBrowser(t)
  const context = await browser.newContext({
    viewport: {width: 390, height: 844},
    javaScriptEnabled,
    acceptDownloads: true,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // A refused form is answered with 422, which the browser reports as an error of the network.
    const isRefusal = message.text().includes('422')
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(address)) complaints.push(`asked ${request.url()}`)
  })
  return {page, complaints}
}

/** Nothing sticks out to the side. Measured from outside, for pages without JavaScript can't be asked. */
const assertFits = async (page: Page): Promise<void> => {
  for (const part of await page.locator('main > *').all()) {
    const box = await part.boundingBox()
    if (box) assert.ok(box.x >= 0 && box.x + box.width <= 391, JSON.stringify(box))
  }
}

const fillForm = async (page: Page, trials: string): Promise<void> => {
  await page.getByLabel('Name', {exact: true}).fill('Signals <day & night>')
  await page.getByLabel('Trials', {exact: true}).fill(trials)
  await page.locator('[name="epochs.low"]').fill('1')
  await page.locator('[name="epochs.high"]').fill('2')
  await page.getByRole('button', {name: 'Queue this study'}).click()
}

const queueStudy = async (page: Page, address: string): Promise<void> => {
  await page.goto(address)
  await page.getByRole('link', {name: 'New study'}).first().click()
  await fillForm(page, 'many')
  // Refused: the words are still there, and the problem stands beside its field.
  await page.getByText('The study was not queued.').waitFor()
  assert.equal(await page.getByLabel('Name', {exact: true}).inputValue(), 'Signals <day & night>')
  assert.equal(await page.getByLabel('Trials', {exact: true}).inputValue(), 'many')
  assert.match(
    (await page.locator('[id="budget.trials-problem"]').textContent()) ?? '',
    /got "many"/,
  )
  await assertFits(page)
  await fillForm(page, '200')
  await page.waitForURL(/\/studies\/signals-day-night-1$/)
  await page.getByRole('heading', {name: 'Signals <day & night>'}).waitFor()
}

const downloadCsv = async (page: Page): Promise<string> => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', {name: 'CSV'}).click(),
  ])
  assert.equal(download.suggestedFilename(), 'signals-day-night-1.csv')
  return readFileSync(await download.path(), 'utf8')
}

const state = (page: Page, name: string) => page.locator('#status').getByText(name, {exact: true})

const cancelStudy = async (page: Page): Promise<void> => {
  await page.getByText('Cancel…').click()
  await page.getByRole('button', {name: 'Cancel this study'}).click()
}

test('a study is queued, watched, paused, resumed, canceled and downloaded on a phone', {
  skip,
}, async (t) => {
  const address = await startDaemon(t)
  const {page, complaints} = await openPhone(t, address, true)
  await queueStudy(page, address)
  // From here on nobody loads the page again: what happens comes by itself.
  await page
    .locator('#status')
    .getByText(/epoch \d/)
    .first()
    .waitFor()
  await page.locator('#best').getByText('%').waitFor()
  await page.locator('#trial-3').waitFor()
  assert.ok((await page.locator('#charts svg').count()) >= 2)
  await assertFits(page)
  if (process.env.SIMMER_SCREENSHOT) {
    await page.locator('#trial-8').waitFor()
    await page.screenshot({path: join(projectRoot(), 'docs/screenshot.png')})
  }
  await page.getByRole('button', {name: 'Pause'}).click()
  await state(page, 'paused').waitFor()
  await page.getByRole('button', {name: 'Resume'}).click()
  await state(page, 'running').waitFor()
  const csv = await downloadCsv(page)
  assert.match(csv, /^trial,state,value,/)
  assert.match(csv, /^0,complete,0\.\d+,/m)
  await cancelStudy(page)
  await state(page, 'canceled').waitFor()

  await page.getByRole('link', {name: 'Device'}).click()
  await page.locator('#readings').getByText('Memory free').waitFor()
  await assertFits(page)
  await page.getByRole('link', {name: 'Now'}).click()
  await page.locator('#finished').getByText('Signals <day & night>').waitFor()
  await assertFits(page)
  assert.deepEqual(complaints, [])
})

test('the same works without JavaScript, by plain forms and links', {skip}, async (t) => {
  const address = await startDaemon(t)
  const {page, complaints} = await openPhone(t, address, false)
  await queueStudy(page, address)
  while ((await page.locator('#trial-1').count()) === 0) await page.reload()
  while ((await page.locator('#best').getByText('%').count()) === 0) await page.reload()
  await page.getByRole('button', {name: 'Pause'}).click()
  await state(page, 'paused').waitFor()
  await page.getByRole('button', {name: 'Resume'}).click()
  await state(page, 'running').waitFor()
  assert.match(await downloadCsv(page), /^0,complete,0\.\d+,/m)
  await cancelStudy(page)
  await state(page, 'canceled').waitFor()
  await assertFits(page)
  assert.deepEqual(complaints, [])
})
