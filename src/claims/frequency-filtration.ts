import type { PartialSettings } from '../train/settings.ts';
import type { Outputs } from './cells/cell.ts';
import { accuracyRows, type ChartedRole, roleNames } from './chart-rows.ts';
import type { Chart, Row } from './charts/chart.ts';
import type { Claim, Criterion, Preset } from './claim.ts';
import type { FiltrationMeasurement } from './measurements/filtration.ts';
import { allPanelSeeds, type Panel, panels } from './panel.ts';
import { chanceOf, measuredOn, panelText, panelTrainings } from './panel-trainings.ts';
import { accuracyOf } from './statistics/by-seed.ts';
import { interval, pointsText, shareInterval, shareText } from './statistics/interval.ts';
import { clears, pairedDifference } from './statistics/seeds.ts';

/** What we take the paper's "near-perfect" to mean [assumed]. */
const nearPerfect = 0.95;
/** R "keeps" the noise with this share of the whole network's accuracy on noisy rows [assumed]. */
const keptNoise = 0.9;
/** G has "lost" the noise, and a control finds nothing, up to this accuracy [assumed]. */
const almostNone = 0.05;
/** G knows true labels "as well as" the test set within this [assumed]. */
const sameWithin = 0.02;

/** All of addition with ReLU: what changes is α, the width or the time. */
function cellsOf(panel: Panel, settings: PartialSettings = {}, at?: readonly number[]) {
  return panelTrainings(panel, settings, { measure: ['filtration'], ...(at ? { at } : {}) });
}

/** U and V as drawn, only W and μ trained: the control without feature learning. */
function frozenCells(panel: Panel) {
  return panelTrainings(panel, {}, { frozen: true, measure: ['filtration'] });
}

/** A value on the x axis and the measurements there, by seed. */
interface Point {
  readonly x: number;
  readonly bySeed: readonly FiltrationMeasurement[];
}

interface Measured {
  readonly early: Panel;
  readonly late: Panel;
  readonly byNoise: readonly Point[];
  readonly byWidth: readonly Point[];
  readonly byTime: readonly Point[];
  readonly lateByTime: readonly Point[];
  readonly frozen: readonly FiltrationMeasurement[];
}

function readAll(outputs: Outputs, preset: Preset): Measured {
  const { early, late } = panels[preset];
  const pointAt = (x: number, panel: Panel, settings: PartialSettings): Point => ({
    x,
    bySeed: measuredOn(outputs, cellsOf(panel, settings), 'filtration'),
  });
  const overTime = (panel: Panel) =>
    panel.times.map((x) => ({
      x,
      bySeed: measuredOn(outputs, cellsOf(panel), 'filtration', x),
    }));
  return {
    early,
    late,
    byNoise: early.noiseRatios.map((noiseRatio) => pointAt(noiseRatio, early, { noiseRatio })),
    byWidth: early.widths.map((width) => pointAt(width, early, { width })),
    byTime: overTime(early),
    lateByTime: overTime(late),
    frozen: measuredOn(outputs, frozenCells(early), 'filtration'),
  };
}

export const frequencyFiltration: Claim = {
  id: 'frequency-filtration',
  title: 'Frequency filtration',
  claim:
    'Keeping one Fourier frequency per neuron (G) makes a network that memorised 80 % wrong labels answer the test set almost perfectly; what is left over (R) keeps the memorised noise.',
  source: 'Liu & Lu 2026, section 4 and Fig. 5',
  assumed: [
    'a neuron’s frequency is chosen jointly for U, V and W by their energy, without the constant term; μ goes with G',
    `near-perfect is a test accuracy of ${100 * nearPerfect} %; R keeps the noise with ${100 * keptNoise} % of the network’s accuracy on noisy rows; G has lost it at ${100 * almostNone} %`,
  ],
  seeds: allPanelSeeds,
  cells: (preset) => {
    const { early, late } = panels[preset];
    return [
      ...early.noiseRatios.flatMap((noiseRatio) => cellsOf(early, { noiseRatio })),
      ...early.widths.flatMap((width) => cellsOf(early, { width })),
      ...cellsOf(early, {}, early.times),
      ...cellsOf(late, {}, late.times),
      ...frozenCells(early),
    ];
  },
  judge(outputs, preset) {
    const measured = readAll(outputs, preset);
    return {
      criteria: criteriaOf(measured),
      charts: chartsOf(measured),
      remarks: remarksOf(measured),
    };
  },
};

type Part = 'raw' | 'G' | 'quadraticG' | 'R';

/** Accuracies of one part on one role, by seed. */
function values(bySeed: readonly FiltrationMeasurement[], part: Part, role: ChartedRole): number[] {
  return accuracyOf(
    bySeed.map((one) => one[part]),
    role,
  );
}

function text(bySeed: readonly FiltrationMeasurement[], part: Part, role: ChartedRole): string {
  return shareText(shareInterval(values(bySeed, part, role)));
}

