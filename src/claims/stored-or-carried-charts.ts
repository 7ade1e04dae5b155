/** The figures of `stored-or-carried`. */
import { meanRow } from './chart-rows.ts';
import type { Chart, Row } from './charts/chart.ts';
import { interval, plainDigits, shareInterval } from './statistics/interval.ts';
import { shareOf } from './statistics/proportion.ts';
import {
  accuracyParts,
  type EvidencePart,
  evidenceParts,
  firstSteps,
  type Look,
  type Looks,
  level,
  type Sign,
  signs,
  zAt,
} from './stored-or-carried-findings.ts';
import type { CarriedRuns } from './stored-or-carried-runs.ts';

/** What was read at one noise ratio and width. */
interface ReadPoint {
  readonly noiseRatio: number;
  readonly width: number;
  readonly looks: Looks;
}

export interface CarriedCharted {
  readonly byNoise: readonly ReadPoint[];
  readonly byWidth: readonly ReadPoint[];
}

const ends = { low: 'low', high: 'high' } as const;
const noEvidence = { axis: 'y', value: 0, label: 'no evidence' } as const;
const zAxis = { column: 'mean', label: 'z of the true rule' } as const;
const heldOutParts = Object.keys(evidenceParts).filter((part) =>
  part.startsWith('held-out'),
) as EvidencePart[];

export function chartsOfCarried(charted: CarriedCharted, runs: CarriedRuns): Chart[] {
  return [
    overTime(charted, runs),
    accuracies(charted, runs),
    order(charted, runs),
    overNoise(charted, runs),
    overWidth(charted, runs),
  ];
}

function trainingText({ panel: { common } }: CarriedRuns): string {
  const { modulus, steps, learningRate = 1e-3 } = common;
  return `ReLU, AdamW, addition, P = ${modulus}, ${steps} steps, learning rate ${plainDigits(learningRate)}`;
}

function settingsText(runs: CarriedRuns): string {
  return `${trainingText(runs)}; mean and 95 % interval over ${runs.seeds.length} seeds`;
}

const partsText =
  'Held-out pairs: not trained on. Additive part: the best fit g(a) + h(b) for each class over the held-out logits, taken without labels.';

/** The noise ratios that fit beside each other: three of those above 0. */
function shownNoise({ byNoise }: CarriedCharted): readonly ReadPoint[] {
  const noisy = byNoise.filter(({ noiseRatio }) => noiseRatio > 0);
  return noisy.length <= 3 ? noisy : [noisy[0], noisy[1], noisy[noisy.length - 1]];
}

const facetOf = ({ noiseRatio }: ReadPoint) => `α = ${noiseRatio}`;

function overTime(charted: CarriedCharted, runs: CarriedRuns): Chart {
  return {
    key: 'time',
    title: 'Evidence on pairs never seen, during training',
    caption: `z of the task’s own rule, fixed beforehand, against all other rules. ${partsText} Below 0: against the rule. M = ${runs.panel.width}; ${settingsText(runs)}.`,
    kind: 'lines',
    rows: shownNoise(charted).flatMap((point) =>
      point.looks.flatMap(({ step }) =>
        heldOutParts.flatMap((part) =>
          meanRow({ facet: facetOf(point), part, step }, zAt(point.looks, part, step)),
        ),
      ),
    ),
    x: { column: 'step', label: 'step', scale: 'log' },
    y: zAxis,
    series: { column: 'part', label: '' },
    facet: { column: 'facet', label: '' },
    ...ends,
    lines: [noEvidence],
  };
}

