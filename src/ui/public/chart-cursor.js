// A cursor over every chart: by finger, mouse or arrow keys it shows the values at one place. The charts are the server's;
// here is only what they say already, read from their paths and data attributes.

const charts = () => document.querySelectorAll('.chart svg[data-x]')

/** Where the points of a series are and what they say, in the picture's own units. */
const pointsOf = (path) => {
  const words = path.dataset.y.split('|')
  const points = []
  let x = 0
  let y = 0
  for (const [, command, numbers] of path.getAttribute('d').matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const [a = 0, b = 0] = numbers.trim().split(' ').map(Number)
    if (command === 'h') continue
    if (command === 'M') [x, y] = [a, b]
    if (command === 'l') [x, y] = [x + a, y + b]
    if (command === 'H') x = a
    if (command === 'V') y = a
    if (command !== 'H') points.push({x, y, words: words[points.length] ?? ''})
  }
  return points
}

const read = (svg) => {
  const labels = [...svg.closest('.chart').querySelectorAll('.key:not(.event)')]
  const series = [...svg.querySelectorAll('[data-y]')].map((path, i) => ({
    label: labels[i]?.textContent ?? '',
    tone: [...path.classList].find((name) => name.startsWith('tone-')),
    isDots: path.classList.contains('dots'),
    isSteps: path.getAttribute('d').includes('V'),
    points: pointsOf(path),
  }))
  const all = series.flatMap(({points}) => points.map(({x}) => Math.round(x)))
  const places = [...new Set(all)].sort((a, b) => a - b)
  return {series, places, words: svg.dataset.x.split('|'), label: svg.dataset.xLabel}
}

/** Read once, until the box sends another picture. */
let known = new WeakMap()
const contentOf = (svg) => {
  if (!known.has(svg)) known.set(svg, read(svg))
  return known.get(svg)
}

const nearest = (items, distance) =>
  items.reduce(
    (best, item) => (best !== undefined && distance(best) <= distance(item) ? best : item),
    undefined,
  )

/** What a series says at x: steps hold their value; of dots it is the one that is nearest to the finger too. */
const pointAt = ({points, isDots, isSteps}, x, y) => {
  if (isSteps) return points.findLast((one) => one.x <= x + 0.5)
  const point = nearest(
    points,
    (one) => Math.abs(one.x - x) + (isDots ? Math.abs(one.y - y) / 1000 : 0),
  )
  return point && Math.abs(point.x - x) <= 12 ? point : undefined
}

const line = document.createElement('div')
line.className = 'cursor'
line.hidden = true
const box = document.createElement('div')
box.className = 'cursor-values'
box.hidden = true
box.setAttribute('role', 'status')
/** To be heard by who moves it by keys; told at each move of a pointer it would never be silent. */
const isHeard = (is) => box.setAttribute('aria-live', is ? 'polite' : 'off')
isHeard(false)

/** The chart that is looked at, and the place in it. */
let current

const row = (label, words, tone) => {
  const element = document.createElement('p')
  const name = document.createElement('span')
  name.textContent = label
  if (tone) name.className = `key ${tone}`
  const value = document.createElement('b')
  value.textContent = words
  element.append(name, ' ', value)
  return element
}

const draw = () => {
  if (!current?.svg.isConnected) return hide()
  const {svg, place, y} = current
  const {series, places, words, label} = contentOf(svg)
  if (!places.length) return hide()
  const index = Math.max(0, Math.min(places.length - 1, place))
  const x = places[index]
  const found = series.flatMap((one) => {
    const point = pointAt(one, x, y)
    return point ? [{one, point}] : []
  })
  const area = svg.getBoundingClientRect()
  const unit = area.width / svg.viewBox.baseVal.width
  const left = area.left + scrollX + x * unit
  line.hidden = false
  line.style.transform = `translate(${left}px, ${area.top + scrollY + 10 * unit}px)`
  line.style.height = `${154 * unit}px`
  const title = row(label ?? '', words[index] ?? '')
  box.replaceChildren(title, ...found.map(({one, point}) => row(one.label, point.words, one.tone)))
  box.hidden = false
  // On the side where the finger is not.
  const isRight = x * unit > area.width / 2
  const beside = isRight ? left - box.offsetWidth - 10 : left + 10
  const most = scrollX + document.documentElement.clientWidth - box.offsetWidth - 4
  box.style.transform = `translate(${Math.max(4, Math.min(most, beside))}px, ${area.top + scrollY + 6}px)`
}

const hide = () => {
  current = undefined
  line.hidden = true
  box.hidden = true
}

let isAsked = false
const show = (svg, place, y) => {
  current = {svg, place, y}
  if (isAsked) return
  isAsked = true
  requestAnimationFrame(() => {
    isAsked = false
    draw()
  })
}

const follow = (event) => {
  const svg = event.target instanceof Element && event.target.closest('.chart svg[data-x]')
  if (!svg) {
    if (current && event.pointerType === 'mouse' && document.activeElement !== current.svg) hide()
    if (current && event.type === 'pointerdown') hide()
    return
  }
  const area = svg.getBoundingClientRect()
  const unit = area.width / svg.viewBox.baseVal.width
  const x = (event.clientX - area.left) / unit
  const {places} = contentOf(svg)
  const place = nearest([...places.keys()], (i) => Math.abs(places[i] - x))
  isHeard(false)
  show(svg, place ?? 0, (event.clientY - area.top) / unit)
}

const steps = {ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -1e9, End: 1e9}

document.addEventListener('pointermove', follow, {passive: true})
document.addEventListener('pointerdown', follow, {passive: true})
document.addEventListener('keydown', (event) => {
  const svg = document.activeElement
  if (!svg?.matches('.chart svg[data-x]')) return
  if (event.key === 'Escape') return hide()
  const by = steps[event.key]
  if (by === undefined) return
  event.preventDefault()
  const last = contentOf(svg).places.length - 1
  const from = current?.svg === svg ? current.place : last
  isHeard(true)
  show(svg, Math.max(0, Math.min(last, from + by)), current?.y ?? 0)
})
document.addEventListener('focusin', (event) => {
  if (event.target.matches('.chart svg[data-x]:focus-visible')) {
    isHeard(true)
    show(event.target, contentOf(event.target).places.length - 1, 0)
  }
})
document.addEventListener('focusout', (event) => {
  if (event.target === current?.svg) hide()
})
addEventListener('resize', hide)

/** With a cursor, a chart is a place for the keyboard; without this script it is a picture. */
const begin = () => {
  for (const svg of charts()) svg.setAttribute('tabindex', '0')
}
document.addEventListener('htmx:after:swap', () => {
  known = new WeakMap()
  begin()
  if (current) draw()
})
document.body.append(line, box)
begin()
