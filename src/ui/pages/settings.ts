/** The page *Settings*: limits and pins with where each comes from, and what a person wants to know of the installation. */
import express, {Router} from 'express'
import type {
  ChangeableName,
  Installation,
  Setting,
  SettingChanges,
  Settings,
} from '../../daemon/settings.ts'
import {type Html, html} from '../html.ts'
import type {PageParts} from '../layout.ts'
import {type Field, type Problems, problemsOf, selectField, textField} from '../parts/fields.ts'

export type SettingsPageParts = Pick<PageParts, 'frame' | 'mayChange'> & {
  readonly settings: Settings
}

export const settingsPage = ({settings, frame, mayChange}: SettingsPageParts): Router => {
  const router = Router()
  const page = async (words: URLSearchParams, problems: Problems, notice?: string) =>
    frame({
      title: problems.size ? 'Not saved' : 'Settings',
      current: '/settings',
      main: html`${settingsView({
        list: settings.list(),
        installation: await settings.installation(),
        words,
        problems,
        notice,
      })}${mayChange && accessView}`,
    }).markup

  router.get('/settings', async (request, response) => {
    const notice = request.query.saved === undefined ? undefined : 'Saved.'
    response.send(await page(new URLSearchParams(), new Map(), notice))
  })

  const formBody = express.text({type: 'application/x-www-form-urlencoded', limit: '16kb'})
  router.post('/settings', formBody, async (request, response) => {
    const words = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
    const changed = await settings.change(changesIn(words, settings.list()))
    if (changed.ok) response.redirect(303, '/settings?saved')
    else {
      const problems = problemsByField(changed.problems, settings.list())
      response.status(changed.mayPass ? 503 : 422).send(await page(words, problems))
    }
  })
  return router
}

/** What is asked of a person, in the order of the page. */
const groups: readonly {
  readonly title: string
  readonly about: string
  readonly names: readonly ChangeableName[]
}[] = [
  {
    title: 'Heat and power',
    about:
      'Training slows down to stay within these. A study may have a target temperature of its own.',
    names: ['temperature_c', 'hard_temperature_c', 'power_w'],
  },
  {
    title: 'Memory and stuck trials',
    about: 'What keeps one trial from taking the whole box with it.',
    names: ['memory_available_mb', 'trial_memory_mb', 'silence_s'],
  },
  {
    title: 'Light and button',
    about: 'Pins of the 40-pin header of a Jetson Nano, counted as on the board.',
    names: ['led_pin', 'button_pin'],
  },
]

const words: Readonly<
  Record<ChangeableName, {readonly label: string; readonly unit?: string; readonly hint: string}>
> = {
  temperature_c: {
    label: 'Target temperature',
    unit: '°C',
    hint: 'Training is kept just below it.',
  },
  hard_temperature_c: {
    label: 'Highest temperature',
    unit: '°C',
    hint: 'Training stands still above it, until the box has cooled down.',
  },
  power_w: {
    label: 'Most power of the whole board',
    unit: 'W',
    hint: 'For a weak supply or a quiet box.',
  },
  memory_available_mb: {
    label: 'Memory to keep free',
    unit: 'MB',
    hint: 'Training takes less at a time below it, and stops at half of it.',
  },
  trial_memory_mb: {
    label: 'Most memory of one trial',
    unit: 'MB',
    hint: 'A trial that holds more is ended. Empty: a fair share of the box’s.',
  },
  silence_s: {
    label: 'Longest silence of a trial',
    unit: 's',
    hint: 'Training that says nothing for so long is ended as stuck.',
  },
  led_pin: {label: 'Pin of the light', hint: 'Shows whether it trains, brakes or needs you.'},
  button_pin: {label: 'Pin of the button', hint: 'A short press pauses, a long one switches off.'},
}

/** The value that the form was made with: what somebody else changed meanwhile is left alone. */
const shownBefore = (name: string): string => `was.${name}`

/** What the person changed in the form. */
const changesIn = (form: URLSearchParams, list: readonly Setting[]): SettingChanges =>
  new Map(
    list.flatMap(({name, isFixed}): readonly [string, string | null][] => {
      const typed = form.get(name)?.trim()
      if (isFixed || typed === undefined || typed === form.get(shownBefore(name))) return []
      return [[name, typed === '' ? null : typed]]
    }),
  )

/** A problem goes to the setting that it starts with, others to the top. */
const problemsByField = (problems: readonly string[], list: readonly Setting[]): Problems => {
  const byField = new Map<string, readonly string[]>()
  for (const problem of problems) {
    const [, name = '', sentence = ''] = /^(\w+)(?: in simmer\.yaml)?: (.*)$/s.exec(problem) ?? []
    const isOfField = list.some((setting) => setting.name === name)
    const field = isOfField ? name : ''
    const shown = isOfField ? `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}` : problem
    byField.set(field, [...(byField.get(field) ?? []), shown])
  }
  return byField
}

