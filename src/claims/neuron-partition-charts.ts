/** The figures of the claim on neuron partition. */
import { meanRow } from './chart-rows.ts';
import type { Chart, Row } from './charts/chart.ts';
import type { PartitionMeasurement, RankingMeasurement } from './measurements/partition.ts';
import {
  type BySeed,
  type MeasuredPartition,
  type PartitionPoint,
  sizesOf,
} from './neuron-partition-trainings.ts';
import type { Panel } from './panel.ts';
import { chanceOf, panelText } from './panel-trainings.ts';
import { correlationInterval, interval, shareInterval } from './statistics/interval.ts';

const rankings = [
  { score: 'ipr', name: 'IPR' },
  { score: 'strength', name: 'strength' },
  { score: 'random', name: 'random' },
] as const;

export function partitionCharts(measured: MeasuredPartition): Chart[] {
  return [
    sizesChart(measured),
    sizesByNoiseChart(measured),
    pruningChart(measured, 'add', 'addition'),
    pruningChart(measured, 'mul', 'multiplication'),
    methodsChart(measured),
    noiseChart(measured),
    correlationChart(measured),
  ];
}

const ends = { low: 'low', high: 'high' } as const;

/** The sizes by IPR and by strength at every point, whose x is put in the column of that name. */
function sizeRows(
  column: 'width' | 'alpha',
  points: readonly PartitionPoint[],
  facetOf: (ranking: string) => string,
): Row[] {
  return rankings.slice(0, 2).flatMap(({ score, name }) => {
    const rowsOf = (size: string, of: (bySeed: BySeed) => (number | null)[], kind = interval) =>
      points.flatMap(({ x, bySeed }) =>
        meanRow({ facet: facetOf(name), size, [column]: x }, of(bySeed), kind),
      );
    return [
      ...rowsOf('γ_G', (bySeed) => bySeed.map((one) => one[score].gammaG), shareInterval),
      ...rowsOf('γ_R', (bySeed) => bySeed.map((one) => one[score].gammaR), shareInterval),
      // The sum of two shares may pass 1.
      ...rowsOf('γ_G + γ_R', (bySeed) => sizesOf(bySeed, score)),
    ];
  });
}

const sizesText =
  'Shares of neurons: γ_G in f^G, chosen on validation rows, γ_R in the smallest f^R with 95 % of the network’s accuracy on noisy rows. Addition, ReLU.';
const sizesAxes = {
  kind: 'lines',
  y: { column: 'mean', label: 'γ' },
  ...ends,
  series: { column: 'size', label: '' },
  facet: { column: 'facet', label: '' },
  lines: [{ axis: 'y', value: 1, label: '1' }],
} as const;

function sizesChart({ early, late, earlyByWidth, lateByWidth }: MeasuredPartition): Chart {
  return {
    ...sizesAxes,
    key: 'sizes',
    title: 'Sizes of the two subnetworks against width',
    caption: `${sizesText} Late: α = ${late.noiseRatio}, ${panelText(late)}. Early: α = ${early.noiseRatio}, ${panelText(early)}. At or below the dotted line the two need not share a neuron.`,
    rows: [
      ...sizeRows('width', lateByWidth, (name) => `late, ${name}`),
      ...sizeRows('width', earlyByWidth, (name) => `early, ${name}`),
    ],
    x: { column: 'width', label: 'width M', scale: 'log', base: 2 },
  };
}

function sizesByNoiseChart({ late, lateByNoise }: MeasuredPartition): Chart {
  return {
    ...sizesAxes,
    key: 'sizes-noise',
    title: 'Sizes of the two subnetworks against label noise',
    caption: `${sizesText} M = ${late.width}, ${panelText(late)}. Without noisy rows there is no f^R. At or below the dotted line the two need not share a neuron.`,
    rows: sizeRows('alpha', lateByNoise, (name) => name),
    x: { column: 'alpha', label: 'share of wrong labels α' },
  };
}

/** Both directions of one ranking at every k. */
function curveRows(
  bySeed: readonly PartitionMeasurement[],
  { score, name }: (typeof rankings)[number],
  width: number,
): Row[] {
  const curves = bySeed.map((one) => one[score].curve);
  return curves[0].flatMap(({ neurons }, point) => {
    const row = (
      facet: string,
      read: (one: RankingMeasurement['curve'][number]) => number | null,
    ) =>
      meanRow(
        { ranking: name, kept: neurons / width, facet },
        curves.map((curve) => read(curve[point])),
        shareInterval,
      );
    return [
      ...row('test accuracy of the top k', ({ topTest }) => topTest),
      ...row('noisy accuracy of the bottom k', ({ bottomNoisy }) => bottomNoisy),
    ];
  });
}

