import type { Activation, Network } from '../model/network.ts';
import type { AnalysisCompute } from './compute.ts';

/**
 * What a network answers once all that an additive function could say is taken out of its logits (ours): the
 * argmax over c of
 *
 *     z[a,b,c] − mean_b z[a,b,c] − mean_a z[a,b,c] + mean_ab z[a,b,c].
 *
 * g(a,c) + h(b,c) holds no rule with k1, k2 ≠ 0, but early in training it is most of the logits (how often each
 * token had each label is learned first) and decides the argmax. What is left joins a and b: each training pair's
 * own label, wrong or right, long before the network answers it.
 *
 * Needs no data, no labels, no order of tokens; counted by `answerScores` it is evidence like the answers
 * themselves. [P²], index a·P + b; the smallest class on a tie.
 */
export function interactionAnswers(
  network: Network,
  activation: Activation,
  compute: AnalysisCompute,
): Uint16Array {
  const { modulus } = network;
  const logits = compute.logits(network, activation, 0, modulus);
  // Mean over b for every (a, c), over a for every (b, c): [P, P] each.
  const overB = new Float64Array(modulus * modulus);
  const overA = new Float64Array(modulus * modulus);
  const overAll = new Float64Array(modulus);
  const answers = new Uint16Array(modulus * modulus);
  const eachRow = (visit: (a: number, b: number, row: number) => void) => {
    for (let pair = 0; pair < modulus * modulus; pair++) {
      visit(Math.floor(pair / modulus) * modulus, (pair % modulus) * modulus, pair * modulus);
    }
  };
  eachRow((a, b, row) => {
    for (let c = 0; c < modulus; c++) {
      overB[a + c] += logits[row + c] / modulus;
      overA[b + c] += logits[row + c] / modulus;
    }
  });
  for (let at = 0; at < overA.length; at++) overAll[at % modulus] += overA[at] / modulus;
  eachRow((a, b, row) => {
    let best = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < modulus; c++) {
      const left = logits[row + c] - overB[a + c] - overA[b + c] + overAll[c];
      if (left > highest) {
        highest = left;
        best = c;
      }
    }
    answers[row / modulus] = best;
  });
  return answers;
}
