import { chartsOfCalibration } from './calibration-charts.ts';
import {
  type CalibrationFindings,
  findCalibration,
  heldOutTests,
  levels,
  type PValues,
  type StatisticName,
  statisticNames,
  uniformP,
} from './calibration-findings.ts';
import { calibrationRuns, cellsOfCalibration } from './calibration-runs.ts';
import type { Claim, Criterion } from './claim.ts';
import { evidenceKinds } from './measurements/scan-evidence.ts';
import { fixedDigits, type Interval, plainDigits } from './statistics/interval.ts';
import { reaches } from './statistics/level.ts';
import { proportion, rateText, shareOf, threeErrors } from './statistics/proportion.ts';
import { excessBound, excessOverUniform } from './statistics/uniform-quantiles.ts';

export const calibration: Claim = {
  id: 'calibration',
  title: 'How often evidence is wrong',
  claim:
    'In networks trained on pure noise a scan over all rules and shifts names one no more often than its level says, whatever the modulus, width, activation and training time; evidence on held-out pairs is as reliable.',
  source: 'ours',
  assumed: [
    'pure noise is α = 1 with labels drawn from all P classes: labels that avoid the true one are evidence against it',
    'tests are one-sided; the statistic of a kind is its best over all rules and shifts',
    'token permutation: 20 copies with the tokens of a, b and c renamed at random; Student’s t and a Pearson III tail with the skewness of a maximum',
  ],
  seeds: (preset) =>
    cellsOfCalibration(calibrationRuns(preset))
      .flatMap(({ settings, networks }) =>
        Array.from({ length: networks }, (_, i) => settings.seed + i),
      )
      .sort((x, y) => x - y),
  cells: (preset) => cellsOfCalibration(calibrationRuns(preset)),
  judge(outputs, preset) {
    const runs = calibrationRuns(preset);
    const found = findCalibration(outputs, runs);
    return {
      criteria: [
        withinNominal(found, ['combined'], 'weights, logits and answers with one correction'),
        withinNominal(found, ['weights', 'logits', 'answers'], 'each of these kinds alone'),
        withinNominal(
          found,
          ['interaction', 'all four'],
          'the answers without what an additive function says, and all four kinds with one correction, as a scan has them',
        ),
        nowhereGenerous(found),
        tokenPermutation(found),
        calibrationsAgree(found),
        heldOutNominal(found),
      ],
      charts: chartsOfCalibration(found, runs),
      remarks: remarksOf(found),
    };
  },
};

/** The largest upper end of an interval, as a multiple of the level: what some thousand networks can exclude. */
const mostTimes = { 0.05: 1.5, 0.01: 2, 0.001: 5 } as const;

function rateAt(p: readonly number[], level: number): Interval {
  return shareOf(p, (log10P) => reaches(log10P, level));
}

/** Not shown to be above the level. */
function isNominal(rate: Interval, level: number): boolean {
  return threeErrors(rate).low <= level;
}

function ratesText(p: PValues, name: StatisticName): string {
  return `${name} ${levels.map((level) => `${rateText(rateAt(p[name], level))} at ${level}`).join(', ')}`;
}

function withinNominal(
  { fresh }: CalibrationFindings,
  names: readonly StatisticName[],
  what: string,
): Criterion {
  return {
    text: `fresh networks of pure noise: ${what}, by comparison with the other rules`,
    expected:
      'share of networks that reach a level: not above it by three standard errors (Wilson), and the 95 % interval ends below 1.5 (0.05), 2 (0.01) or 5 times (0.001) the level',
    measured: `${fresh.combined.length} networks: ${names.map((name) => ratesText(fresh, name)).join('; ')}`,
    holds: names.every((name) =>
      levels.every((level) => {
        const rate = rateAt(fresh[name], level);
        return isNominal(rate, level) && rate.high < mostTimes[level] * level;
      }),
    ),
  };
}

function nowhereGenerous({ fresh }: CalibrationFindings): Criterion {
  const count = fresh.combined.length;
  const bound = excessBound(count);
  const excess = statisticNames.map((name) => ({
    name,
    excess: excessOverUniform(fresh[name].map(uniformP)),
  }));
  return {
    text: 'the same at every level at once: nowhere do more networks reach a level than it says',
    expected: `share − level at most ${bound.toFixed(4)} anywhere, which ${count} uniform p-values exceed in 5 % (one-sided Kolmogorov–Smirnov), for each kind and the combinations`,
    measured: excess.map((one) => `${one.name} ${one.excess.toFixed(4)}`).join(', '),
    holds: excess.every((one) => one.excess <= bound),
  };
}

