import type { Activation } from '../model/network.ts';
import type { PartialSettings } from '../train/settings.ts';
import { training } from './cells/cell.ts';
import type { Chart, ReferenceLine, Row } from './charts/chart.ts';
import type { Claim, Criterion, Preset } from './claim.ts';
import { meansWithinSeeds } from './statistics/by-seed.ts';
import { plainDigits, pointsText, shareInterval, shareText } from './statistics/interval.ts';
import { clears, isBelow, pairedDifference } from './statistics/seeds.ts';
import { type Curve, fall, readCurve, rise } from './width-curve.ts';

interface Plan {
  readonly common: PartialSettings;
  readonly widths: readonly number[];
  readonly noiseRatios: readonly number[];
  readonly seeds: readonly number[];
  /** The noise ratio at which activations, optimizers, tasks and decays are compared. */
  readonly variantNoise: number;
  readonly variantSeeds: readonly number[];
}

/** `misspecification` changes the network on the same trainings. */
export const plans: Record<Preset, Plan> = {
  quick: {
    common: { modulus: 31, learningRate: 5e-3, steps: 6000, validationFraction: 0 },
    widths: [5, 9, 17, 33, 65, 129, 257],
    noiseRatios: [0, 0.1, 0.2, 0.4],
    seeds: [0, 1, 2],
    variantNoise: 0.1,
    variantSeeds: [0, 1, 2],
  },
  standard: {
    common: { modulus: 113, learningRate: 5e-3, steps: 5000 },
    widths: [17, 33, 65, 129, 257, 513, 1025],
    noiseRatios: [0.2, 0.4, 0.8],
    seeds: [0, 1, 2],
    variantNoise: 0.2,
    variantSeeds: [0, 1],
  },
  paper: {
    common: { modulus: 113, steps: 200_000 },
    widths: [17, 33, 65, 129, 257, 513, 1025, 2049, 4097],
    noiseRatios: [0, 0.2, 0.4, 0.6, 0.8],
    seeds: [0, 1, 2],
    variantNoise: 0.4,
    variantSeeds: [0, 1, 2],
  },
};

/** One thing that is changed against the base, and what it is called in figures. */
interface Variant {
  readonly group: 'base' | 'activation' | 'optimizer' | 'task' | 'weight decay';
  readonly name: string;
  readonly settings: PartialSettings;
}

const activations: readonly Activation[] = ['quadratic', 'gelu', 'reverse-relu'];

/** An optimizer's own defaults, its rate times what the preset does to AdamW's. */
function optimizerVariants({ learningRate = 1e-3 }: PartialSettings): Variant[] {
  const faster = learningRate / 1e-3;
  return [
    {
      name: 'adam',
      settings: { optimizer: 'adam', learningRate: 1e-3 * faster, weightDecay: 1e-4 },
    },
    { name: 'sgd', settings: { optimizer: 'sgd', learningRate: 0.5 } },
    { name: 'muon', settings: { optimizer: 'muon', learningRate: 0.02 } },
  ].map((one) => ({ ...one, group: 'optimizer' }) as Variant);
}

function variantsOf({ common }: Plan): Variant[] {
  return [
    { group: 'base', name: 'relu, adamw, add, decay 0.1', settings: {} },
    ...activations.map(
      (activation): Variant => ({
        group: 'activation',
        name: activation,
        settings: { activation },
      }),
    ),
    ...optimizerVariants(common),
    ...['sub', 'mul'].map((task): Variant => ({ group: 'task', name: task, settings: { task } })),
    ...[0.02, 0.5].map(
      (weightDecay): Variant => ({
        group: 'weight decay',
        name: `decay ${weightDecay}`,
        settings: { weightDecay },
      }),
    ),
  ];
}

/** The trainings of one curve: [width][seed]. */
function curveCells(
  plan: Plan,
  settings: PartialSettings,
  noiseRatio: number,
  seeds: readonly number[],
) {
  return plan.widths.map((width) =>
    seeds.map((seed) => training({ ...plan.common, ...settings, noiseRatio, width, seed })),
  );
}