function pruningChart(
  { late, byTask }: MeasuredPartition,
  task: 'add' | 'mul',
  name: string,
): Chart {
  return {
    key: `pruning-${task}`,
    title: `Pruning curves, ${name}`,
    caption: `The k neurons that rank highest on the test set, the k that rank lowest on noisy rows with their wrong labels, for k from 0 to M = ${late.width}. ReLU, α = ${late.noiseRatio}, ${panelText(late)}. Dotted: chance.`,
    kind: 'lines',
    rows: rankings.flatMap((ranking) => curveRows(byTask[task], ranking, late.width)),
    x: { column: 'kept', label: 'neurons kept, k/M', share: true },
    y: { column: 'mean', label: 'accuracy', share: true },
    ...ends,
    series: { column: 'ranking', label: 'ranked by' },
    facet: { column: 'facet', label: '' },
    lines: [{ axis: 'y', value: chanceOf(late), label: '' }],
  };
}

/** What answers the test set, by its name on the axis. */
const methods: readonly {
  readonly name: string;
  readonly of: (one: PartitionMeasurement) => number;
  /** Filtration looks for the frequencies of a linear rule, which multiplication isn't. */
  readonly linearOnly?: boolean;
}[] = [
  { name: 'all', of: ({ full }) => full },
  { name: 'random', of: ({ random }) => random.test },
  { name: 'Str', of: ({ strength }) => strength.test },
  { name: 'IPR', of: ({ ipr }) => ipr.test },
  { name: 'FF IPR', of: ({ ipr }) => ipr.filtered.trained, linearOnly: true },
  { name: 'FF', of: ({ filtered }) => filtered.trained, linearOnly: true },
];

function methodRows(
  labels: Row,
  bySeed: readonly PartitionMeasurement[],
  isLinear: boolean,
): Row[] {
  return methods
    .filter(({ linearOnly }) => isLinear || !linearOnly)
    .flatMap(({ name, of }) => meanRow({ ...labels, method: name }, bySeed.map(of), shareInterval));
}

function methodsChart({ late, byTask }: MeasuredPartition): Chart {
  return {
    key: 'methods',
    title: 'What each subnetwork answers',
    caption: `Test accuracy of all neurons, of f^G by a random ranking, by strength (Str) and by IPR, of frequency filtration of f^G by IPR (FF IPR) and of the whole (FF). ReLU, α = ${late.noiseRatio}, M = ${late.width}, ${panelText(late)}. Dotted: chance.`,
    kind: 'dots',
    rows: (['add', 'sub', 'mul'] as const).flatMap((task) =>
      methodRows({ task }, byTask[task], task !== 'mul'),
    ),
    x: { column: 'method', label: '', scale: 'category' },
    y: { column: 'mean', label: 'test accuracy', share: true },
    ...ends,
    facet: { column: 'task', label: '' },
    lines: [{ axis: 'y', value: chanceOf(late), label: '' }],
  };
}

function noiseChart({ late, lateByNoise }: MeasuredPartition): Chart {
  return {
    key: 'noise',
    title: 'Partition and filtration against label noise',
    caption: `Test accuracy of all neurons, of f^G by each ranking, of frequency filtration of f^G by IPR (FF IPR) and of the whole (FF); addition, ReLU, M = ${late.width}, ${panelText(late)}. Dotted: chance.`,
    kind: 'lines',
    rows: lateByNoise.flatMap(({ x, bySeed }) => methodRows({ alpha: x }, bySeed, true)),
    x: { column: 'alpha', label: 'share of wrong labels α' },
    y: { column: 'mean', label: 'test accuracy', share: true },
    ...ends,
    series: { column: 'method', label: '' },
    lines: [{ axis: 'y', value: chanceOf(late), label: '' }],
  };
}

function correlationChart(measured: MeasuredPartition): Chart {
  const { early, late, byTask, earlyByWidth, lateByWidth } = measured;
  const row = (labels: Row, bySeed: readonly PartitionMeasurement[]): Row[] =>
    meanRow(
      labels,
      bySeed.map(({ rankCorrelation }) => rankCorrelation),
      correlationInterval,
    );
  const widthRows = (facet: string, points: readonly PartitionPoint[]) =>
    points.flatMap(({ x, bySeed }) => row({ facet, task: 'add', width: x }, bySeed));
  const nameOf = (name: string, { noiseRatio, common }: Panel) =>
    `${name}: P = ${common.modulus}, α = ${noiseRatio}`;
  return {
    key: 'correlation',
    title: 'Do IPR and strength rank neurons alike?',
    caption: `Spearman’s rank correlation over neurons, ReLU. Late: ${panelText(late)}. Early: ${panelText(early)}.`,
    kind: 'lines',
    rows: [
      ...widthRows(nameOf('late', late), lateByWidth),
      ...(['sub', 'mul'] as const).flatMap((task) =>
        row({ facet: nameOf('late', late), task, width: late.width }, byTask[task]),
      ),
      ...widthRows(nameOf('early', early), earlyByWidth),
    ],
    x: { column: 'width', label: 'width M', scale: 'log', base: 2 },
    y: { column: 'mean', label: 'rank correlation' },
    ...ends,
    series: { column: 'task', label: '' },
    facet: { column: 'facet', label: '' },
    lines: [{ axis: 'y', value: 0, label: '' }],
  };
}
