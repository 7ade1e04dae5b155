/** The figures of `power`. */
import { zOfUpperTail } from '../analysis/tails.ts';
import { meanRow } from './chart-rows.ts';
import type { Chart, Row } from './charts/chart.ts';
import {
  type EvidenceName,
  filterNames,
  level,
  type PowerFindings,
  powerOf,
} from './power-findings.ts';
import { earlyStep, type PowerRuns } from './power-runs.ts';
import { shareInterval } from './statistics/interval.ts';
import { proportion } from './statistics/proportion.ts';

const ends = { low: 'low', high: 'high' } as const;
const shown = [
  'weights',
  'logits',
  'answers',
  'interaction',
  'combined',
  'labels alone',
] as const satisfies readonly EvidenceName[];

export function chartsOfPower(found: readonly PowerFindings[], runs: PowerRuns): Chart[] {
  return [
    overNoise(found, runs),
    overTime(found, runs),
    overWidth(found, runs),
    besideFilters(found, runs),
  ];
}

const settingsText = ({ modulus, networks }: PowerRuns) =>
  `ReLU, AdamW, addition, P = ${modulus}, learning rate 0.001, ${networks} seeds`;

const foundText = `Share of the seeds in which the best of all rules and shifts is the true one at the level ${level}. Weights: T; interaction: answers without what an additive function says; combined: weights, logits and answers with one correction; labels alone: the training labels without a network.`;

/** Bands of shares of so few seeds would cover each other. */
const spreadText = ({ networks }: PowerRuns) =>
  `Wilson’s 95 % intervals are in the table: none of ${networks} seeds leaves up to ${(100 * proportion(0, networks).high).toFixed(0)} % possible. Lines that coincide cover each other.`;

const powerAxis = { column: 'power', label: 'rule found', share: true } as const;

function powerRow(labels: Row, one: PowerFindings, name: EvidenceName): Row {
  const { mean, low, high } = powerOf(one, name);
  return { ...labels, by: name, power: mean, low, high };
}

function overNoise(found: readonly PowerFindings[], runs: PowerRuns): Chart {
  const steps = [earlyStep, Math.max(...runs.times)];
  return {
    key: 'noise',
    title: 'Power against label noise',
    caption: `${foundText} ${spreadText(runs)} ${settingsText(runs)}, M = ${runs.width}.`,
    kind: 'lines',
    rows: steps.flatMap((step) =>
      found
        .filter((one) => one.width === runs.width && one.step === step)
        .filter(({ noiseRatio }) => runs.noiseRatios.includes(noiseRatio))
        .flatMap((one) =>
          shown.map((name) => powerRow({ step: `step ${step}`, alpha: one.noiseRatio }, one, name)),
        ),
    ),
    x: { column: 'alpha', label: 'noise ratio α' },
    y: powerAxis,
    series: { column: 'by', label: '' },
    facet: { column: 'step', label: '' },
  };
}

/** z of the true rule, which goes on telling the kinds apart where the power of all is 0 or 1. */
function overTime(found: readonly PowerFindings[], runs: PowerRuns): Chart {
  const names = ['weights', 'logits', 'answers', 'interaction', 'labels alone'] as const;
  return {
    key: 'time',
    title: 'Evidence for the rule over the first steps',
    caption: `z of the true rule against all other rules, mean and 95 % interval over seeds. Interaction: answers without what an additive function says; labels alone: the training labels without a network. A scan names the rule from z ≈ ${zNeeded(runs)} on. ${settingsText(runs)}, M = ${runs.width}.`,
    kind: 'lines',
    rows: found
      .filter(
        (one) => one.width === runs.width && runs.noiseRatios.slice(0, 3).includes(one.noiseRatio),
      )
      .flatMap((one) =>
        names.flatMap((by) =>
          meanRow(
            { alpha: `α = ${one.noiseRatio}`, by, step: one.step },
            one.best[by].map(({ taskZ }) => taskZ),
          ),
        ),
      ),
    x: { column: 'step', label: 'step', scale: 'log' },
    y: { column: 'mean', label: 'z of the true rule' },
    series: { column: 'by', label: '' },
    facet: { column: 'alpha', label: '' },
    ...ends,
    lines: [{ axis: 'y', value: zNeeded(runs), label: '' }],
  };
}

/** About the z that a normal tail asks for at the level after the correction for all rules; one decimal. */
function zNeeded({ modulus }: PowerRuns): number {
  return Number(zOfUpperTail(Math.log10(level) - 3 * Math.log10(modulus)).toFixed(1));
}

function overWidth(found: readonly PowerFindings[], runs: PowerRuns): Chart {
  return {
    key: 'width',
    title: `Power against width at step ${earlyStep}`,
    caption: `${foundText} ${spreadText(runs)} ${settingsText(runs)}.`,
    kind: 'lines',
    rows: runs.widthRatios.flatMap((noise) =>
      found
        .filter((one) => one.noiseRatio === noise && one.step === earlyStep)
        .sort((x, y) => x.width - y.width)
        .flatMap((one) =>
          shown.map((name) => powerRow({ alpha: `α = ${noise}`, width: one.width }, one, name)),
        ),
    ),
    x: { column: 'width', label: 'width M', scale: 'log', base: 2 },
    y: powerAxis,
    series: { column: 'by', label: '' },
    facet: { column: 'alpha', label: '' },
  };
}

function besideFilters(found: readonly PowerFindings[], runs: PowerRuns): Chart {
  const steps = [earlyStep, Math.max(...runs.times)];
  return {
    key: 'filters',
    title: 'What the network and its filtered weights answer meanwhile',
    caption: `Test accuracy of the same networks, mean and 95 % interval over seeds; FF and triads are told the rule, x²: with the quadratic activation. ${settingsText(runs)}, M = ${runs.width}. Dotted: chance.`,
    kind: 'lines',
    rows: steps.flatMap((step) =>
      found
        .filter((one) => one.width === runs.width && one.step === step)
        .filter(({ noiseRatio }) => runs.noiseRatios.includes(noiseRatio))
        .flatMap((one) =>
          filterNames.flatMap((by) =>
            meanRow(
              { step: `step ${step}`, alpha: one.noiseRatio, by },
              one.accuracy[by],
              shareInterval,
            ),
          ),
        ),
    ),
    x: { column: 'alpha', label: 'noise ratio α' },
    y: { column: 'mean', label: 'test accuracy', share: true },
    series: { column: 'by', label: '' },
    facet: { column: 'step', label: '' },
    ...ends,
    lines: [{ axis: 'y', value: 1 / runs.modulus, label: 'chance' }],
  };
}
