/**
 * What is left of logits on some pairs once all that an additive function could say there is taken away:
 * for every class c the least-squares fit g_c(a) + h_c(b) over these pairs is subtracted. 0 on all others.
 *
 * Why: a function g_c(a) + h_c(b) knows no rule (its evidence over the FULL table is 0 for every rule with
 * k1, k2 ≠ 0), but on PART of the table it has some: in row a each answer of a rule comes once, so a class
 * that a's training rows favour is one that a's held-out rows don't have.
 * [logits: [P², P]; pair: index a·P + b.] Backfitting; stops where a sweep changes nothing in single precision.
 */
export function withoutAdditivePart(
  logits: Float32Array,
  modulus: number,
  pair: Uint32Array,
): Float32Array {
  const residual = new Float32Array(logits.length);
  const sides = [
    Uint16Array.from(pair, (index) => Math.floor(index / modulus)),
    Uint16Array.from(pair, (index) => index % modulus),
  ];
  const column = new Float64Array(pair.length);
  for (let c = 0; c < modulus; c++) {
    for (let i = 0; i < pair.length; i++) column[i] = logits[pair[i] * modulus + c];
    for (let sweep = 0; sweep < largestSweeps; sweep++) {
      const moved = Math.max(...sides.map((tokens) => subtractMeans(column, tokens, modulus)));
      if (moved < smallestMove) break;
    }
    for (let i = 0; i < pair.length; i++) residual[pair[i] * modulus + c] = column[i];
  }
  return residual;
}

/** Logits are standardised, so this is about the precision they have. */
const smallestMove = 1e-7;
const largestSweeps = 1000;

/** Takes each token's mean away; the largest of these means. */
function subtractMeans(values: Float64Array, tokens: Uint16Array, modulus: number): number {
  const sum = new Float64Array(modulus);
  const count = new Float64Array(modulus);
  for (let i = 0; i < values.length; i++) {
    sum[tokens[i]] += values[i];
    count[tokens[i]]++;
  }
  let largest = 0;
  for (let token = 0; token < modulus; token++) {
    if (count[token] > 0) sum[token] /= count[token];
    largest = Math.max(largest, Math.abs(sum[token]));
  }
  for (let i = 0; i < values.length; i++) values[i] -= sum[tokens[i]];
  return largest;
}
