/** The figures of `network-or-filter`. */
import type { Outputs } from './cells/cell.ts';
import { meanRow } from './chart-rows.ts';
import type { Chart, Row } from './charts/chart.ts';
import { type Found, heldOutZ, partZ } from './network-or-filter-findings.ts';
import type { HalfRuns, Runs } from './network-or-filter-runs.ts';
import { type PanelCells, seedsOfBoth } from './panel-trainings.ts';
import type { BySeed } from './statistics/by-seed.ts';
import { plainDigits, shareInterval } from './statistics/interval.ts';

const ends = { low: 'low', high: 'high' } as const;
const chanceZ = { axis: 'y', value: 0, label: 'no evidence' } as const;
const zAxis = { column: 'mean', label: 'z of the true rule' } as const;

const parts = {
  'clean training pairs': 'cleanTrain',
  'noisy training pairs': 'noisyTrain',
  'held-out pairs': 'heldOut',
  'weights (T)': 'weights',
} as const;

export function chartsOf(outputs: Outputs, runs: Runs, found: Found): Chart[] {
  return [
    controlsChart(runs, found),
    overNoise(outputs, runs),
    heldOutOverNoise(outputs, runs),
    overTime(outputs, runs.early, 'early'),
    overTime(outputs, runs.late, 'late'),
    overWidth(outputs, runs),
    whyNegative(outputs, runs),
  ];
}

/** "P = 59, M = 513, 2000 steps, learning rate 0.001". */
function settingsText({ panel }: HalfRuns): string {
  const { modulus, steps, learningRate = 1e-3 } = panel.common;
  return `P = ${modulus}, M = ${panel.width}, ${steps} steps, learning rate ${plainDigits(learningRate)}`;
}

const seedsText = ({ panel }: HalfRuns) =>
  `mean and 95 % interval over ${panel.seeds.length} seeds`;

/** Methods by what their column is called: all fit beside each other. */
const shownMethods = {
  FF: 'FF',
  'FF, x²': 'FF, quadratic',
  triads: 'triads',
  'triads, x²': 'triads, quadratic',
  IPR: 'IPR',
  strength: 'strength',
} as const;
const shortNames: Record<keyof Found, string> = {
  trained: 'trained',
  untrained: 'untrained',
  'random features': 'random feat.',
  'pure noise': 'pure noise',
  'wrong rule a + 2b': 'a + 2b',
  'wrong rule 2a + 3b': '2a + 3b',
  'renamed tokens': 'renamed',
};

function controlsChart({ early }: Runs, found: Found): Chart {
  const { modulus } = early.panel.common;
  return {
    key: 'controls',
    title: 'Extractions beside their controls',
    caption: `ReLU, AdamW, addition, ${settingsText(early)}, α = ${early.panel.noiseRatio}; ${seedsText(early)}. Random features: U and V as drawn, W and μ trained at ten times the rate for half the steps. Pure noise: α = 1, labels from all P classes. a + 2b, 2a + 3b: the trained network, filtered for that rule and scored by it. Renamed: its tokens of a, b and c each in a random order. x²: with the quadratic activation. Dotted: chance.`,
    kind: 'dots',
    rows: Object.entries(shownMethods).flatMap(([column, method]) =>
      Object.entries(found).flatMap(([network, methods]) =>
        meanRow(
          { network: shortNames[network as keyof Found], method: column },
          methods[method],
          shareInterval,
        ),
      ),
    ),
    x: { column: 'method', label: '', scale: 'category' },
    y: { column: 'mean', label: 'test accuracy', share: true },
    series: { column: 'network', label: '' },
    ...ends,
    lines: [{ axis: 'y', value: 1 / modulus, label: 'chance' }],
  };
}

/** One row for each part of the table. */
function partRows(outputs: Outputs, runs: PanelCells, labels: Row, step?: number): Row[] {
  return Object.entries(parts).flatMap(([name, part]) =>
    meanRow({ ...labels, part: name }, partZ(outputs, runs, part, step)),
  );
}

const partCaption =
  'z of the task’s own rule against all other rules, in the logits (class means removed) of each part of the table, and in the weights; noisy pairs are scored by their TRUE label.';

function overNoise(outputs: Outputs, { early, late }: Runs): Chart {
  const facetOf = (half: HalfRuns) => settingsText(half).replace(/, learning rate.*/, '');
  return {
    key: 'noise',
    title: 'Evidence for the rule against noise',
    caption: `${partCaption} ReLU, AdamW, addition. Left: ${settingsText(early)}. Right: ${settingsText(late)}; ${seedsOfBoth(early.panel, late.panel)}.`,
    kind: 'lines',
    rows: [early, late].flatMap((half) =>
      half.byNoise.flatMap(({ at, bySeed }) =>
        partRows(outputs, bySeed, { half: facetOf(half), alpha: at }),
      ),
    ),
    x: { column: 'alpha', label: 'noise ratio α' },
    y: zAxis,
    series: { column: 'part', label: '' },
    facet: { column: 'half', label: '' },
    ...ends,
    lines: [chanceZ],
  };
}

