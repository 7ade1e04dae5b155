import type { Outputs } from './cells/cell.ts';
import type { Chart, Row } from './charts/chart.ts';
import type { Claim, Criterion } from './claim.ts';
import { knownValue } from './statistics/by-seed.ts';
import { pointsText, shareInterval, shareText } from './statistics/interval.ts';
import { clears, pairedDifference } from './statistics/seeds.ts';
import { controlsChart, controlsCriterion, type TestAccuracies } from './transformer-controls.ts';
import {
  type controls,
  type Measured,
  overControls,
  overSeeds,
  type Plan,
  plans,
  transformerCells,
} from './transformer-trainings.ts';

type Role = 'cleanTrain' | 'noisyTrain' | 'test';
type Readout = 'full' | 'filtered' | 'renamed';

const accuracyOf = (which: Readout, role: Role) => (measured: Measured) =>
  knownValue(measured[which][role], `accuracy on ${role}, ${which}`);

/** Test accuracies of the trained transformer and of its controls, at the first noise ratio. */
function testAccuracies(outputs: Outputs, plan: Plan) {
  const at = (step: number, which: Readout) =>
    overSeeds(outputs, plan, plan.noiseRatios[0], step, accuracyOf(which, 'test'));
  const of = (control: keyof typeof controls): TestAccuracies => {
    const read = (which: Readout) =>
      overControls(outputs, plan, control, accuracyOf(which, 'test'));
    return { full: read('full'), filtered: read('filtered') };
  };
  const full = at(plan.steps, 'full');
  return {
    trained: { full, filtered: at(plan.steps, 'filtered') },
    untrained: { full: at(0, 'full'), filtered: at(0, 'filtered') },
    'pure noise': of('pure noise'),
    'random features': of('random features'),
    'renamed outputs': { full, filtered: at(plan.steps, 'renamed') },
  };
}

export const transformerFiltration: Claim = {
  id: 'transformer-filtration',
  title: 'Frequency filtration of a transformer',
  claim:
    'A one-layer transformer that has memorised its wrong labels answers better when its unembedding keeps only the strongest frequencies, and forgets wrong labels.',
  source: 'Liu & Lu 2026, App. D.2, Table 3',
  assumed: [
    'the noise ratio, which Table 3 doesn’t state',
    'the transformer of Nanda et al. 2023: d_model 128, 4 heads, d_mlp 512, ReLU, no layer norm, read out at “=”',
    'its optimizer: AdamW, weight decay 1, β₂ 0.98',
    'the share of 20 of 56 frequencies at another modulus',
  ],
  seeds: (preset) => plans[preset].seeds,
  cells: (preset) => transformerCells(preset),
  judge(outputs, preset) {
    const plan = plans[preset];
    const found = testAccuracies(outputs, plan);
    return {
      criteria: [
        ...plan.noiseRatios.flatMap((noise) => criteriaAt(outputs, plan, noise)),
        controlsCriterion(found, plan),
      ],
      charts: [timeChart(outputs, plan), controlsChart(found, plan)],
      remarks: [
        'Table 3 belongs to one noise ratio that we don’t know; each of ours is asked the same. Where the transformer doesn’t generalise before filtration, there is nothing for filtration to raise.',
      ],
    };
  },
};

function criteriaAt(outputs: Outputs, plan: Plan, noise: number): Criterion[] {
  const last = (which: 'full' | 'filtered', role: Role) =>
    overSeeds(outputs, plan, noise, plan.steps, accuracyOf(which, role));
  const text = (values: readonly number[]) => shareText(shareInterval(values));
  const gain = pairedDifference(last('filtered', 'test'), last('full', 'test'));
  const forgotten = pairedDifference(last('full', 'noisyTrain'), last('filtered', 'noisyTrain'));
  const lost = pairedDifference(last('full', 'cleanTrain'), last('filtered', 'cleanTrain'));
  return [
    {
      text: `α = ${noise}: before filtration, right and wrong labels are memorised`,
      expected: '100 % of both',
      measured: `${text(last('full', 'cleanTrain'))} of right labels, ${text(last('full', 'noisyTrain'))} of wrong ones`,
      holds: [...last('full', 'cleanTrain'), ...last('full', 'noisyTrain')].every(
        (share) => share >= 0.99,
      ),
    },
    {
      text: `α = ${noise}: filtration raises test accuracy`,
      expected: 'from 76.8 to 87.8 % in Table 3',
      measured: `from ${text(last('full', 'test'))} to ${text(last('filtered', 'test'))}: by ${pointsText(gain)}`,
      holds: clears(gain),
    },
    {
      text: `α = ${noise}: it forgets wrong labels and keeps right ones`,
      expected:
        'wrong labels from 100 to 36.8 %, right ones from 100 to 98.1 %: the loss in wrong ones is the larger',
      measured: `wrong labels to ${text(last('filtered', 'noisyTrain'))}, right ones to ${text(last('filtered', 'cleanTrain'))}`,
      holds:
        clears(
          pairedDifference(
            last('full', 'noisyTrain').map((value, i) => value - last('filtered', 'noisyTrain')[i]),
            last('full', 'cleanTrain').map((value, i) => value - last('filtered', 'cleanTrain')[i]),
          ),
        ) &&
        clears(forgotten) &&
        lost.mean < 0.05,
    },
  ];
}

function timeChart(outputs: Outputs, plan: Plan): Chart {
  const series = [
    ['test, full', 'full', 'test'],
    ['test, filtered', 'filtered', 'test'],
    ['wrong labels, full', 'full', 'noisyTrain'],
    ['wrong labels, filtered', 'filtered', 'noisyTrain'],
    ['right labels, filtered', 'filtered', 'cleanTrain'],
  ] as const;
  const rows: Row[] = plan.noiseRatios.flatMap((noise) =>
    series.flatMap(([name, which, role]) =>
      plan.times.map((step) => {
        const { mean, low, high } = shareInterval(
          overSeeds(outputs, plan, noise, step, accuracyOf(which, role)),
        );
        return { alpha: `α = ${noise}`, which: name, step, accuracy: mean, low, high };
      }),
    ),
  );
  const { modulus, learningRate, seeds } = plan;
  return {
    key: 'time',
    title: 'The transformer before and after filtration of its unembedding',
    caption: `P = ${modulus}, learning rate ${learningRate}, weight decay 1; the filtered unembedding keeps 20 of 56 frequencies (the same share at another P); mean and 95 % interval over ${seeds.length} seeds.`,
    kind: 'lines',
    rows,
    x: { column: 'step', label: 'step', scale: 'log' },
    y: { column: 'accuracy', label: 'accuracy', share: true },
    low: 'low',
    high: 'high',
    series: { column: 'which', label: '' },
    facet: { column: 'alpha', label: '' },
    lines: [{ axis: 'y', value: 1 / modulus, label: 'chance' }],
  };
}
