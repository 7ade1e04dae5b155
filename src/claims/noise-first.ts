import type { NoiseKind } from '../task/noise.ts';
import { completeSettings, type PartialSettings } from '../train/settings.ts';
import { type Cell, cell, type Outputs, trainingWork } from './cells/cell.ts';
import type { Claim, Criterion, Preset } from './claim.ts';
import type { NoiseFirstOutput } from './experiments/noise-first.ts';
import { noiseFirstCharts } from './noise-first-charts.ts';
import { knownValue, meansWithinSeeds } from './statistics/by-seed.ts';
import { correlation } from './statistics/correlation.ts';
import { interval, numberText } from './statistics/interval.ts';
import { clears, isBelow, pairedDifference } from './statistics/seeds.ts';

export interface NoiseFirstPlan {
  readonly common: PartialSettings & { readonly modulus: number };
  /** The race of clean and noisy labels: from too narrow to fit them to far wider than needed. */
  readonly widths: readonly number[];
  readonly noiseRatios: readonly number[];
  readonly raceSteps: number;
  /** Collisions and slopes, at one width. */
  readonly width: number;
  readonly slopeNoiseRatios: readonly number[];
  readonly slopeSteps: readonly number[];
  readonly seeds: readonly number[];
}

const slopeNoiseRatios = [0.2, 0.35, 0.5, 0.65, 0.8];
const slopeSteps = [0, 1, 2, 5, 10, 20];

const plans: Record<Preset, NoiseFirstPlan> = {
  quick: {
    common: { modulus: 59 },
    widths: [33, 65, 257, 1025],
    noiseRatios: [0.3, 0.5, 0.7],
    raceSteps: 3000,
    width: 257,
    slopeNoiseRatios,
    slopeSteps,
    seeds: [0, 1, 2],
  },
  standard: {
    common: { modulus: 113 },
    widths: [65, 129, 513, 2049],
    noiseRatios: [0.3, 0.5, 0.7],
    raceSteps: 3000,
    width: 513,
    slopeNoiseRatios,
    slopeSteps,
    seeds: [0, 1, 2],
  },
  paper: {
    common: { modulus: 113 },
    widths: [17, 33, 65, 129, 257, 513, 1025, 2049, 4097],
    noiseRatios: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
    raceSteps: 200_000,
    width: 2049,
    slopeNoiseRatios,
    slopeSteps,
    seeds: [0, 1, 2, 3, 4],
  },
};

/** Noise whose collisions are foretold; of the bijective kind the order of clean and noisy flips. */
export const slopeKinds = ['uniform', 'symmetric', 'bijective'] as const satisfies NoiseKind[];

function cellOf(
  plan: NoiseFirstPlan,
  given: PartialSettings & { steps: number },
  atSteps: readonly number[],
): Cell<NoiseFirstOutput> {
  const settings = completeSettings({ ...plan.common, ...given });
  return cell('noise-first', { settings, atSteps }, trainingWork(settings));
}

function raceCell(plan: NoiseFirstPlan, noiseRatio: number, width: number, seed: number) {
  return cellOf(plan, { noiseRatio, width, seed, steps: plan.raceSteps }, []);
}

function slopeCell(plan: NoiseFirstPlan, noiseKind: NoiseKind, noiseRatio: number, seed: number) {
  const { width, slopeSteps: atSteps } = plan;
  const steps = atSteps[atSteps.length - 1];
  return cellOf(plan, { noiseRatio, noiseKind, width, seed, steps }, atSteps);
}

/** The results by seed. */
export interface NoiseFirstResults {
  readonly race: (noiseRatio: number, width: number) => NoiseFirstOutput[];
  readonly slope: (kind: NoiseKind, noiseRatio: number) => NoiseFirstOutput[];
}

function resultsOf(outputs: Outputs, plan: NoiseFirstPlan): NoiseFirstResults {
  const bySeed = (cellOfSeed: (seed: number) => Cell<NoiseFirstOutput>) =>
    plan.seeds.map((seed) => outputs.of(cellOfSeed(seed)));
  return {
    race: (noise, width) => bySeed((seed) => raceCell(plan, noise, width, seed)),
    slope: (kind, noise) => bySeed((seed) => slopeCell(plan, kind, noise, seed)),
  };
}

type MeansOfRows = NoiseFirstOutput['collisions']['measured'];

/** The mean over the rows of a group. @throws RangeError where the group has no rows. */
export function meanOf(pair: MeansOfRows, group: 'clean' | 'noisy'): number {
  return knownValue(pair[group]?.mean, `mean over ${group} rows`);
}

