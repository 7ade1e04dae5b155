/**
 * eˣ and erf in double precision with the same bits on every JavaScript engine: the language leaves the
 * last bits of Math.exp to the engine; + − × ÷, Math.sqrt and Math.floor it fixes, so we use these alone.
 */

/** ln 2 = high + low; high ends in zeros, so that k·high is exact for |k| < 2²⁰ (as in FDLIBM). */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

const leastPower = -1022;
/** 2⁻¹⁰²², the smallest normal number. */
const leastNormal = 2.2250738585072014e-308;
/** 2ᵏ for k = −1022…1023, exact: doubling is, where Math.pow need not be. */
const powersOfTwo = new Float64Array(2046).fill(leastNormal);
for (let i = 1; i < powersOfTwo.length; i++) powersOfTwo[i] = 2 * powersOfTwo[i - 1];

/**
 * eˣ = 2ᵏ·eʳ with |r| ≤ ½ ln 2, and eʳ by its Taylor series up to r¹², where the next term is below
 * 2·10⁻¹⁶; good to 1e-15 in relative terms. 0 below −708, where double precision runs out of normal
 * numbers, infinite above 709.
 */
export function exponential(x: number): number {
  if (x < -708) return 0;
  if (x > 709) return Number.POSITIVE_INFINITY;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const r = x - k * ln2High - k * ln2Low;
  let series = 1 / 479001600;
  series = series * r + 1 / 39916800;
  series = series * r + 1 / 3628800;
  series = series * r + 1 / 362880;
  series = series * r + 1 / 40320;
  series = series * r + 1 / 5040;
  series = series * r + 1 / 720;
  series = series * r + 1 / 120;
  series = series * r + 1 / 24;
  series = series * r + 1 / 6;
  series = series * r + 0.5;
  series = series * r + 1;
  series = series * r + 1;
  return series * powersOfTwo[k - leastPower];
}

/**
 * The error function by its series of positive terms (no cancellation; NIST DLMF 7.6.2):
 * erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·5⋯(2n+1)). Beyond |x| = 6 it is ±1 in double precision.
 */
export function erf(x: number): number {
  if (x > 6) return 1;
  if (x < -6) return -1;
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * square) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * exponential(-square) * sum;
}