function criteriaOf({ early, byNoise, byWidth, frozen }: Measured): Criterion[] {
  const { width, noiseRatio } = early;
  const heavy = byNoise.find(({ x }) => x === noiseRatio)?.bySeed;
  if (heavy === undefined) throw new RangeError(`α = ${noiseRatio} is not among the points`);
  return [
    nearPerfectCriterion(byWidth, early),
    quadraticCriterion(heavy, early),
    keepsNoiseCriterion(heavy, early),
    losesNoiseCriterion(heavy, early),
    repairCriterion(heavy, early),
    everyNoiseCriterion(byNoise, width),
    widthCriterion(byWidth, noiseRatio),
    frozenCriterion(heavy, frozen, early),
  ];
}

function nearPerfectCriterion(byWidth: readonly Point[], { noiseRatio }: Panel): Criterion {
  const { x: widest, bySeed } = byWidth[byWidth.length - 1];
  const reached = shareInterval(values(bySeed, 'G', 'test'));
  return {
    text: `α = ${noiseRatio}, the widest network (M = ${widest}): G with its own activation is near-perfect on the test set`,
    expected: `test accuracy of G > ${100 * nearPerfect} %`,
    measured: `${shareText(reached)}, the whole network ${text(bySeed, 'raw', 'test')}`,
    holds: clears(reached, nearPerfect),
  };
}

function quadraticCriterion(
  heavy: readonly FiltrationMeasurement[],
  { noiseRatio, width }: Panel,
): Criterion {
  const reached = shareInterval(values(heavy, 'quadraticG', 'test'));
  return {
    text: `α = ${noiseRatio}, M = ${width}: G with the quadratic activation is near-perfect on the test set`,
    expected: `test accuracy of G with x² > ${100 * nearPerfect} %`,
    measured: `${shareText(reached)}; with ReLU ${text(heavy, 'G', 'test')}, the whole network ${text(heavy, 'raw', 'test')}`,
    holds: clears(reached, nearPerfect),
  };
}

function keepsNoiseCriterion(
  heavy: readonly FiltrationMeasurement[],
  { noiseRatio, width }: Panel,
): Criterion {
  const [ofR, full] = (['R', 'raw'] as const).map((part) => values(heavy, part, 'noisyTrain'));
  const surplus = pairedDifference(
    ofR,
    full.map((value) => keptNoise * value),
  );
  return {
    text: `α = ${noiseRatio}, M = ${width}: R keeps the memorised noise`,
    expected: `accuracy of R on noisy rows > ${100 * keptNoise} % of the whole network’s`,
    measured: `${text(heavy, 'R', 'noisyTrain')} of the whole network’s ${text(heavy, 'raw', 'noisyTrain')}; R on the test set ${text(heavy, 'R', 'test')}`,
    holds: clears(surplus),
  };
}

function losesNoiseCriterion(
  heavy: readonly FiltrationMeasurement[],
  { noiseRatio, width }: Panel,
): Criterion {
  const room = (part: Part) =>
    interval(values(heavy, part, 'noisyTrain').map((value) => almostNone - value));
  return {
    text: `α = ${noiseRatio}, M = ${width}: G has lost the memorised noise, with either activation`,
    expected: `accuracy of G on noisy rows < ${100 * almostNone} %`,
    measured: `${text(heavy, 'G', 'noisyTrain')} with ReLU, ${text(heavy, 'quadraticG', 'noisyTrain')} with x²`,
    holds: clears(room('G')) && clears(room('quadraticG')),
  };
}

function repairCriterion(
  heavy: readonly FiltrationMeasurement[],
  { noiseRatio, width }: Panel,
): Criterion {
  const gap = (part: Part) =>
    pairedDifference(values(heavy, part, 'noisyTrue'), values(heavy, part, 'test'));
  const parts = [
    { name: 'ReLU', part: 'G' },
    { name: 'x²', part: 'quadraticG' },
  ] as const;
  return {
    text: `α = ${noiseRatio}, M = ${width}: G gives wrongly labelled rows their true label as often as it answers the test set (ours)`,
    expected: `accuracy on true labels of noisy rows − test accuracy > −${100 * sameWithin} points, with either activation`,
    measured: parts
      .map(
        ({ name, part }) =>
          `${name}: ${text(heavy, part, 'noisyTrue')}, difference ${pointsText(gap(part))}`,
      )
      .join('; '),
    holds: parts.every(({ part }) => clears(gap(part), -sameWithin)),
  };
}

function everyNoiseCriterion(byNoise: readonly Point[], width: number): Criterion {
  const gains = byNoise
    .filter(({ x }) => x > 0)
    .map(({ x, bySeed }) => ({
      x,
      relu: pairedDifference(values(bySeed, 'G', 'test'), values(bySeed, 'raw', 'test')),
      quadratic: pairedDifference(
        values(bySeed, 'quadraticG', 'test'),
        values(bySeed, 'raw', 'test'),
      ),
    }));
  return {
    text: `M = ${width}: G answers the test set better than the whole network at every α > 0, with either activation`,
    expected: 'test accuracy of G − of the whole network > 0',
    measured: gains
      .map(
        ({ x, relu, quadratic }) =>
          `α = ${x}: ${pointsText(relu)} (ReLU), ${pointsText(quadratic)} (x²)`,
      )
      .join('; '),
    holds: gains.every(({ relu, quadratic }) => clears(relu) && clears(quadratic)),
  };
}