/** Noisy less clean. @throws RangeError where either group has no rows. */
export function gap(pair: MeansOfRows): number {
  return meanOf(pair, 'noisy') - meanOf(pair, 'clean');
}

/** Noisy over clean. @throws RangeError where either group has no rows. */
function ratioOf(pair: MeansOfRows): number {
  return meanOf(pair, 'noisy') / meanOf(pair, 'clean');
}

export const noiseFirst: Claim = {
  id: 'noise-first',
  title: 'Noisy labels are memorised first',
  claim:
    'Early in full-batch training the network fits wrong labels before right ones, too narrow or wide, and faster the wider it is; label collisions say why, and foretell when the order flips.',
  source: 'Liu & Lu 2026, R3.2 and App. C.3; collisions: the follow-up, arXiv 2610.11833',
  assumed: [
    'which marks of accuracy count as first: 25 % in the narrowest network, 50 % in the widest',
    'the first slope is that of plain gradient descent from PyTorch’s initial weights',
    'the expected Δ of symmetric noise and the constant between Δ and slopes are our derivations',
  ],
  seeds: (preset) => plans[preset].seeds,
  cells: (preset) => {
    const plan = plans[preset];
    return plan.seeds.flatMap((seed) => [
      ...plan.noiseRatios.flatMap((noise) =>
        plan.widths.map((width) => raceCell(plan, noise, width, seed)),
      ),
      ...slopeKinds.flatMap((kind) =>
        plan.slopeNoiseRatios.map((noise) => slopeCell(plan, kind, noise, seed)),
      ),
    ]);
  },
  judge(outputs, preset) {
    const plan = plans[preset];
    const results = resultsOf(outputs, plan);
    return {
      criteria: [
        ...plan.noiseRatios.flatMap((noise) => [
          firstCriterion(results, noise, plan.widths[0], 0.25, 'narrowest'),
          firstCriterion(results, noise, plan.widths[plan.widths.length - 1], 0.5, 'widest'),
        ]),
        fasterCriterion(results, plan),
        signalCriterion(results, plan),
        collisionCriterion(results, plan),
        slopeCriterion(results, plan),
        flipCriterion(results, plan),
      ],
      charts: noiseFirstCharts(results, plan),
      remarks: [signalText(results, plan)],
    };
  },
};

/** The steps at which clean and noisy rows reached a share; the step after the last where they never did. */
function marks(outputs: readonly NoiseFirstOutput[], share: number) {
  const stepOf = (output: NoiseFirstOutput, group: 'clean' | 'noisy') =>
    output.race.find((mark) => mark.share === share)?.[group] ?? output.steps + 1;
  return {
    clean: outputs.map((output) => stepOf(output, 'clean')),
    noisy: outputs.map((output) => stepOf(output, 'noisy')),
  };
}

function firstCriterion(
  { race }: NoiseFirstResults,
  noise: number,
  width: number,
  share: number,
  which: string,
): Criterion {
  const outputs = race(noise, width);
  const { clean, noisy } = marks(outputs, share);
  const lead = pairedDifference(clean, noisy);
  const percent = Math.round(100 * share);
  const all = [0.25, 0.5, 0.75, 0.9].map((mark) => {
    const at = marks(outputs, mark);
    const text = (steps: readonly number[]) => {
      const reached = steps.filter((step, i) => step <= outputs[i].steps);
      return reached.length === 0 ? '–' : String(Math.round(interval(reached).mean));
    };
    return `${Math.round(100 * mark)} %: ${text(at.noisy)} / ${text(at.clean)}`;
  });
  return {
    text: `α = ${noise}, the ${which} network (M = ${width}): noisy rows reach ${percent} % before clean ones`,
    expected: 'step of the clean rows − step of the noisy rows > 0',
    measured: `by ${numberText(lead)} steps; mean steps noisy / clean to ${all.join(', ')}`,
    holds: clears(lead),
  };
}

function fasterCriterion({ race }: NoiseFirstResults, plan: NoiseFirstPlan): Criterion {
  const [narrow, wide] = [plan.widths[0], plan.widths[plan.widths.length - 1]];
  const ratios = plan.noiseRatios.map((noise) => {
    const slow = marks(race(noise, narrow), 0.5).noisy;
    const fast = marks(race(noise, wide), 0.5).noisy;
    return slow.map((step, i) => Math.log2(step / fast[i]));
  });
  const log = interval(meansWithinSeeds(ratios));
  return {
    text: `the wider, the faster: noisy rows reach 50 % earlier at M = ${wide} than at M = ${narrow}`,
    expected: 'log₂ of the ratio of steps, averaged over α with each seed, > 0',
    measured: `${numberText(log)} over seeds`,
    holds: clears(log),
  };
}

