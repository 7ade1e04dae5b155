import { calibrate } from '../../analysis/calibration.ts';
import { logitScores, maskOf } from '../../analysis/index.ts';
import { roundingOf } from '../../analysis/null-shapes.ts';
import type { LabelledPairs, Pairs } from '../../task/dataset.ts';
import { joinedRule } from './filtration.ts';
import type { Subject } from './subject.ts';

/** z of the task's own rule on parts of the table; null where a part has no pairs. */
export interface LabelCountsMeasurement {
  readonly cleanTrain: number | null;
  readonly noisyTrain: number | null;
  readonly heldOut: number | null;
}

/**
 * What label counts alone make of the rule, without any network: the table
 *
 *     s(a, b, c) = #{training rows with this a and label c} + #{training rows with this b and label c},
 *
 * scored as logits are. It knows no rule; a network that has learned how often each token had each label,
 * and nothing of their combination, scores like it.
 */
export function measureLabelCounts({
  settings,
  roles,
  backend,
}: Pick<Subject, 'settings' | 'roles' | 'backend'>): LabelCountsMeasurement {
  const { modulus } = settings;
  const rule = { ...joinedRule(settings), shift: 0 };
  const table = labelCountTable(roles.train, modulus);
  const z = (pairs: Pairs | null) => {
    if (pairs === null) return null;
    const scores = logitScores(table, modulus, maskOf(pairs.pair, modulus), backend);
    return calibrate(scores, 1, roundingOf(scores), true).evidence(rule).z;
  };
  return {
    cleanTrain: z(roles.cleanTrain),
    noisyTrain: z(roles.noisyTrain),
    heldOut: z(roles.heldOut),
  };
}

/** s(a, b, c) at (a·P + b)·P + c: [P², P]. */
function labelCountTable(train: LabelledPairs | null, modulus: number): Float32Array {
  const withA = new Float32Array(modulus * modulus);
  const withB = new Float32Array(modulus * modulus);
  train?.pair.forEach((pair, row) => {
    const label = train.label[row];
    withA[Math.floor(pair / modulus) * modulus + label]++;
    withB[(pair % modulus) * modulus + label]++;
  });
  return Float32Array.from({ length: modulus ** 3 }, (_, at) => {
    const c = at % modulus;
    const pair = Math.floor(at / modulus);
    return withA[Math.floor(pair / modulus) * modulus + c] + withB[(pair % modulus) * modulus + c];
  });
}
