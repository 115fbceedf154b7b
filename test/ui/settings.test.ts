import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {temporaryFolder} from '../fixtures/folders.ts'
import {settingsIn} from '../fixtures/settings.ts'
import {ask, postForm, serve} from './serve.ts'

/** The form's fields as a browser would send them back. */
const fieldsOf = (page: string): Record<string, string> => {
  const inputs = [...page.matchAll(/<input [^>]*?name="([^"]+)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value],
  )
  const selects = [...page.matchAll(/<select id="([^"]+)".*?<\/select>/gs)].map(
    ([select, name = '']): [string, string] => [
      name,
      /<option value="([^"]*)" selected>/.exec(select)?.[1] ?? '',
    ],
  )
  return Object.fromEntries([...inputs, ...selects])
}

test('each setting is shown with its value, its unit, and where it comes from', async (t) => {
  const home = temporaryFolder(t)
  writeFileSync(join(home, 'simmer.yaml'), 'temperature_c: 62\n')
  const settings = settingsIn(home, {SIMMER_POWER_W: '8'})
  const server = await serve(t, {home, settings})
  const {status, text} = await ask(server, '/settings')
  assert.equal(status, 200)
  assert.match(text, /<label for="temperature_c">Target temperature \(°C\)<\/label>/)
  assert.match(
    text,
    /From 30 to 95\. Set in simmer\.yaml \(default 70\)\. A change takes effect at once\./,
  )
  assert.match(text, /From 35 to 100\. Not set, so the default holds\./)
  assert.match(text, /<strong>Fixed by SIMMER_POWER_W<\/strong>/)
  assert.doesNotMatch(text, /name="power_w"/)
  assert.match(text, /Simmer 1\.2\.3/)
  assert.ok(text.includes(home))
  assert.match(text, /href="\/access"/)
  assert.equal(fieldsOf(text).temperature_c, '62')
})

test('a changed field is saved, the others are left alone', async (t) => {
  const server = await serve(t)
  const fields = fieldsOf((await ask(server, '/settings')).text)
  const saved = await postForm(server, '/settings', {...fields, temperature_c: '66', led_pin: '7'})
  assert.deepEqual([saved.status, saved.headers.location], [303, '/settings?saved'])
  const file = join(server.home, 'simmer.yaml')
  assert.equal(readFileSync(file, 'utf8'), 'temperature_c: 66\nled_pin: 7\n')
  const {text} = await ask(server, '/settings?saved')
  assert.match(text, /role="status">Saved\./)
  assert.match(text, /Waits for a restart/)
  // A form that was opened before takes back nothing that it has not touched.
  await postForm(server, '/settings', {...fields, silence_s: '90'})
  assert.equal(readFileSync(file, 'utf8'), 'temperature_c: 66\nled_pin: 7\nsilence_s: 90\n')
  const emptied = fieldsOf((await ask(server, '/settings')).text)
  await postForm(server, '/settings', {...emptied, temperature_c: ' '})
  assert.equal(readFileSync(file, 'utf8'), 'led_pin: 7\nsilence_s: 90\n')
})

test('a bad value comes back beside its field, with the words as typed', async (t) => {
  const server = await serve(t)
  const fields = fieldsOf((await ask(server, '/settings')).text)
  const refused = await postForm(server, '/settings', {
    ...fields,
    temperature_c: '<b>hot',
    silence_s: '77',
  })
  assert.equal(refused.status, 422)
  assert.match(refused.text, /id="temperature_c-problem">Expected a number from 30 to 95/)
  const again = fieldsOf(refused.text)
  assert.deepEqual([again.temperature_c, again.silence_s], ['&lt;b&gt;hot', '77'])
  assert.equal(again['was.silence_s'], '300')
  assert.doesNotMatch(refused.text, /<b>hot/)
  // What was wrong alone is corrected: the rest of the form is still to be saved.
  const saved = await postForm(server, '/settings', {...again, temperature_c: '61'})
  assert.equal(saved.status, 303)
  assert.match(readFileSync(join(server.home, 'simmer.yaml'), 'utf8'), /silence_s: 77/)
})

test('a setting that the page does not offer is not changed by a forged field', async (t) => {
  const server = await serve(t)
  const forged = await postForm(server, '/settings', {shutdown_command: 'reboot', 'was.host': 'x'})
  assert.equal(forged.status, 303)
  assert.doesNotMatch((await ask(server, '/settings')).text, /reboot/)
})
