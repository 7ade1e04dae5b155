import { digitsUnavailable } from '../format/digits.ts';
import { type Cell, cell, type Outputs } from './cells/cell.ts';
import type { Chart, Row } from './charts/chart.ts';
import type { Claim, ClaimOptions, Criterion, Preset } from './claim.ts';

import { completeMnistInput, type MnistInput, type MnistOutput } from './experiments/mnist.ts';
import { known, knownValue } from './statistics/by-seed.ts';
import { interval, pointsText, shareInterval, shareText } from './statistics/interval.ts';
import { clears, isBelow, pairedDifference } from './statistics/seeds.ts';

interface Plan {
  readonly samples: number | null;
  readonly widths: [number, number];
  readonly epochs: number;
  readonly seeds: readonly number[];
}

const plans: Record<Preset, Plan> = {
  quick: { samples: 5000, widths: [256, 256], epochs: 3, seeds: [0, 1, 2] },
  standard: { samples: null, widths: [512, 512], epochs: 6, seeds: [0, 1, 2, 3, 4] },
  paper: { samples: null, widths: [1024, 1024], epochs: 10, seeds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
};

const noiseRatios = [0.05, 0.2] as const;

/** What the paper reports, noisy and clean accuracy after one and two epochs. */
const reported = {
  0.05: { first: '10.87 against 2.86 %', second: '6.47 against 46.29 %' },
  0.2: { first: '10.75 against 2.89 %', second: '5.71 against 48.09 %' },
} as const;

/** The range that we look over, as the source gives neither optimizer nor rate. */
const optimizers = [
  { name: 'AdamW 0.0001', settings: { optimizer: 'adamw', learningRate: 1e-4 } },
  { name: 'AdamW 0.001', settings: { optimizer: 'adamw', learningRate: 1e-3 } },
  { name: 'AdamW 0.01', settings: { optimizer: 'adamw', learningRate: 1e-2 } },
  { name: 'SGD 0.1', settings: { optimizer: 'sgd', learningRate: 0.1, weightDecay: 0 } },
  { name: 'SGD 1', settings: { optimizer: 'sgd', learningRate: 1, weightDecay: 0 } },
] as const satisfies readonly { name: string; settings: Partial<MnistInput> }[];

function cellOf(
  plan: Plan,
  { mnistFolder }: ClaimOptions,
  noiseRatio: number,
  { settings }: (typeof optimizers)[number],
  seed: number,
): Cell<MnistOutput> {
  const { samples, widths, epochs } = plan;
  const input = completeMnistInput({
    source: mnistFolder ?? 'mnist',
    samples,
    noiseRatio,
    widths,
    epochs,
    seed,
    ...settings,
  });
  const weights = 784 * widths[0] + widths[0] * widths[1];
  return cell('mnist', input, 6 * (samples ?? 60_000) * weights * epochs);
}

type Measured = MnistOutput['measurements'][number];

/** Each seed's measurement after so many epochs. */
type Reader = (noise: number, optimizer: (typeof optimizers)[number], epoch: number) => Measured[];

export const mnistNoiseFirst: Claim = {
  id: 'mnist-noise-first',
  title: 'Wrong labels first, on MNIST',
  claim:
    'A three-layer network on MNIST with full batches fits wrong labels before right ones: after the first epoch it gives back more of the wrong labels than of the right ones.',
  source: 'Liu & Lu 2026, R3.2',
  assumed: [
    'the widths of the network, which the source doesn’t state',
    'its optimizer and learning rate: a range is looked over',
    'pixels as 0…1',
    'epoch n is after n steps on the full batch, epoch 0 the initial weights',
  ],
  seeds: (preset) => plans[preset].seeds,
  unavailable: ({ mnistFolder }) => digitsUnavailable(mnistFolder ?? 'mnist'),
  cells: (preset, options) =>
    noiseRatios.flatMap((noise) =>
      optimizers.flatMap((optimizer) =>
        plans[preset].seeds.map((seed) => cellOf(plans[preset], options, noise, optimizer, seed)),
      ),
    ),
  judge(outputs, preset, options) {
    const plan = plans[preset];
    const read: Reader = (noise, optimizer, epoch) =>
      plan.seeds.map((seed) =>
        measuredAt(outputs, cellOf(plan, options, noise, optimizer, seed), epoch),
      );
    return {
      criteria: noiseRatios.flatMap((noise) => criteriaAt(noise, read)),
      charts: noiseRatios.flatMap((noise) => [
        accuracyChart(noise, read, plan),
        excessChart(noise, read, plan),
      ]),
      remarks: [
        'A network that knows nothing of which labels are wrong, and answers a share t of those images truly, hits one of nine wrong labels on (1 − t)/9 of them. The paper’s own figures are about that: (1 − 0.0286)/9 = 10.8 % where it reports 10.87 %, (1 − 0.4629)/9 = 6.0 % where it reports 6.47 %. So “more noisy than clean” there says that few images are answered truly yet; whether wrong labels were learned shows only in what lies above (1 − t)/9.',
      ],
    };
  },
};

function measuredAt(outputs: Outputs, asked: Cell<MnistOutput>, epoch: number): Measured {
  const found = outputs.of(asked).measurements.find((one) => one.epoch === epoch);
  if (found === undefined) throw new Error(`epoch ${epoch} of ${asked.key} was not measured`);
  return found;
}

const noisyOf = (rows: readonly Measured[]) => known(rows.map(({ noisy }) => noisy));
const cleanOf = (rows: readonly Measured[]) => known(rows.map(({ clean }) => clean));
/** What of the wrong labels is given back beyond chance among the nine that are wrong. */
const excessOf = (rows: readonly Measured[]) =>
  rows.map(({ noisyTrue }, i) => noisyOf(rows)[i] - (1 - knownValue(noisyTrue, 'accuracy')) / 9);

function criteriaAt(noise: (typeof noiseRatios)[number], read: Reader): Criterion[] {
  const compare = (optimizer: (typeof optimizers)[number], epoch: number) => {
    const rows = read(noise, optimizer, epoch);
    return {
      name: optimizer.name,
      difference: pairedDifference(noisyOf(rows), cleanOf(rows)),
      text: `${shareText(shareInterval(noisyOf(rows)))} against ${shareText(shareInterval(cleanOf(rows)))}`,
      excess: interval(excessOf(rows)),
    };
  };
  const first = optimizers.map((optimizer) => compare(optimizer, 1));
  const second = optimizers.map((optimizer) => compare(optimizer, 2));
  const turning = first.filter(
    ({ difference }, i) => clears(difference) && isBelow(second[i].difference),
  );
  const list = first.map(
    ({ name, text }, i) => `${name}: ${text}, after two epochs ${second[i].text}`,
  );
  return [
    {
      text: `α = ${noise}: after one epoch more of the wrong labels are given back than of the right ones, and after two epochs fewer, at most of the rates tried`,
      expected: `at the same rate wrong − right > 0 after one epoch and < 0 after two; reported ${reported[noise].first}, then ${reported[noise].second}`,
      measured: `at ${turning.length} of ${optimizers.length}; wrong against right labels: ${list.join('; ')}`,
      holds: turning.length > optimizers.length / 2,
    },
    {
      text: `α = ${noise}: after one epoch, wrong labels are given back beyond chance among the wrong ones (ours)`,
      expected:
        'noisy accuracy − (1 − true answers on noisy images)/9 > 0 at most of the rates tried',
      measured: first.map(({ name, excess }) => `${name}: ${pointsText(excess)}`).join('; '),
      holds: first.filter(({ excess }) => clears(excess)).length > optimizers.length / 2,
    },
  ];
}

function caption(plan: Plan, noise: number): string {
  const images = plan.samples === null ? 'all training images' : `${plan.samples} training images`;
  return `α = ${noise}, ${images}, widths ${plan.widths.join(' and ')}, full batch; mean and 95 % interval over ${plan.seeds.length} seeds.`;
}

function accuracyChart(noise: number, read: Reader, plan: Plan): Chart {
  const rows: Row[] = optimizers.flatMap((optimizer) =>
    epochsOf(plan).flatMap((epoch) => {
      const measured = read(noise, optimizer, epoch);
      return [
        ['wrong labels', noisyOf(measured)] as const,
        ['right labels', cleanOf(measured)] as const,
      ].map(([which, values]) => {
        const { mean, low, high } = shareInterval(values);
        return { rate: optimizer.name, which, epoch, accuracy: mean, low, high };
      });
    }),
  );
  return {
    key: `accuracy-${noise}`,
    title: `Right and wrong labels in the first epochs, α = ${noise}`,
    caption: caption(plan, noise),
    kind: 'lines',
    rows,
    x: { column: 'epoch', label: 'epoch', scale: 'category' },
    y: { column: 'accuracy', label: 'given back', share: true },
    low: 'low',
    high: 'high',
    series: { column: 'which', label: '' },
    facet: { column: 'rate', label: '' },
    lines: [{ axis: 'y', value: 0.1, label: '' }],
  };
}

function excessChart(noise: number, read: Reader, plan: Plan): Chart {
  const rows: Row[] = optimizers.flatMap((optimizer) =>
    epochsOf(plan).map((epoch) => {
      const { mean, low, high } = interval(excessOf(read(noise, optimizer, epoch)));
      return { rate: optimizer.name, epoch, excess: 100 * mean, low: 100 * low, high: 100 * high };
    }),
  );
  return {
    key: `excess-${noise}`,
    title: `Wrong labels given back beyond chance, α = ${noise}`,
    caption: `Noisy accuracy minus (1 − true answers on noisy images)/9, what a network would reach that knows nothing of the wrong labels. ${caption(plan, noise)}`,
    kind: 'lines',
    rows,
    x: { column: 'epoch', label: 'epoch', scale: 'category' },
    y: { column: 'excess', label: 'excess, percentage points' },
    low: 'low',
    high: 'high',
    series: { column: 'rate', label: '' },
    lines: [{ axis: 'y', value: 0, label: 'nothing memorised' }],
  };
}

function epochsOf({ epochs }: Plan): number[] {
  return Array.from({ length: epochs + 1 }, (_, epoch) => epoch);
}
