/**
 * Sums along the lines c = k1·a + k2·b + shift for the rules of a sample, without Fourier transforms: for one k1,
 * the table is first sheared and added up over a,
 *
 *     y[b, e] = Σ_a z[a, b, e + k1·a],    then    Σ_b y[b, k2·b + shift]    for every k2 and shift.
 *
 * n·P additions for each k1 (n pairs) and P² for each (k1, k2), in double precision and in a fixed order.
 */
import type { Rule } from './results.ts';
import type { RuleSample, SampledScores } from './rule-sample.ts';

/**
 * Sums over all pairs of z at each rule's answers: the logit evidence times P², where z holds standardised logits
 * (`logitScores`). [z: [P, P, P] by a, class, b, so that for each a the shear is two long runs.]
 */
export function sampledSums(z: Float32Array, sample: RuleSample): SampledScores {
  const { modulus, rule } = sample;
  const square = modulus * modulus;
  let own = 0;
  for (let pair = 0; pair < square; pair++) {
    const b = pair % modulus;
    own += z[(pair - b + answerOf(rule, pair, modulus)) * modulus + b];
  }
  const byClass = new Float64Array(square);
  const others = throughShears(sample, (k1, sheared) => {
    byClass.fill(0);
    for (let a = 0; a < modulus; a++) {
      const turn = ((k1 * a) % modulus) * modulus;
      const from = a * square;
      addTo(byClass.subarray(0, square - turn), z.subarray(from + turn, from + square));
      if (turn > 0) addTo(byClass.subarray(square - turn), z.subarray(from, from + turn));
    }
    for (let e = 0; e < modulus; e++) {
      for (let b = 0; b < modulus; b++) sheared[b * modulus + e] = byClass[e * modulus + b];
    }
  });
  return { own, others };
}

/** The same over some pairs (index a·P + b), from a table with one row of P classes for each: [n, P]. */
export function sampledRowSums(
  rows: Float32Array,
  pairs: Uint32Array,
  sample: RuleSample,
): SampledScores {
  const { modulus, rule } = sample;
  let own = 0;
  for (let i = 0; i < pairs.length; i++) {
    own += rows[i * modulus + answerOf(rule, pairs[i], modulus)];
  }
  const others = throughShears(sample, (k1, sheared) => {
    for (let i = 0; i < pairs.length; i++) {
      const b = pairs[i] % modulus;
      const first = modulus - ((k1 * ((pairs[i] - b) / modulus)) % modulus);
      const y = b * modulus;
      const from = i * modulus;
      const turned = from + modulus - first;
      for (let e = 0; e < first; e++) sheared[y + e] += rows[turned + e];
      for (let e = first; e < modulus; e++) sheared[y + e] += rows[from + e - first];
    }
  });
  return { own, others };
}

/** Number of the pairs whose answer ([P²]) is each rule's: `countMatches` for the rules of a sample. */
export function sampledMatches(
  answers: Uint16Array,
  pairs: Uint32Array,
  sample: RuleSample,
): SampledScores {
  const { modulus, rule } = sample;
  let own = 0;
  for (let i = 0; i < pairs.length; i++) {
    if (answers[pairs[i]] === answerOf(rule, pairs[i], modulus)) own++;
  }
  const others = throughShears(sample, (k1, sheared) => {
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i];
      const b = pair % modulus;
      const a = (pair - b) / modulus;
      sheared[b * modulus + ((answers[pair] + (modulus - k1) * a) % modulus)]++;
    }
  });
  return { own, others };
}

/** k1·a + k2·b + shift mod P at the pair a·P + b. */
function answerOf({ k1, k2, shift }: Rule, pair: number, modulus: number): number {
  const b = pair % modulus;
  return ((k1 * (pair - b)) / modulus + k2 * b + shift) % modulus;
}

/** `shear` fills y [P, P], zeroed before, for each k1; the sums over b follow for each k2: [rows, P]. */
function throughShears(
  { modulus, groups, rows }: RuleSample,
  shear: (k1: number, sheared: Float64Array) => void,
): Float64Array {
  const sums = new Float64Array(rows * modulus);
  const sheared = new Float64Array(modulus * modulus);
  let row = 0;
  for (const { k1, k2: all } of groups) {
    sheared.fill(0);
    shear(k1, sheared);
    for (const k2 of all) {
      addRows(sums.subarray(row * modulus, (row + 1) * modulus), sheared, k2);
      row++;
    }
  }
  return sums;
}

/** sums[shift] += Σ_b y[b, k2·b + shift]. */
function addRows(sums: Float64Array, sheared: Float64Array, k2: number): void {
  const modulus = sums.length;
  for (let b = 0; b < modulus; b++) {
    const first = modulus - ((k2 * b) % modulus);
    const from = b * modulus;
    const turned = from + modulus - first;
    for (let shift = 0; shift < first; shift++) sums[shift] += sheared[turned + shift];
    for (let shift = first; shift < modulus; shift++) sums[shift] += sheared[from + shift - first];
  }
}

/** target += source. A loop from 0 to its own length is the fastest there is in JavaScript. */
function addTo(target: Float64Array, source: Float32Array): void {
  for (let i = 0; i < source.length; i++) target[i] += source[i];
}
