/** Median regret over trials, ours beside the references, as one SVG of small charts. */
import type {OptimizerName} from '../../src/daemon/optimizers/optimizer.ts'
import {reference} from './data.ts'
import {type Curve, quantile, regretOf} from './measure.ts'
import {type Problem, problems} from './problems.ts'
import type {TaskResult} from './runner.ts'
import {counterparts} from './verdict.ts'

const columns = 3
const chart = {width: 300, height: 190, left: 44, right: 8, top: 26, bottom: 24}
const legendHeight = 54
/** Regrets below it are drawn at it. */
const floor = 1e-4

const colors: Readonly<Record<OptimizerName, string>> = {
  auto: '#d1242f',
  random: '#8c959f',
  tpe: '#9a6700',
  srbf: '#0969da',
  dycors: '#1a7f37',
  'turbo-1': '#8250df',
  'turbo-m': '#bf3989',
  tusot: '#0e7c86',
}

export const regretPlot = (results: readonly TaskResult[]): string => {
  const names = Object.keys(colors) as OptimizerName[] // the keys of the table above
  const shown = names.filter((name) => results.some(({optimizer}) => optimizer === name))
  const all = problems().filter(({name}) => results.some(({problem}) => problem === name))
  const width = columns * chart.width
  const height = legendHeight + Math.ceil(all.length / columns) * chart.height
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="10">
<title>Median regret over trials on each problem</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${legend(shown)}
${all.map((problem, i) => chartOf(problem, results, shown, i)).join('\n')}
</svg>
`
}

const legend = (shown: readonly OptimizerName[]): string =>
  `<text x="8" y="16" fill="#57606a">Median regret over trials (0 is the optimum, 1 a random draw; log scale). Solid: Simmer. Dashed: the method it follows.</text>
${shown
  .map((name, i) => {
    const x = 8 + i * 86
    return `<line x1="${x}" x2="${x + 18}" y1="36" y2="36" stroke="${colors[name]}" stroke-width="2"/><text x="${x + 22}" y="40">${name}</text>`
  })
  .join('\n')}`

const chartOf = (
  problem: Problem,
  results: readonly TaskResult[],
  shown: readonly OptimizerName[],
  index: number,
): string => {
  const x = (index % columns) * chart.width
  const y = legendHeight + Math.floor(index / columns) * chart.height
  const methods = reference().results[problem.name]
  const trials = Math.max(
    ...results.filter((one) => one.problem === problem.name).map(({curve}) => curve.length),
  )
  const scale = scaleOf(trials)
  const lines = shown.flatMap((name) => {
    const curves = results
      .filter((one) => one.problem === problem.name && one.optimizer === name)
      .map(({curve}) => curve)
    if (curves.length === 0) return []
    const theirs = methods[counterparts[name] ?? '']?.median_curve
    const style = `fill="none" stroke="${colors[name]}"`
    return [
      `<path d="${pathOf(problem, medianOf(curves), scale)}" ${style} stroke-width="${name === 'auto' ? 2.2 : 1.3}"/>`,
      ...(theirs
        ? [
            `<path d="${pathOf(problem, theirs.slice(0, trials), scale)}" ${style} stroke-width="1" stroke-dasharray="3 3" opacity="0.7"/>`,
          ]
        : []),
    ]
  })
  return `<g transform="translate(${x} ${y})"><text x="${chart.left}" y="18" font-weight="bold">${problem.name}</text>
${axes(trials, scale)}
${lines.join('\n')}</g>`
}

type Scale = {
  readonly x: (trial: number) => number
  readonly y: (regret: number) => number
}

const scaleOf = (trials: number): Scale => {
  const {width, height, left, right, top, bottom} = chart
  return {
    x: (trial) => left + ((width - left - right) * (trial - 1)) / Math.max(1, trials - 1),
    y: (regret) => {
      const share = Math.log(Math.max(floor, Math.min(1, regret)) / floor) / Math.log(1 / floor)
      return height - bottom - (height - top - bottom) * share
    },
  }
}

const axes = (trials: number, {x, y}: Scale): string => {
  const across = [1e-4, 1e-3, 1e-2, 1e-1, 1].map(
    (regret) =>
      `<line x1="${chart.left}" x2="${chart.width - chart.right}" y1="${fixed(y(regret))}" y2="${fixed(y(regret))}" stroke="#d0d7de" stroke-width="0.5"/><text x="${chart.left - 4}" y="${fixed(y(regret) + 3)}" text-anchor="end" fill="#57606a">${regret}</text>`,
  )
  const down = [25, 50, 100, 200]
    .filter((trial) => trial <= trials)
    .map(
      (trial) =>
        `<text x="${fixed(x(trial))}" y="${chart.height - 8}" text-anchor="middle" fill="#57606a">${trial}</text>`,
    )
  return [...across, ...down].join('\n')
}

const medianOf = (curves: readonly Curve[]): Curve =>
  curves[0].map((_, i) =>
    quantile(
      curves.map((curve) => curve[i]),
      0.5,
    ),
  )

const pathOf = (problem: Problem, curve: Curve, {x, y}: Scale): string =>
  curve
    .map(
      (loss, i) => `${i === 0 ? 'M' : 'L'}${fixed(x(i + 1))} ${fixed(y(regretOf(problem, loss)))}`,
    )
    .join('')

const fixed = (value: number): string => value.toFixed(1)
