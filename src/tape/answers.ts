import { matrixShape, type Tensor } from './tensor.ts';

/** The class with the largest logit in every row, [n, classes] → [n]; ties go to the smaller class. */
export function answersOf(logits: Tensor): Uint16Array {
  const [n, classes] = matrixShape('answersOf', 'the logits', logits);
  const z = logits.data;
  const answers = new Uint16Array(n);
  for (let row = 0; row < n; row++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (z[row * classes + c] > z[row * classes + best]) best = c;
    answers[row] = best;
  }
  return answers;
}
