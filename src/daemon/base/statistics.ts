/** Wilson's 95 % interval of a share: `successes` out of `n`. With n = 0 nothing is known: [0, 1]. */
export const wilsonInterval = (successes: number, n: number): readonly [number, number] => {
  if (n === 0) return [0, 1]
  const z = 1.959963984540054
  const share = successes / n
  const scale = 1 + (z * z) / n
  const center = (share + (z * z) / (2 * n)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  // At 0 and n successes an end is exactly 0 or 1; rounding may leave it a hair off.
  return [
    successes === 0 ? 0 : Math.max(0, center - half),
    successes === n ? 1 : Math.min(1, center + half),
  ]
}

/** The share of a normal distribution that lies below `x`. */
export const normalCdf = (x: number, mu: number, sigma: number): number =>
  0.5 * (1 + erf((x - mu) / (Math.SQRT2 * sigma)))

/**
 * The error function, to about 1e-15. W. J. Cody, "Rational Chebyshev approximations for the error function",
 * Mathematics of Computation 23 (1969), with his CALERF's coefficients.
 */
export const erf = (x: number): number => {
  const size = Math.abs(x)
  if (size <= 0.46875) return x * ratio(size * size, smallTop, smallBottom)
  const complement = size <= 4 ? middleErfc(size) : size < 6 ? largeErfc(size) : 0
  return Math.sign(x) * (1 - complement)
}

const middleErfc = (x: number): number => Math.exp(-x * x) * ratio(x, middleTop, middleBottom)

const largeErfc = (x: number): number => {
  const inverse = 1 / (x * x)
  const tail = inverse * ratio(inverse, largeTop, largeBottom)
  return (Math.exp(-x * x) / x) * (1 / Math.sqrt(Math.PI) - tail)
}

const ratio = (x: number, top: readonly number[], bottom: readonly number[]): number =>
  polynomial(x, top) / polynomial(x, bottom)

/** Horner's rule; the highest power's coefficient stands first. */
const polynomial = (x: number, coefficients: readonly number[]): number => {
  let sum = 0
  for (const coefficient of coefficients) sum = sum * x + coefficient
  return sum
}

const smallTop = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
]
const smallBottom = [
  1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171,
]
const middleTop = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163,
  298.6351381974001, 881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
]
const middleBottom = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903,
  3290.7992357334597, 4362.619090143247, 3439.3676741437216, 1230.3393548037495,
]
const largeTop = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926,
  0.016083785148742275, 0.0006587491615298378,
]
const largeBottom = [
  1, 2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132,
  0.0023352049762686918,
]

/**
 * The standard normal deviate below which the share `p` (0–1) lies, to about 1e-16. M. J. Wichura, "Algorithm AS 241: The
 * Percentage Points of the Normal Distribution", Applied Statistics 37 (1988), its PPND16.
 */
export const normalQuantile = (p: number): number => {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) return q * ratio(0.180625 - q * q, centralTop, centralBottom)
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p))
  const size = r <= 5 ? ratio(r - 1.6, nearTop, nearBottom) : ratio(r - 5, farTop, farBottom)
  return q < 0 ? -size : size
}

const centralTop = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
]
const centralBottom = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
]
const nearTop = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684,
  3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835,
]
const nearBottom = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008,
  0.6897673349851, 1.6763848301838038, 2.053191626637759, 1,
]
const farTop = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
  0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
]
const farBottom = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
  0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
]

/** The middle one, or the mean of the two in the middle; NaN of none. */
export const medianOf = (values: readonly number[]): number => {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length / 2
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]
    : (sorted[middle - 1] + sorted[middle]) / 2
}
