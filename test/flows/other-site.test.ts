/** What a page of somebody else's can do through the browser of a person who is let in, and what their texts can. */
import assert from 'node:assert/strict'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {type TestContext, test} from 'node:test'
import type {Page} from 'playwright-core'
import {openBrowser, whyNoBrowser} from '../fixtures/chromium.ts'
import {exampleScore, exampleStudy, exampleTrials, fakeDaemon} from '../fixtures/fake-daemon.ts'
import {serve} from '../ui/serve.ts'

const where = {skip: whyNoBrowser}

/** A browser that is let in by the code. */
const letIn = async (
  page: Page,
  server: {readonly port: number; readonly pairingCode?: string},
) => {
  const address = `http://127.0.0.1:${server.port}`
  await page.goto(`${address}/pair`)
  await page.getByLabel('Pairing code').fill(server.pairingCode ?? '')
  await page.getByRole('button', {name: 'Pair', exact: true}).click()
  await page.waitForURL(`${address}/`)
  return address
}

/** Another site on the same host: to a browser it is another origin, but the same site, so that it sends the cookie. */
const otherSite = async (t: TestContext, text: string): Promise<string> => {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const {port} = server.address() as AddressInfo // it listens on a port
  return `http://127.0.0.1:${port}/`
}

test('a form, a fetch or a frame of another site changes and learns nothing', where, async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(3)))
  const server = await serve(t, {host: '0.0.0.0', daemon})
  const page = await (await openBrowser(t)).newPage()
  const address = await letIn(page, server)
  const evil = await otherSite(
    t,
    `<!doctype html><title>Kittens</title>
    <form method="post" action="${address}/studies/a/cancel"><button>Kittens</button></form>
    <form method="post" enctype="text/plain" action="${address}/api/v1/studies/a/cancel"><button>More</button></form>
    <iframe src="${address}/settings"></iframe>`,
  )
  for (const button of ['Kittens', 'More']) {
    await page.goto(evil)
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('/cancel')),
      page.getByRole('button', {name: button, exact: true}).click(),
    ])
    assert.equal(answer.status(), 403)
  }
  await page.goto(evil)
  assert.equal(
    await page.evaluate<string>(
      `fetch('${address}/api/v1/studies', {credentials: 'include'}).then((answer) => answer.text(), String)`,
    ),
    'TypeError: Failed to fetch',
  )
  await page.evaluate(
    `fetch('${address}/studies/a/cancel', {method: 'POST', mode: 'no-cors', credentials: 'include'}).catch(String)`,
  )
  const framed = page.frames().find((frame) => frame !== page.mainFrame())
  assert.equal(await framed?.locator('form').count(), 0)
  assert.equal(daemon.study('a')?.state, 'running')
})

const texts = [
  `<script>document.title = 'broken'</script>`,
  `"><img src=x onerror="document.title='broken'">`,
  `'-alert(1)-'`,
  `</title><svg onload="document.title='broken'">`,
  '{{7*7}}<%= 7*7 %>',
  'javascript:alert(1)',
]

test('scripts in every text stay text on every page', where, async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {host: '0.0.0.0', daemon})
  const page = await (await openBrowser(t)).newPage()
  const complaints: string[] = []
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  const address = await letIn(page, server)
  for (const [index, text] of texts.entries()) {
    const study = exampleStudy(exampleTrials(4), {id: `s${index}`, state: 'complete'})
    const [trial] = study.trials
    assert.ok(trial)
    daemon.put({
      ...study,
      notes: text,
      reason: text,
      score: exampleScore(),
      settings: {...study.settings, name: text},
      trials: [
        {...trial, params: {...trial.params, [text]: text}},
        ...study.trials.slice(1, 3),
        {
          ...trial,
          id: 3,
          state: 'failed',
          startedAtMs: 0,
          durationMs: 1,
          epochs: [],
          reason: {kind: 'crashed', message: text},
        },
      ],
    })
  }
  const pages = texts.flatMap((_, index) =>
    ['', '/edit', '/parameters', '/timeline'].map((tab) => `/studies/s${index}${tab}`),
  )
  const also = texts.flatMap((text) => [
    `/studies/new?from=${encodeURIComponent(text)}`,
    `/studies/${encodeURIComponent(text)}`,
    `/pair?code=${encodeURIComponent(text)}`,
    `/device?span=${encodeURIComponent(text)}`,
  ])
  for (const path of [...pages, ...also, '/', '/studies', '/compare?study=s0&study=s1']) {
    await page.goto(`${address}${path}`)
    assert.doesNotMatch(await page.title(), /^broken/, path)
    assert.equal(await page.locator('img[onerror], svg[onload], main script').count(), 0, path)
  }
  // Addresses that are not there are told by the browser, too.
  const others = complaints.filter((line) => !/status of 404/.test(line))
  assert.deepEqual(others, [])
})
