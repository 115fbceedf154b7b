// Says when a page no longer hears from the box: an old number must not pass for the present one.

/** A short gap is no news. */
const patienceMs = 4_000
/** The box sends a sign of life every 15 s, or answers every 5 s where the page asks. */
const silenceMs = 40_000

let heardAt = Date.now()
/** A hidden tab lets go of its stream by itself: silence counts from when it was seen again. */
let seenAt = heardAt
let lostAt

const line = () => document.getElementById('connection')
const timeOf = (ms) => new Date(ms).toTimeString().slice(0, 5)

const heard = () => {
  heardAt = Date.now()
  lostAt = undefined
  if (line()?.textContent) line().textContent = ''
}

const lost = () => {
  lostAt ??= Date.now()
}

const look = () => {
  const isLive = document.getElementById('live') !== null
  if (document.hidden) seenAt = Date.now()
  if (isLive && Date.now() - Math.max(heardAt, seenAt) > silenceMs) lost()
  if (lostAt === undefined || Date.now() - lostAt < patienceMs) return
  const words = `Not connected: what you see is from ${timeOf(heardAt)}.`
  if (line() && line().textContent !== words) line().textContent = words
}
setInterval(look, 1_000)

document.addEventListener('htmx:sse:after:connection', heard)
document.addEventListener('htmx:sse:after:message', heard)
document.addEventListener('htmx:sse:error', ({detail}) => {
  lost()
  // This browser was sent out: the box leads it to where it can pair again.
  if (detail.status === 401) location.reload()
})
document.addEventListener('htmx:sse:before:connection', lost)
// Whatever else is asked: polls, and forms that are sent.
document.addEventListener('htmx:after:request', heard)
document.addEventListener('htmx:error', lost)
addEventListener('offline', lost)
addEventListener('online', () => {
  if (!document.getElementById('live')) heard()
})