export const doubleDescent: Claim = {
  id: 'double-descent',
  title: 'Double descent in width',
  claim:
    'Under label noise, test error against width peaks at the interpolation threshold and falls again: beyond it, larger networks generalise better while they fit every wrong label.',
  source: 'Liu & Lu 2026, R3.1',
  assumed: [
    'the interpolation threshold is the smallest width that fits 99 % of the training rows',
    'initial weights as PyTorch’s Linear',
    'rates of Adam, SGD and Muon',
  ],
  seeds: (preset) => plans[preset].seeds,
  cells: (preset) => {
    const plan = plans[preset];
    return [
      ...plan.noiseRatios.flatMap((noise) => curveCells(plan, {}, noise, plan.seeds)),
      ...variantsOf(plan).flatMap(({ settings }) =>
        curveCells(plan, settings, plan.variantNoise, plan.variantSeeds),
      ),
    ].flat();
  },
  judge(outputs, preset) {
    const plan = plans[preset];
    const byNoise = plan.noiseRatios.map((noise) => ({
      noise,
      curve: readCurve(outputs, plan.widths, curveCells(plan, {}, noise, plan.seeds)),
    }));
    const variants = variantsOf(plan).map((variant) => ({
      variant,
      curve: readCurve(
        outputs,
        plan.widths,
        curveCells(plan, variant.settings, plan.variantNoise, plan.variantSeeds),
      ),
    }));
    return {
      criteria: [
        ...byNoise
          .filter(({ noise }) => noise > 0)
          .flatMap(({ noise, curve }) => descentCriteria(`α = ${noise}`, curve)),
        ...variants
          .filter(({ variant }) => variant.group !== 'base' && variant.group !== 'weight decay')
          .map(
            ({ variant, curve }) =>
              descentCriteria(
                `${variant.group} ${variant.name}, α = ${plan.variantNoise}`,
                curve,
              )[0],
          ),
        thresholdCriterion(variants),
        ceilingCriterion(variants),
      ],
      charts: chartsOf(plan, byNoise, variants),
    };
  },
};

/** Does the error fall beyond the threshold, and did it rise before? */
function descentCriteria(where: string, curve: Curve): Criterion[] {
  const { widths, testError, threshold } = curve;
  const at =
    threshold < 0 ? 'no width fits 99 % of the rows' : `threshold at M = ${widths[threshold]}`;
  const fallen = fall(curve);
  const risen = rise(curve);
  const error = (index: number) => shareText(shareInterval(testError[index]));
  return [
    {
      text: `${where}: the test error falls beyond the threshold`,
      expected: 'error at the threshold − error of the widest > 0',
      measured:
        fallen === null
          ? at
          : `${at}, error ${error(threshold)} there, ${error(widths.length - 1)} at M = ${widths[widths.length - 1]}: falls by ${pointsText(fallen)}`,
      holds: fallen !== null && clears(fallen),
    },
    {
      text: `${where}: it rises towards the threshold first`,
      expected: 'error at the peak − smallest error of narrower networks > 0',
      measured: risen === null ? `no rise before it (${at})` : `rises by ${pointsText(risen)}`,
      holds: risen !== null && clears(risen),
    },
  ];
}

type VariantCurve = { readonly variant: Variant; readonly curve: Curve };

function thresholdCriterion(variants: readonly VariantCurve[]): Criterion {
  const byDecay = variants.filter(
    ({ variant }) => variant.group === 'weight decay' || variant.group === 'base',
  );
  const fitted = byDecay.map(({ variant, curve }) => ({
    name: variant.settings.weightDecay ?? 0.1,
    threshold: curve.threshold < 0 ? null : curve.widths[curve.threshold],
    // Over all widths, seed by seed: the widths are too few and too far apart to compare thresholds themselves.
    fit: meansWithinSeeds(curve.trainAccuracy),
  }));
  fitted.sort((x, y) => x.name - y.name);
  const shift = pairedDifference(fitted[0].fit, fitted[fitted.length - 1].fit);
  return {
    text: 'with more weight decay fewer training rows are fitted, on average over widths (paper: the threshold moves to larger widths)',
    expected: `mean training accuracy over all widths with decay ${fitted[0].name} − with decay ${fitted[fitted.length - 1].name} > 0; where the threshold lies is told beside it`,
    measured: `threshold at M = ${fitted.map(({ name, threshold }) => `${threshold ?? 'none'} (decay ${name})`).join(', ')}; training accuracy, mean over widths, falls by ${pointsText(shift)}`,
    holds: clears(shift),
  };
}

/** "Gains nothing" is a gain whose whole interval is below this [assumed]. */
const noGain = 0.05;

function ceilingCriterion(variants: readonly VariantCurve[]): Criterion {
  const accuracyAt = (name: string, fromEnd: number) => {
    const { curve } = variants.find(({ variant }) => variant.name === name) ?? variants[0];
    return curve.testError[curve.widths.length - fromEnd].map((error) => 1 - error);
  };
  const gain = (name: string) => pairedDifference(accuracyAt(name, 1), accuracyAt(name, 3));
  const relu = variants[0].variant.name;
  const gains = [relu, 'quadratic', 'gelu'].map((name) => ({
    name,
    gain: gain(name),
    best: shareInterval(accuracyAt(name, 1)),
  }));
  return {
    text: 'quadratic and GELU reach a ceiling in test accuracy, ReLU does not',
    expected: `four times the width still gains with ReLU, and with quadratic and GELU less than ${100 * noGain} points, all of the interval`,
    measured: gains
      .map(
        ({ name, gain, best }) =>
          `${name === relu ? 'relu' : name}: ${shareText(best)} at the largest width, gain over a quarter of it ${pointsText(gain)}`,
      )
      .join('; '),
    holds: clears(gains[0].gain) && gains.slice(1).every(({ gain }) => isBelow(gain, noGain)),
  };
}

