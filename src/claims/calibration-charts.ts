/** The figures of `calibration`. */
import {
  type CalibrationFindings,
  heldOutTests,
  levels,
  type PValues,
  statisticNames,
  uniformP,
} from './calibration-findings.ts';
import type { CalibrationRuns } from './calibration-runs.ts';
import type { Chart, Row } from './charts/chart.ts';
import { reaches } from './statistics/level.ts';
import { shareOf } from './statistics/proportion.ts';
import { uniformQuantiles } from './statistics/uniform-quantiles.ts';

const ends = { low: 'low', high: 'high' } as const;
const byRules = 'compared with the other rules';
const byTokens = 'token permutation';

export function chartsOfCalibration(found: CalibrationFindings, runs: CalibrationRuns): Chart[] {
  return [quantiles(found, runs), rates(found), conditionRates(found), heldOutRates(found)];
}

const kindsText =
  'Weights: T; logits; answers; interaction: answers without what an additive function says; combined: the first three; all four, as a scan has them. Each the best over all rules and shifts.';

function conditionsText({ conditions }: CalibrationRuns): string {
  return conditions.map(({ name }) => name).join('; ');
}

function quantiles({ fresh, permuted }: CalibrationFindings, runs: CalibrationRuns): Chart {
  const points = 28;
  const rowsOf = (facet: string, p: PValues): Row[] => {
    const { length } = p.combined;
    const band = uniformQuantiles(
      Array.from({ length }, (_, i) => (i + 1) / (length + 1)),
      points,
    ).map(({ expected, low, high }) => ({
      facet,
      kind: 'uniform, 95 %',
      expected,
      observed: expected,
      low,
      high,
    }));
    const lines = statisticNames.flatMap((name) =>
      uniformQuantiles(p[name].map(uniformP), points).map(({ expected, observed }) => ({
        facet,
        kind: name,
        expected,
        observed,
        low: null,
        high: null,
      })),
    );
    return [...band, ...lines];
  };
  return {
    key: 'quantiles',
    title: 'p-values of pure noise against the uniform distribution',
    caption: `Quantiles of 1 − exp(−p), p being the expected number of rules as good or better by chance, on fresh networks of pure noise: ${fresh.combined.length} compared with the other rules, ${permuted.cells.combined.length} by token permutation. Below the band: too generous. ${kindsText} ${conditionsText(runs)}; AdamW, learning rate 0.001. The band holds each order statistic with 95 %.`,
    kind: 'lines',
    rows: [...rowsOf(byRules, fresh), ...rowsOf(byTokens, permuted.permutation)],
    x: { column: 'expected', label: 'expected p', scale: 'log' },
    y: { column: 'observed', label: 'observed p', scale: 'log' },
    series: { column: 'kind', label: '' },
    facet: { column: 'facet', label: '' },
    ...ends,
  };
}

/** Share that reaches a level, as a multiple of the level. */
function timesLevel(labels: Row, p: readonly number[], level: number): Row {
  const { mean, low, high } = shareOf(p, (value) => reaches(value, level));
  return { ...labels, mean: mean / level, low: low / level, high: high / level };
}

function rates({ fresh, permuted }: CalibrationFindings): Chart {
  const rowsOf = (facet: string, p: PValues) =>
    levels.flatMap((level) =>
      statisticNames.map((kind) =>
        timesLevel({ facet, kind, level: `level ${level}` }, p[kind], level),
      ),
    );
  const smallest = Math.min(...levels);
  return {
    key: 'rates',
    title: 'False positives as a multiple of the level',
    caption: `Share of fresh networks of pure noise that reach a level, divided by it, with Wilson’s 95 % interval: ${fresh.combined.length} networks compared with the other rules, ${permuted.cells.combined.length} by token permutation, where the level 0.001 is left out. ${kindsText}`,
    kind: 'dots',
    rows: [
      ...rowsOf(byRules, fresh),
      ...rowsOf(byTokens, permuted.permutation).filter(
        ({ level }) => level !== `level ${smallest}`,
      ),
    ],
    x: { column: 'kind', label: '', scale: 'category' },
    y: { column: 'mean', label: 'rate / level' },
    series: { column: 'level', label: '' },
    facet: { column: 'facet', label: '' },
    ...ends,
    lines: [{ axis: 'y', value: 1, label: 'nominal' }],
  };
}

function conditionRates({ byCondition }: CalibrationFindings): Chart {
  const level = 0.05;
  return {
    key: 'conditions',
    title: 'False positives by modulus, width, activation and training time',
    caption: `Share of fresh networks of pure noise that reach the level ${level} by comparison with the other rules, with Wilson’s 95 % interval. ${kindsText} ${byCondition.map(({ short, name, fresh }) => `${short}: ${name}, ${fresh.combined.length} networks`).join('; ')}.`,
    kind: 'dots',
    rows: byCondition.flatMap(({ short, fresh }) =>
      statisticNames.map((kind) => {
        const { mean, low, high } = shareOf(fresh[kind], (p) => reaches(p, level));
        return { condition: short, kind, mean, low, high };
      }),
    ),
    x: { column: 'condition', label: '', scale: 'category' },
    y: { column: 'mean', label: 'rate' },
    series: { column: 'kind', label: '' },
    ...ends,
    lines: [{ axis: 'y', value: level, label: 'nominal' }],
  };
}

function heldOutRates({ heldOut }: CalibrationFindings): Chart {
  return {
    key: 'held-out',
    title: 'False positives on held-out pairs',
    caption: `Share of ${heldOut.length} networks of pure noise with evidence on the pairs they were not trained on, at c = a + b, fixed beforehand, as a multiple of the level, with Wilson’s 95 % interval. For: one-sided evidence of one kind; carried, against: the verdicts; scan’s rule: the verdict on the rule that the scan picked.`,
    kind: 'dots',
    rows: Object.entries(heldOutTests).flatMap(([name, test]) =>
      [0.05, 0.01].map((level) => {
        const { mean, low, high } = shareOf(heldOut, (one) => test(one, level));
        const [rate, lowEnd, highEnd] = [mean, low, high].map((value) => value / level);
        return { test: name, level: `level ${level}`, mean: rate, low: lowEnd, high: highEnd };
      }),
    ),
    x: { column: 'test', label: '', scale: 'category' },
    y: { column: 'mean', label: 'rate / level' },
    series: { column: 'level', label: '' },
    ...ends,
    lines: [{ axis: 'y', value: 1, label: 'nominal' }],
  };
}
