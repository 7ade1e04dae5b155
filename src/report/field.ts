import { type Dataset, splits } from '../task/dataset.ts';
import { type Field, fieldCodes } from './study.ts';

const train = splits.indexOf('train');

/** What the answers ([P²], index a·P + b) are on every pair of a data set; pairs not in it are unknown. */
export function fieldOf(answers: ArrayLike<number>, dataset: Dataset): Field {
  const { modulus, a, b, label, trueLabel, split } = dataset;
  const field = new Uint8Array(modulus * modulus).fill(fieldCodes.unknown);
  for (let row = 0; row < a.length; row++) {
    const pair = a[row] * modulus + b[row];
    const answer = answers[pair];
    const truth = trueLabel === null ? null : trueLabel[row];
    field[pair] =
      split[row] === train
        ? trainedCode(answer, label[row], truth)
        : answer === (truth ?? label[row])
          ? fieldCodes.heldOutRight
          : fieldCodes.wrong;
  }
  return field;
}

function trainedCode(answer: number, label: number, truth: number | null): number {
  if (truth === null) return answer === label ? fieldCodes.fitsLabel : fieldCodes.wrong;
  if (answer === truth) return label === truth ? fieldCodes.cleanRight : fieldCodes.noisyRepaired;
  return answer === label ? fieldCodes.noisyMemorised : fieldCodes.wrong;
}
