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
 * Sums of `table` [n, P] over the pairs (index a·P + b, one a row) at each rule's answers: the logit evidence times
 * n, where the rows are standardised logits without class means (`logitScores`).
 */
export function sampledTableSums(
  table: Float32Array,
  pairs: Uint32Array,
  sample: RuleSample,
): SampledScores {
  const { modulus, rule } = sample;
  let own = 0;
  for (let i = 0; i < pairs.length; i++)
    own += table[i * modulus + answerOf(rule, pairs[i], modulus)];
  const others = throughShears(sample, (k1, sheared) => {
    for (let i = 0; i < pairs.length; i++) {
      const b = pairs[i] % modulus;
      const turn = (k1 * ((pairs[i] - b) / modulus)) % modulus;
      addTurnedSingle(sheared, b * modulus, table, i * modulus, turn, modulus);
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
      for (let b = 0; b < modulus; b++) {
        addTurned(sums, row * modulus, sheared, b * modulus, (k2 * b) % modulus, modulus);
      }
      row++;
    }
  }
  return sums;
}

/** target[i] += source[(i + turn) mod P] for i = 0…P−1, each from its offset on. */
function addTurned(
  target: Float64Array,
  at: number,
  source: Float64Array,
  from: number,
  turn: number,
  modulus: number,
): void {
  const first = modulus - turn;
  for (let i = 0; i < first; i++) target[at + i] += source[from + turn + i];
  for (let i = first; i < modulus; i++) target[at + i] += source[from + i - first];
}

/** `addTurned` from single precision: a loop that sees one type of array is several times as fast. */
function addTurnedSingle(
  target: Float64Array,
  at: number,
  source: Float32Array,
  from: number,
  turn: number,
  modulus: number,
): void {
  const first = modulus - turn;
  for (let i = 0; i < first; i++) target[at + i] += source[from + turn + i];
  for (let i = first; i < modulus; i++) target[at + i] += source[from + i - first];
}