function tokenPermutation({ permuted: { permutation }, ranks }: CalibrationFindings): Criterion {
  const names = [...evidenceKinds, 'combined', 'all four'] as const;
  // Among 21 exchangeable values the network is first in one of 21.
  const first = 1 / 21;
  const exact = evidenceKinds.map((kind) => ({
    kind,
    rate: shareOf(ranks[kind], (p) => p <= first + 1e-9),
  }));
  return {
    text: 'fresh networks of pure noise: token permutation keeps to the level, by rank (exact in theory) and by the fitted tail',
    expected: `the network is above all 20 copies in 1 of 21, ${fixedDigits(first, 3)}, within three standard errors (Wilson); by the fitted tail not above 0.05, 0.01 and 0.001 by three standard errors`,
    measured: `${ranks.weights.length} networks: first of 21: ${exact.map(({ kind, rate }) => `${kind} ${rateText(rate)}`).join(', ')}. Fitted: ${names.map((name) => ratesText(permutation, name)).join('; ')}`,
    holds:
      exact.every(({ rate }) => isNominal(rate, first) && first <= threeErrors(rate).high) &&
      names.every((name) =>
        levels.every((level) => isNominal(rateAt(permutation[name], level), level)),
      ),
  };
}

/** Networks that one calibration rejects and the other does not, at 0.05. */
function calibrationsAgree({ permuted: { cells, permutation } }: CalibrationFindings): Criterion {
  const level = 0.05;
  const lines = (['weights', 'logits', 'combined'] as const).map((name) => {
    const only = (p: readonly number[], q: readonly number[]) =>
      p.filter((value, i) => reaches(value, level) && !reaches(q[i], level)).length;
    return {
      name,
      both: cells[name].filter(
        (value, i) => reaches(value, level) && reaches(permutation[name][i], level),
      ).length,
      cellsOnly: only(cells[name], permutation[name]),
      tokensOnly: only(permutation[name], cells[name]),
    };
  });
  const total = cells.combined.length;
  return {
    text: 'the two calibrations judge alike: comparison with the other rules costs one scan, token permutation 21',
    expected:
      'at 0.05 they disagree on fewer than 5 % of the networks, for weights, logits and the combination',
    measured: lines
      .map(
        ({ name, both, cellsOnly, tokensOnly }) =>
          `${name}: both reject ${both}, other rules alone ${cellsOnly}, permutation alone ${tokensOnly} of ${total}`,
      )
      .join('; '),
    holds: lines.every(({ cellsOnly, tokensOnly }) => cellsOnly + tokensOnly < 0.05 * total),
  };
}

function heldOutNominal({ heldOut }: CalibrationFindings): Criterion {
  const lines = Object.entries(heldOutTests).map(([name, test]) => ({
    name,
    rates: [0.05, 0.01].map((level) => ({
      level,
      rate: shareOf(heldOut, (one) => test(one, level)),
    })),
  }));
  return {
    text: 'held-out pairs, at c = a + b, a rule fixed beforehand: evidence for it, and the verdicts “carried” and “against”, keep to the level; so does “carried” of the rule that the scan picked',
    expected: 'not above the level by three standard errors (Wilson), at 0.05 and 0.01',
    measured: `${heldOut.length} networks: ${lines
      .map(
        ({ name, rates }) =>
          `${name} ${rates.map(({ rate, level }) => `${rateText(rate)} at ${level}`).join(', ')}`,
      )
      .join('; ')}`,
    holds: lines.every(({ rates }) => rates.every(({ rate, level }) => isNominal(rate, level))),
  };
}

function remarksOf({ first, fresh, byCondition }: CalibrationFindings): string[] {
  const list = (name: StatisticName) =>
    byCondition
      .map((condition) => {
        const p = condition.fresh[name];
        return `${condition.name}: ${rateText(rateAt(p, 0.05))} of ${p.length}`;
      })
      .join('; ');
  const none = proportion(0, fresh.combined.length).high;
  return [
    `The first networks, whose seeds the pilots used in part (${first.combined.length}): ${statisticNames.map((name) => ratesText(first, name)).join('; ')}.`,
    `A scan at 0.05, by condition: ${list('all four')}.`,
    `Logits alone at 0.05, by condition: ${list('logits')}.`,
    `What ${fresh.combined.length} networks can say: even none at a level would leave a rate of ${plainDigits(none, 2)} possible.`,
  ];
}