const settingsView = ({
  list,
  installation,
  words,
  problems,
  notice,
}: {
  readonly list: readonly Setting[]
  readonly installation: Installation
  /** As typed; empty where nothing was. */
  readonly words: URLSearchParams
  readonly problems: Problems
  readonly notice: string | undefined
}): Html => html`
<h1>Settings</h1>
${notice && html`<p class="notice" role="status">${notice}</p>`}
${problems.size > 0 && refusalView(problems, list)}
${
  list.some(({isPending}) => isPending) &&
  html`<p class="notice">What is marked below waits for a restart: <code>sudo systemctl restart simmer</code>, or stop Simmer and start it. Trials that run then begin again.</p>`
}
<form method="post" action="/settings" class="stack">
${groups.map(
  ({title, about, names}) => html`<fieldset class="settings">
<legend>${title}</legend>
<p class="hint">${about}</p>
${names.flatMap((name) => list.filter((setting) => setting.name === name)).map((setting) => settingView(setting, words, problems))}
</fieldset>`,
)}
<p class="buttons"><button class="primary">Save</button></p>
</form>
${installationView(installation)}`

const settingView = (setting: Setting, typed: URLSearchParams, problems: Problems): Html => {
  const {name, value, isFixed, choices} = setting
  const {label, unit, hint} = words[name]
  const present = value === undefined ? '' : String(value)
  if (isFixed) {
    return html`<div class="field${problems.has(name) && ' wrong'}" id="${name}">
<p class="fixed"><span>${label}</span> <b>${choices && 'pin '}${present} ${unit}</b></p>
<p class="hint">${hint} <strong>Fixed by ${setting.from}</strong>, where Simmer is started.</p>
${problemsOf(name, problems)}</div>`
  }
  const field: Field = {
    name,
    label: unit ? `${label} (${unit})` : label,
    value: typed.get(name) ?? present,
    problems,
    hint: html`${hint} <span class="origin">${originOf(setting)}</span>`,
  }
  const control = choices
    ? selectField({...field, options: [['', 'none'], ...choices.map(pinOption)]})
    : textField({...field, inputmode: 'decimal'})
  return html`<div><input type="hidden" name="${shownBefore(name)}" value="${typed.get(shownBefore(name)) ?? present}">${control}</div>`
}

const pinOption = (pin: number): readonly [string, string] => [String(pin), `pin ${pin}`]

/** What it could be, where its value comes from, and when a change counts. */
const originOf = ({from, fallback, allowed, choices, applies, isPending}: Setting): Html => {
  const range = choices ? '' : `${allowed.replace(/^a number f/, 'F').replace(/ \(.*\)$/, '')}. `
  const isDefault = from === 'default'
  const origin = isDefault ? 'Not set' : `Set in ${from}`
  const other =
    fallback === undefined ? '' : isDefault ? ', so the default holds' : ` (default ${fallback})`
  return html`${range}${origin}${other}. ${
    isPending ? html`<strong>Waits for a restart.</strong>` : `A change takes effect ${applies}.`
  }`
}

const refusalView = (problems: Problems, list: readonly Setting[]): Html => {
  const wrong = list.filter(({name}) => problems.has(name))
  const places = wrong.map(
    ({name}, i) => html`${i > 0 && ', '}<a href="#${name}">${words[name].label}</a>`,
  )
  return html`<p class="notice" role="alert">Nothing was saved. ${problems.get('')?.join(' ')} ${
    wrong.length > 0 && html`See ${places}.`
  }</p>`
}

const accessView = html`
<section>
<h2>Browsers and tokens</h2>
<p>Who may come in, and how others are let in.</p>
<p><a class="button" href="/access">Access</a></p>
</section>`

const installationView = ({version, home, disk, others}: Installation): Html => html`
<section>
<h2>This box</h2>
<dl class="facts">
<div><dt>Version</dt><dd>Simmer ${version}. To update, on the box: <code>sudo simmer update</code>; in a clone: <code>git pull</code>, then start it again.</dd></div>
<div><dt>Everything that is yours</dt><dd>in <code>${home}</code>; of its disk, ${gigabytes(disk.freeBytes)} of ${gigabytes(disk.totalBytes)} are free.</dd></div>
</dl>
<details>
<summary>Set on the box alone</summary>
<p class="hint">By the environment or by hand in simmer.yaml; each counts from the next start.</p>
<dl class="facts">${others.map(
  ({setting, value, from}) =>
    html`<div><dt>${setting}</dt><dd>${value === null ? 'not set' : String(value)} <small>${from}</small></dd></div>`,
)}</dl>
</details>
</section>`

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`
