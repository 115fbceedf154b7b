// Shows when the page's stream is broken: an old number must not pass for the present one.
const show = (state) => {
  document.documentElement.dataset.stream = state
}
document.addEventListener('htmx:sse:before:connection', () => show('waiting'))
document.addEventListener('htmx:sse:after:connection', () => show('on'))
document.addEventListener('htmx:sse:error', ({detail}) => {
  show('waiting')
  // This browser was sent out: the box leads it to where it can pair again.
  if (detail.status === 401) location.reload()
})
