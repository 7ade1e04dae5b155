/** Upper tails of the normal and the Pearson III distribution, accurate where p is 10⁻¹⁰⁰⁰⁰ too. */

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);
/** Below this, skewness moves log10 p by less than z³/14,000 and only costs iterations. */
const smallestSkewness = 1e-3;

/** 1 − Φ(z). */
export function normalTail(z: number): number {
  return z >= 0 ? Math.exp(logNormalTail(z)) : 1 - Math.exp(logNormalTail(-z));
}

/**
 * log10 P(X ≥ z) for X with mean 0, variance 1 and the given skewness. The normal distribution for
 * skewness ≤ 0 (a tail lighter than normal is not used, to stay on the safe side), else Pearson III:
 * X = (Γ − k)/√k with Γ a gamma variable of shape k = 4/skewness².
 */
export function log10UpperTail(z: number, skewness = 0): number {
  if (skewness < smallestSkewness) {
    const log = z >= 0 ? logNormalTail(z) : Math.log1p(-Math.exp(logNormalTail(-z)));
    return log / Math.LN10;
  }
  const shape = 4 / (skewness * skewness);
  const x = shape + z * Math.sqrt(shape);
  return x <= 0 ? 0 : logUpperGamma(shape, x) / Math.LN10;
}

/** The z with log10UpperTail(z, skewness) = log10P, by bisection to 1e-9, for −10⁶ ≤ log10P < 0. */
export function zOfUpperTail(log10P: number, skewness = 0): number {
  let low = -10;
  let high = 10;
  while (log10UpperTail(high, skewness) > log10P) high *= 2;
  while (high - low > 1e-9 * Math.max(1, Math.abs(high))) {
    const middle = (low + high) / 2;
    if (log10UpperTail(middle, skewness) > log10P) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The normal deviate with the tail of Student's t at `z` on `freedom` degrees of freedom (Wallace 1959:
 * sqrt(ν ln(1 + z²/ν)) · (8ν + 1)/(8ν + 3), good to 2 % of z). For a z whose spread was estimated.
 */
export function normalOfStudent(z: number, freedom: number): number {
  const magnitude = Math.sqrt(freedom * Math.log1p((z * z) / freedom));
  return (Math.sign(z) * magnitude * (8 * freedom + 1)) / (8 * freedom + 3);
}

/** The inverse of `normalOfStudent`. */
export function studentOfNormal(z: number, freedom: number): number {
  const magnitude = (z * (8 * freedom + 3)) / (8 * freedom + 1);
  return Math.sign(z) * Math.sqrt(freedom * Math.expm1((magnitude * magnitude) / freedom));
}

/** ln(1 − Φ(z)) for z ≥ 0: Q_normal(z) = ½ Q(½, z²/2). */
function logNormalTail(z: number): number {
  return z === 0 ? -Math.LN2 : logUpperGamma(0.5, (z * z) / 2) - Math.LN2;
}

/**
 * ln Q(k, x), the regularised upper incomplete gamma function, for k > 0, x > 0: the power series of
 * the lower function below k + 1, Lentz's continued fraction above (Press et al., Numerical Recipes,
 * 6.2), the latter kept as a logarithm so that it can't underflow.
 */
function logUpperGamma(shape: number, x: number): number {
  const logPrefactor = shape * Math.log(x) - x - logGamma(shape);
  const limit = 100 + 20 * Math.sqrt(shape + x);
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let i = 1; i < limit && term > sum * 1e-17; i++) {
      term *= x / (shape + i);
      sum += term;
    }
    return Math.log1p(-Math.min(1, Math.exp(logPrefactor + Math.log(sum))));
  }
  let b = x + 1 - shape;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < limit; i++) {
    const factor = -i * (i - shape);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return logPrefactor + Math.log(fraction);
}

/** ln Γ(x) for x > 0: Stirling's series, after moving x above 12. */
export function logGamma(x: number): number {
  let shifted = x;
  let logProduct = 0;
  while (shifted < 12) {
    logProduct += Math.log(shifted);
    shifted++;
  }
  const inverse = 1 / (shifted * shifted);
  const series =
    (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) /
    shifted;
  return (shifted - 0.5) * Math.log(shifted) - shifted + halfLogTwoPi + series - logProduct;
}
