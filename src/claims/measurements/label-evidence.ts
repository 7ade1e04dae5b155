import { calibrate } from '../../analysis/calibration.ts';
import { answerScores, maskOf } from '../../analysis/index.ts';
import { chanceCounts } from '../../analysis/null-shapes.ts';
import { type BestRule, bestOf, taskRule } from './scan-evidence.ts';
import type { Subject } from './subject.ts';

/**
 * The best rule in the training labels themselves, without any network, calibrated as answers are: what no
 * evidence in a network can do better than. Null without training rows.
 */
export function measureLabelEvidence({
  settings,
  roles,
  backend,
}: Pick<Subject, 'settings' | 'roles' | 'backend'>): BestRule | null {
  if (roles.train === null) return null;
  const { modulus } = settings;
  const { pair, label } = roles.train;
  const table = new Uint16Array(modulus ** 2);
  pair.forEach((index, row) => {
    table[index] = label[row];
  });
  const counts = answerScores(table, modulus, maskOf(pair, modulus), backend);
  const chance = chanceCounts(pair.length, modulus);
  return bestOf(calibrate(counts, 1, chance, true), taskRule(settings));
}