function accuracies(charted: CarriedCharted, runs: CarriedRuns): Chart {
  const carriedRow = (labels: Row, bySeed: readonly Look[]): Row => {
    const { mean } = shareOf(bySeed, signs.carried);
    return { ...labels, part: 'share of seeds that carry it', mean, low: mean, high: mean };
  };
  return {
    key: 'accuracy',
    title: 'Test accuracy meanwhile',
    caption: `Share of the test pairs that the network answers right as it is, without the additive part of its held-out logits, and after frequency filtration (x²: with the quadratic activation), beside the share of the seeds in which held-out evidence says at the level ${level} that it carries the rule. M = ${runs.panel.width}; ${settingsText(runs)}. Dotted: chance.`,
    kind: 'lines',
    rows: shownNoise(charted).flatMap((point) =>
      point.looks.flatMap(({ step, bySeed }) => {
        const labels = { facet: facetOf(point), step };
        return [
          ...Object.entries(accuracyParts).flatMap(([part, of]) =>
            meanRow({ ...labels, part }, bySeed.map(of), shareInterval),
          ),
          carriedRow(labels, bySeed),
        ];
      }),
    ),
    x: { column: 'step', label: 'step', scale: 'log' },
    y: { column: 'mean', label: 'share', share: true },
    series: { column: 'part', label: '' },
    facet: { column: 'facet', label: '' },
    ...ends,
    lines: [{ axis: 'y', value: 1 / runs.panel.common.modulus, label: 'chance' }],
  };
}

/** Steps by their geometric mean: they are looked at in equal ratios. */
function stepRow(labels: Row, steps: readonly (number | null)[]): Row {
  if (steps.includes(null)) return { ...labels, mean: null, low: null, high: null };
  const { mean, low, high } = interval(steps.map((step) => Math.log(step ?? 1)));
  const [middle, first, last] = [mean, low, high].map(Math.exp);
  return { ...labels, mean: middle, low: first, high: last };
}

function order(charted: CarriedCharted, runs: CarriedRuns): Chart {
  return {
    key: 'order',
    title: 'Which sign of the rule comes when',
    caption: `First step from which a sign shows to the end of the training, geometric mean and 95 % interval over the seeds; no dot where it doesn’t show with every seed by then. Stored: T at the level ${level}; carried: held-out logits or answers; beneath: held-out logits without their additive part; above chance: more test pairs right than by guessing at the level ${level}. M = ${runs.panel.width}; ${trainingText(runs)}, ${runs.seeds.length} seeds.`,
    kind: 'dots',
    rows: charted.byNoise.flatMap((point) =>
      (Object.keys(signs) as Sign[]).map((sign) =>
        stepRow({ alpha: facetOf(point), sign }, firstSteps(point.looks, sign)),
      ),
    ),
    x: { column: 'alpha', label: '', scale: 'category' },
    y: { column: 'mean', label: 'step', scale: 'log' },
    series: { column: 'sign', label: '' },
    ...ends,
  };
}

function partRows(points: readonly ReadPoint[], x: 'noiseRatio' | 'width'): Row[] {
  return points.flatMap((point) =>
    (Object.keys(evidenceParts) as EvidencePart[]).flatMap((part) =>
      meanRow({ [x]: point[x], part }, zAt(point.looks, part)),
    ),
  );
}

function overNoise({ byNoise }: CarriedCharted, runs: CarriedRuns): Chart {
  return {
    key: 'noise',
    title: 'Stored and carried, against noise',
    caption: `z of the task’s own rule at the end of the training. ${partsText} M = ${runs.panel.width}; ${settingsText(runs)}.`,
    kind: 'lines',
    rows: partRows(byNoise, 'noiseRatio'),
    x: { column: 'noiseRatio', label: 'noise ratio α' },
    y: zAxis,
    series: { column: 'part', label: '' },
    ...ends,
    lines: [noEvidence],
  };
}

function overWidth({ byWidth }: CarriedCharted, runs: CarriedRuns): Chart {
  return {
    key: 'width',
    title: 'Stored and carried, against width',
    caption: `z of the task’s own rule at the end of the training. ${partsText} α = ${runs.panel.noiseRatio}; ${settingsText(runs)}.`,
    kind: 'lines',
    rows: partRows(byWidth, 'width'),
    x: { column: 'width', label: 'width M', scale: 'log', base: 2 },
    y: zAxis,
    series: { column: 'part', label: '' },
    ...ends,
    lines: [noEvidence],
  };
}