/** What optimizers have beside the rate of the caption; their own defaults. */
const optimizerText =
  ' (and, with its optimizer: Adam decay 1e-4; SGD rate 0.5, momentum 0.9, decay 1e-4; Muon rate 0.02, momentum 0.95, decay 0.1)';

const seedsText = (seeds: readonly number[]) => `mean and 95 % interval over ${seeds.length} seeds`;

/** A line at a curve's threshold, where it has one. */
function thresholdLine({ widths, threshold }: Curve, label: string): ReferenceLine[] {
  return threshold < 0 ? [] : [{ axis: 'x', value: widths[threshold], label }];
}

/** One line for each threshold, with all noise ratios that have it there. */
function thresholdLines(byNoise: readonly { noise: number; curve: Curve }[]): ReferenceLine[] {
  const noises = new Map<number, number[]>();
  for (const { noise, curve } of byNoise) {
    for (const { value } of thresholdLine(curve, '')) {
      noises.set(value, [...(noises.get(value) ?? []), noise]);
    }
  }
  return [...noises].map(([value, there]) => ({
    axis: 'x',
    value,
    label: `threshold α = ${there.join(', ')}`,
  }));
}

function chartsOf(
  plan: Plan,
  byNoise: readonly { noise: number; curve: Curve }[],
  variants: readonly VariantCurve[],
): Chart[] {
  const { modulus, steps, learningRate } = plan.common;
  const settings = `P = ${modulus}, ${steps} steps, learning rate ${plainDigits(learningRate ?? 1e-3)}`;
  const rowsOf = (curve: Curve, labels: Row): Row[] =>
    curve.widths.map((width, i) => {
      const { mean, low, high } = shareInterval(curve.testError[i]);
      return {
        ...labels,
        width,
        error: mean,
        low,
        high,
        train: shareInterval(curve.trainAccuracy[i]).mean,
      };
    });
  const axes = {
    kind: 'lines',
    x: { column: 'width', label: 'width M', scale: 'log', base: 2 },
    y: { column: 'error', label: 'test error', share: true },
    low: 'low',
    high: 'high',
  } as const;
  const chance = 1 - 1 / (modulus ?? 113);
  return [
    {
      ...axes,
      key: 'noise',
      title: 'Test error against width',
      caption: `ReLU, AdamW, addition, ${settings}; decay 0.1; ${seedsText(plan.seeds)}. Dotted: the interpolation threshold at each α that has one, and chance.`,
      rows: byNoise.flatMap(({ noise, curve }) => rowsOf(curve, { alpha: `α = ${noise}` })),
      series: { column: 'alpha', label: '' },
      lines: [{ axis: 'y', value: chance, label: 'chance' }, ...thresholdLines(byNoise)],
    },
    {
      ...axes,
      key: 'fit',
      title: 'Training accuracy against width',
      caption: `The same networks on their training labels, wrong ones included: ReLU, AdamW, addition, ${settings}, decay 0.1; ${seedsText(plan.seeds)}. The interpolation threshold is where the curve reaches 99 %.`,
      y: { column: 'train', label: 'training accuracy', share: true },
      rows: byNoise.flatMap(({ noise, curve }) =>
        rowsOf(curve, { alpha: `α = ${noise}` }).map((row, i) => {
          const { low, high } = shareInterval(curve.trainAccuracy[i]);
          return { ...row, low, high };
        }),
      ),
      series: { column: 'alpha', label: '' },
    },
    ...(['activation', 'optimizer', 'task', 'weight decay'] as const).map(
      (group): Chart => ({
        ...axes,
        key: group.replace(' ', '-'),
        title: `Test error by ${group}`,
        caption: `α = ${plan.variantNoise}, ${settings}; only the ${group} differs from the base, which is ReLU, AdamW, addition, decay 0.1${group === 'optimizer' ? optimizerText : ''}; ${seedsText(plan.variantSeeds)}. Dotted: the base’s interpolation threshold, and chance.`,
        rows: variants
          .filter(({ variant }) => variant.group === group || variant.group === 'base')
          .flatMap(({ variant, curve }) =>
            rowsOf(curve, { variant: variant.group === 'base' ? 'base' : variant.name }),
          ),
        series: { column: 'variant', label: '' },
        lines: [
          { axis: 'y', value: chance, label: 'chance' },
          ...thresholdLine(variants[0].curve, 'threshold of the base'),
        ],
      }),
    ),
  ];
}