/** Held-out z with and without the additive part of the logits, and that of label counts alone. */
function heldOutOverNoise(outputs: Outputs, { early, late }: Runs): Chart {
  const facetOf = (half: HalfRuns) => settingsText(half).replace(/, learning rate.*/, '');
  const lines: [string, (runs: PanelCells) => BySeed][] = [
    ['network', (runs) => heldOutZ(outputs, runs, 'logits')],
    ['network without additive part', (runs) => partZ(outputs, runs, 'heldOutInteraction')],
    [
      'label counts, no network',
      (runs) => runs.map((one) => outputs.measured(one, 'label-counts').heldOut),
    ],
  ];
  return {
    key: 'held-out-noise',
    title: 'Held-out evidence against noise',
    caption: `z of the task’s own rule in held-out logits. Label counts: how often a and b had each label among the training rows. Additive part: the best fit g(a) + h(b) for each class over the held-out pairs, made without labels. ReLU, AdamW, addition. Left: ${settingsText(early)}. Right: ${settingsText(late)}; ${seedsOfBoth(early.panel, late.panel)}.`,
    kind: 'lines',
    rows: [early, late].flatMap((half) =>
      half.byNoise.flatMap(({ at, bySeed }) =>
        lines.flatMap(([source, z]) =>
          meanRow({ half: facetOf(half), source, alpha: at }, z(bySeed)),
        ),
      ),
    ),
    x: { column: 'alpha', label: 'noise ratio α' },
    y: zAxis,
    series: { column: 'source', label: '' },
    facet: { column: 'half', label: '' },
    ...ends,
    lines: [chanceZ],
  };
}

/** One figure for each half: their steps and the size of their evidence are too far apart for one axis. */
function overTime(outputs: Outputs, half: HalfRuns, name: 'early' | 'late'): Chart {
  return {
    key: `time-${name}`,
    title: `Evidence for the rule during training, α = ${half.panel.noiseRatio}`,
    caption: `${partCaption} ReLU, AdamW, addition, ${settingsText(half)}, α = ${half.panel.noiseRatio}; ${seedsText(half)}.`,
    kind: 'lines',
    rows: half.panel.times.flatMap((step) => partRows(outputs, half.overTime, { step }, step)),
    x: { column: 'step', label: 'step', scale: 'log' },
    y: zAxis,
    series: { column: 'part', label: '' },
    ...ends,
    lines: [chanceZ],
  };
}

function overWidth(outputs: Outputs, { early, late }: Runs): Chart {
  const nameOf = ({ panel }: HalfRuns) => `P = ${panel.common.modulus}, α = ${panel.noiseRatio}`;
  return {
    key: 'width',
    title: 'Held-out evidence against width',
    caption: `z of the task’s own rule on pairs that were not trained on, in logits and in answers. ReLU, AdamW, addition. ${settingsText(early)}, α = ${early.panel.noiseRatio}, and ${settingsText(late)}, α = ${late.panel.noiseRatio}, but for the width; ${seedsOfBoth(early.panel, late.panel)}.`,
    kind: 'lines',
    rows: [early, late].flatMap((half) =>
      half.byWidth.flatMap(({ at, bySeed }) =>
        (['logits', 'answers'] as const).flatMap((kind) =>
          meanRow({ half: nameOf(half), kind, width: at }, heldOutZ(outputs, bySeed, kind)),
        ),
      ),
    ),
    x: { column: 'width', label: 'width M', scale: 'log', base: 2 },
    y: zAxis,
    series: { column: 'kind', label: '' },
    facet: { column: 'half', label: '' },
    ...ends,
    lines: [chanceZ],
  };
}

/** Held-out z over time: both kinds of noise, label counts alone, and the network without its additive part. */
function whyNegative(outputs: Outputs, { early, controls }: Runs): Chart {
  const { times } = early.panel;
  const counts = controls.trained.map((one) => outputs.measured(one, 'label-counts').heldOut);
  const lines: [string, (step: number) => BySeed][] = [
    ['network', (step) => heldOutZ(outputs, early.overTime, 'logits', step)],
    ['noise from all P labels', (step) => heldOutZ(outputs, controls.uniformAll, 'logits', step)],
    ['label counts, no network', () => counts],
    [
      'network without additive part',
      (step) => partZ(outputs, early.overTime, 'heldOutInteraction', step),
    ],
  ];
  return {
    key: 'held-out',
    title: 'Why held-out evidence is negative',
    caption: `z of the task’s own rule in held-out logits. ReLU, AdamW, addition, ${settingsText(early)}, α = ${early.panel.noiseRatio}; ${seedsText(early)}. Label counts: how often a and b had each label among the training rows. Additive part: the best fit g(a) + h(b) for each class over the held-out pairs.`,
    kind: 'lines',
    rows: lines.flatMap(([source, z]) =>
      times.flatMap((step) => meanRow({ source, step }, z(step))),
    ),
    x: { column: 'step', label: 'step', scale: 'log' },
    y: zAxis,
    series: { column: 'source', label: '' },
    ...ends,
    lines: [chanceZ],
  };
}
