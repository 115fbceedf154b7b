/** Temperatures over time as an SVG: one line a policy, and the limits. */
export type Curve = {
  readonly name: string
  /** One a second. */
  readonly temperaturesC: readonly number[]
}

const size = {width: 760, height: 380}
const plot = {left: 44, right: 30, top: 40, bottom: 34}
const colors = ['#8c959f', '#9a6700', '#0969da', '#d1242f']
const everyS = 10

export const temperaturePlot = (
  curves: readonly Curve[],
  {limitC, tripC}: {readonly limitC: number; readonly tripC: number},
): string => {
  const all = curves.flatMap(({temperaturesC}) => temperaturesC)
  const lowC = 10 * Math.floor(Math.min(...all) / 10)
  const highC = 10 * Math.ceil((Math.max(...all, tripC) + 1) / 10)
  const seconds = Math.max(...curves.map(({temperaturesC}) => temperaturesC.length))
  const x = (second: number) =>
    plot.left + (second / seconds) * (size.width - plot.left - plot.right)
  const y = (c: number) =>
    size.height -
    plot.bottom -
    ((c - lowC) / (highC - lowC)) * (size.height - plot.top - plot.bottom)
  const line = ({temperaturesC}: Curve) =>
    temperaturesC
      .flatMap((c, second) =>
        second % everyS === 0 ? [`${x(second).toFixed(1)},${y(c).toFixed(1)}`] : [],
      )
      .join(' ')
  const marks = Array.from({length: (highC - lowC) / 10 + 1}, (_, i) => lowC + 10 * i)
  const level = (c: number, words: string) =>
    `<line x1="${plot.left}" x2="${size.width - plot.right}" y1="${y(c)}" y2="${y(c)}" stroke="#57606a" stroke-dasharray="4 3"/><text x="${size.width - plot.right}" y="${y(c) - 4}" text-anchor="end" fill="#57606a">${words}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="11">
<title>Temperature of the chip over time, by policy</title>
<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>
${curves
  .map(
    ({name}, i) =>
      `<line x1="${plot.left + 120 * i}" x2="${plot.left + 120 * i + 20}" y1="18" y2="18" stroke="${colors[i]}" stroke-width="2"/><text x="${plot.left + 120 * i + 26}" y="22">${name}</text>`,
  )
  .join('\n')}
${marks
  .map(
    (c) =>
      `<line x1="${plot.left}" x2="${size.width - plot.right}" y1="${y(c)}" y2="${y(c)}" stroke="#d8dee4"/><text x="${plot.left - 6}" y="${y(c) + 4}" text-anchor="end">${c} °C</text>`,
  )
  .join('\n')}
${Array.from({length: Math.floor(seconds / 1800) + 1}, (_, i) => `<text x="${x(1800 * i)}" y="${size.height - 12}" text-anchor="middle">${30 * i} min</text>`).join('\n')}
${level(limitC, 'limit')}
${level(tripC, 'the kernel’s brake')}
${curves
  .map(
    (curve, i) =>
      `<polyline points="${line(curve)}" fill="none" stroke="${colors[i]}" stroke-width="1.5"/>`,
  )
  .join('\n')}
</svg>
`
}