function widthCriterion(byWidth: readonly Point[], noiseRatio: number): Criterion {
  const [first, last] = [byWidth[0], byWidth[byWidth.length - 1]];
  const gain = pairedDifference(
    values(last.bySeed, 'G', 'test'),
    values(first.bySeed, 'G', 'test'),
  );
  return {
    text: `α = ${noiseRatio}: larger networks hold more of the rule`,
    expected: `test accuracy of G at M = ${last.x} − at M = ${first.x} > 0`,
    measured: `${byWidth.map(({ x, bySeed }) => `${text(bySeed, 'G', 'test')} (M = ${x})`).join(', ')}; gain ${pointsText(gain)}`,
    holds: clears(gain),
  };
}

function frozenCriterion(
  heavy: readonly FiltrationMeasurement[],
  frozen: readonly FiltrationMeasurement[],
  { noiseRatio, width }: Panel,
): Criterion {
  const found = (['G', 'quadraticG'] as const).map((part) => ({
    room: interval(values(frozen, part, 'test').map((value) => almostNone - value)),
    gain: pairedDifference(values(heavy, part, 'test'), values(frozen, part, 'test')),
  }));
  return {
    text: `α = ${noiseRatio}, M = ${width}: filtration finds nothing where U and V were never trained (control, ours)`,
    expected: `test accuracy of G of random features < ${100 * almostNone} %, and below that of the trained network`,
    measured: `${text(frozen, 'G', 'test')} with ReLU, ${text(frozen, 'quadraticG', 'test')} with x², of a network that fits ${text(frozen, 'raw', 'noisyTrain')} of the noisy rows`,
    holds: found.every(({ room, gain }) => clears(room) && clears(gain)),
  };
}

function remarksOf({ early, byNoise, byTime, frozen }: Measured): string[] {
  const bySeed = (part: Part) =>
    values(frozen, part, 'test')
      .map((value) => `${(100 * value).toFixed(1)} %`)
      .join(', ');
  const last = byNoise[byNoise.length - 1];
  const [first] = byTime;
  return [
    `G of random features, seed by seed: ${bySeed('G')} with ReLU, ${bySeed('quadraticG')} with x², where chance is ${(100 * chanceOf(early)).toFixed(1)} %.`,
    `After ${first.x} steps at α = ${early.noiseRatio} the whole network answers ${text(first.bySeed, 'raw', 'test')} of the test set, G ${text(first.bySeed, 'G', 'test')}, with x² ${text(first.bySeed, 'quadraticG', 'test')}. At α = ${last.x}, after all ${early.common.steps}, G answers ${text(last.bySeed, 'G', 'test')}, with x² ${text(last.bySeed, 'quadraticG', 'test')}.`,
  ];
}

const partNames: Record<Part, string> = {
  raw: 'whole network',
  G: 'G',
  quadraticG: 'G with x²',
  R: 'R',
};
const charted = Object.keys(roleNames) as ChartedRole[];

function chartsOf({ early, late, byNoise, byWidth, byTime, lateByTime }: Measured): Chart[] {
  const chart = (
    panel: Panel,
    points: readonly Point[],
    described: Pick<Chart, 'key' | 'title' | 'caption' | 'x'>,
  ): Chart => ({
    ...described,
    caption: `${described.caption} Addition, ReLU, ${panelText(panel)}. G keeps one frequency per neuron, R the rest. Dotted: chance.`,
    kind: 'lines',
    rows: points.flatMap(({ x, bySeed }) =>
      (Object.keys(partNames) as Part[]).flatMap((part): Row[] =>
        accuracyRows(
          { [described.x.column]: x, part: partNames[part] },
          charted,
          bySeed.map((one) => one[part]),
        ),
      ),
    ),
    y: { column: 'mean', label: 'accuracy', share: true },
    low: 'low',
    high: 'high',
    series: { column: 'part', label: '' },
    facet: { column: 'role', label: '' },
    lines: [{ axis: 'y', value: chanceOf(panel), label: '' }],
  });
  const time = { column: 'step', label: 'step', scale: 'log' } as const;
  return [
    chart(early, byNoise, {
      key: 'noise',
      title: 'Filtration against label noise',
      caption: `M = ${early.width}.`,
      x: { column: 'alpha', label: 'share of wrong labels α' },
    }),
    chart(early, byWidth, {
      key: 'width',
      title: 'Filtration against width',
      caption: `α = ${early.noiseRatio}.`,
      x: { column: 'width', label: 'width M', scale: 'log', base: 2 },
    }),
    chart(early, byTime, {
      key: 'time',
      title: 'Filtration during training',
      caption: `α = ${early.noiseRatio}, M = ${early.width}.`,
      x: time,
    }),
    chart(late, lateByTime, {
      key: 'time-late',
      title: 'Filtration of a network that comes to generalise',
      caption: `α = ${late.noiseRatio}, M = ${late.width}.`,
      x: time,
    }),
  ];
}