function signalCriterion({ slope }: NoiseFirstResults, plan: NoiseFirstPlan): Criterion {
  const ratios = plan.slopeNoiseRatios.map((noise) =>
    slope('uniform', noise).map(({ measured: [first] }) => ratioOf(first.projection)),
  );
  const ratio = interval(meansWithinSeeds(ratios));
  return {
    text: 'at the first step the mean gradient helps noisy rows more than clean ones (uniform noise)',
    expected: '⟨g, ḡ⟩ of noisy rows / that of clean rows, averaged over α with each seed, > 1',
    measured: `${numberText(ratio)} over seeds`,
    holds: clears(ratio, 1),
  };
}

/** Which part of the projection tells noisy and clean rows apart. */
function signalText({ slope }: NoiseFirstResults, plan: NoiseFirstPlan): string {
  const ratio = (kind: 'norm' | 'alignment') =>
    numberText(
      interval(
        meansWithinSeeds(
          plan.slopeNoiseRatios.map((noise) =>
            slope('uniform', noise).map(({ measured: [first] }) => ratioOf(first[kind])),
          ),
        ),
      ),
    );
  return `Before the first step, noisy rows over clean ones (uniform noise, averaged over α, interval over seeds): norm of the gradient ${ratio('norm')}, alignment with the mean gradient ${ratio('alignment')}.`;
}

function collisionCriterion({ slope }: NoiseFirstResults, plan: NoiseFirstPlan): Criterion {
  const errors = slopeKinds.flatMap((kind) =>
    plan.slopeNoiseRatios.flatMap((noise) => {
      const outputs = slope(kind, noise);
      const expected = outputs[0].collisions.expected;
      if (expected === null) return [];
      const measured = interval(outputs.map(({ collisions }) => gap(collisions.measured))).mean;
      return [{ kind, noise, error: Math.abs(measured - (expected.noisy - expected.clean)) }];
    }),
  );
  const worst = errors.reduce((x, y) => (y.error > x.error ? y : x));
  return {
    text: 'label collisions of noisy rows less those of clean ones, Δ, are as predicted for every kind of noise',
    expected:
      'within 0.1 of the formula, mean over seeds, at every α (a Δ itself lies between 0 and 2)',
    measured: `largest deviation ${worst.error.toFixed(3)} (${worst.kind}, α = ${worst.noise}) of ${errors.length} compared`,
    holds: worst.error <= 0.1,
  };
}

function slopeCriterion({ slope }: NoiseFirstResults, plan: NoiseFirstPlan): Criterion {
  const points = slopeKinds.flatMap((kind) =>
    plan.slopeNoiseRatios.flatMap((noise) => {
      const outputs = slope(kind, noise);
      const predicted = outputs[0].collisions.expected;
      if (predicted === null) return [];
      const decreases = outputs.map(({ lossDecrease }) => gap(lossDecrease[0]));
      return [{ predicted: predicted.noisy - predicted.clean, measured: interval(decreases) }];
    }),
  );
  const telling = points.filter(({ predicted }) => Math.abs(predicted) > 0.05);
  const agreeing = telling.filter(
    ({ predicted, measured }) => Math.sign(predicted) === Math.sign(measured.mean),
  );
  const r = correlation(
    points.map(({ predicted }) => predicted),
    points.map(({ measured }) => measured.mean),
  );
  return {
    text: 'Δ foretells whose loss falls faster in the first step of AdamW, over kinds of noise and α',
    expected: 'the same sign everywhere, and a correlation of at least 0.9',
    measured: `same sign in ${agreeing.length} of ${telling.length}, correlation ${r.toFixed(3)}`,
    holds: agreeing.length === telling.length && r >= 0.9,
  };
}

function flipCriterion({ slope }: NoiseFirstResults, plan: NoiseFirstPlan): Criterion {
  const at = (noise: number) =>
    interval(slope('bijective', noise).map(({ lossDecrease }) => gap(lossDecrease[0])));
  const below = plan.slopeNoiseRatios.filter((noise) => noise < 0.5).map(at);
  const above = plan.slopeNoiseRatios.filter((noise) => noise > 0.5).map(at);
  return {
    text: 'with bijective noise the order flips at α = 0.5',
    expected: 'loss of noisy rows falls faster below 0.5, that of clean rows above',
    measured: `noisy less clean, first step: ${plan.slopeNoiseRatios
      .map((noise) => `α = ${noise}: ${numberText(at(noise), 2)}`)
      .join('; ')}`,
    holds: below.every((one) => clears(one)) && above.every((one) => isBelow(one)),
  };
}
