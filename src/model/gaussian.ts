/**
 * Gaussian numbers with the same bits on every JavaScript engine. The language leaves the last bits of
 * Math.log, Math.exp and Math.pow to the engine; + − × ÷ and Math.sqrt it fixes, so we use these alone.
 */
import type { Generator } from '../task/generator.ts';

/**
 * Fills an array with independent draws from N(0, deviation²), by Marsaglia's polar method (1964): for
 * (u, v) uniform in the unit disc and s = u² + v², u·√(−2 ln s / s) and v·√(−2 ln s / s) are two of them.
 * u and v lie on a grid of 2⁻²³, so the largest value possible is about 8 deviations.
 */
export function fillGaussian(weights: Float32Array, deviation: number, generator: Generator): void {
  for (let i = 0; i < weights.length; i += 2) {
    let u: number;
    let v: number;
    let s: number;
    do {
      u = 2 * generator.uniform() - 1;
      v = 2 * generator.uniform() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const factor = deviation * Math.sqrt((-2 * naturalLogarithm(s)) / s);
    weights[i] = u * factor;
    if (i + 1 < weights.length) weights[i + 1] = v * factor;
  }
}

/** M^(−γ), the deviation of N(0, M^(−2γ)), for an integer M ≥ 1; good to 1e-13 in relative terms. */
export function inversePower(base: number, exponent: number): number {
  return exponential(-exponent * naturalLogarithm(base));
}

/**
 * ln x for x > 0: x = 2ᵉ·f with √½ ≤ f < √2, and ln f = 2·artanh t with t = (f − 1)/(f + 1), |t| ≤ 0.172,
 * by its series t + t³/3 + …, cut after t²³ where the next term is below 2⁻⁶⁴ of the first.
 */
export function naturalLogarithm(x: number): number {
  let fraction = x;
  let exponent = 0;
  for (; fraction >= Math.SQRT2; exponent++) fraction /= 2;
  for (; fraction < Math.SQRT1_2; exponent--) fraction *= 2;
  const t = (fraction - 1) / (fraction + 1);
  const square = t * t;
  let series = 0;
  for (let n = 23; n >= 1; n -= 2) series = series * square + 1 / n;
  return exponent * Math.LN2 + 2 * t * series;
}

/** eˣ for |x| up to about 100: the Taylor series of x/1024, squared ten times. */
function exponential(x: number): number {
  const y = x / 1024;
  let power = 1;
  for (let n = 12; n >= 1; n--) power = 1 + (y / n) * power;
  for (let i = 0; i < 10; i++) power *= power;
  return power;
}
