/** Where a bucket holds more than so many values, sorting them one by one would be slow. */
const mostInserted = 24

/**
 * The indices of finite values in ascending order, equals in the order they came in. Values are dealt into as many even
 * buckets, which takes time in proportion to their number unless they crowd together.
 */
export const sortedOrder = (values: Float64Array): Uint32Array => {
  const n = values.length
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < n; i++) {
    if (values[i] < low) low = values[i]
    if (values[i] > high) high = values[i]
  }
  const scale = high > low ? (n - 1) / (high - low) : 0
  if (scratch.buckets.length < n) {
    scratch = {buckets: new Uint32Array(2 * n), ends: new Uint32Array(2 * n + 1)}
  }
  const {buckets, ends} = scratch
  ends.fill(0, 0, n + 1)
  for (let i = 0; i < n; i++) {
    const bucket = Math.floor((values[i] - low) * scale)
    buckets[i] = bucket
    ends[bucket + 1]++
  }
  for (let b = 0; b < n; b++) ends[b + 1] += ends[b]
  const order = new Uint32Array(n)
  // Dealt from the last to the first, the ends become the starts.
  for (let i = n - 1; i >= 0; i--) order[--ends[buckets[i] + 1]] = i
  for (let b = 0; b < n; b++) {
    const start = ends[b + 1]
    const end = b + 1 < n ? ends[b + 2] : n
    if (end - start > mostInserted) {
      order.subarray(start, end).sort((a, c) => values[a] - values[c] || a - c)
      continue
    }
    for (let i = start + 1; i < end; i++) {
      const held = order[i]
      const value = values[held]
      let at = i
      for (; at > start && values[order[at - 1]] > value; at--) order[at] = order[at - 1]
      order[at] = held
    }
  }
  return order
}

/** Kept from call to call: allocating it took as long as sorting. */
let scratch = {buckets: new Uint32Array(0), ends: new Uint32Array(1)}
