import { meanRow } from './chart-rows.ts';
import type { Chart, Row } from './charts/chart.ts';
import type { Claim, Criterion } from './claim.ts';
import type { OrderOutcome, WithoutBasisMeasurement } from './measurements/without-basis.ts';
import { known } from './statistics/by-seed.ts';
import { shareInterval, shareText } from './statistics/interval.ts';
import { clears, isBelow, pairedDifference } from './statistics/seeds.ts';
import {
  cellsOf,
  type Measured,
  measuredOf,
  type Point,
  type Size,
  seedsOf,
} from './without-basis-runs.ts';

export const withoutBasis: Claim = {
  id: 'without-basis',
  title: 'Extraction without the basis',
  claim:
    'With the tokens of a, b and c under three unknown permutations, the weights alone give back the order of all tokens, and filtration in that order is worth what it is with the order known: up to a noise ratio that grows with P.',
  source: 'ours, on the open question of Liu & Lu 2026',
  assumed: [
    'the rule is that of a cyclic group with all P tokens; other groups are not looked for',
    'tokens are renamed after training, which a network that starts from independent weights cannot tell from before',
    'the method was developed at P = 31 and 59 with seeds 100–102 (networks) and 200–205 (labels), and frozen; no criterion was changed after measuring',
  ],
  seeds: seedsOf,
  cells: cellsOf,
  judge(outputs, preset) {
    const measured = measuredOf(outputs, preset);
    return {
      criteria: [
        ...measured.plan.sizes.map((size) => recovered(measured, size)),
        asGoodAsKnown(measured),
        early(measured),
        beyondLabels(measured),
        heavyNoise(measured),
        nothingInNothing(measured),
        foundIsRight(measured),
      ],
      charts: chartsOf(measured),
      remarks: [featuresText(measured), pValuesText(measured)],
    };
  },
};

/** Up to here an order is expected in every network. */
const moderateNoise = 0.5;
const sources = ['weights', 'answers', 'labels'] as const;
type Source = (typeof sources)[number];
const sourceNames: Record<Source, string> = {
  weights: 'weights alone',
  answers: 'the network’s answers',
  labels: 'labels, no network',
};

const sizeText = ({ common }: Size) =>
  `P = ${common.modulus}, M = ${common.width}, step ${common.steps}`;
const whereText = ({ size, noise }: Point) => `P = ${size.common.modulus}, α = ${noise}`;

/** @throws RangeError where there were no training rows: no preset has that. */
function outcomes(bySeed: readonly WithoutBasisMeasurement[], source: Source): OrderOutcome[] {
  return bySeed.map((one) => {
    const outcome = one[source];
    if (outcome === null) throw new RangeError(`nothing was found out about ${source}`);
    return outcome;
  });
}

const countFound = (all: readonly OrderOutcome[]) => all.filter(({ found }) => found).length;
const complete = ({ found, agreement }: OrderOutcome) => found && agreement === 1;

function recovered({ points }: Measured, size: Size): Criterion {
  const within = points.filter((one) => one.size === size && one.noise <= moderateNoise);
  const texts = within.map((point) => {
    const all = outcomes(point.bySeed, 'weights');
    return `α = ${point.noise}: ${shareText(shareInterval(all.map(({ agreement }) => agreement)))} of the tokens, found in ${countFound(all)} of ${all.length}`;
  });
  return {
    text: `${sizeText(size)}: the weights alone give back the place of every token at α ≤ ${moderateNoise}`,
    expected: 'found, with 100 % of the tokens right, in every network',
    measured: texts.join('; '),
    holds: within.every(({ bySeed }) => outcomes(bySeed, 'weights').every(complete)),
  };
}

function asGoodAsKnown({ points }: Measured): Criterion {
  const parts = points
    .filter(({ noise }) => noise <= moderateNoise)
    .map((point) => {
      const here = known(outcomes(point.bySeed, 'weights').map(({ test }) => test));
      const reference = known(point.bySeed.map((one) => one.known));
      const raw = known(point.bySeed.map((one) => one.raw));
      const difference = pairedDifference(here, reference);
      return {
        text: `${whereText(point)}: ${shareText(shareInterval(here))}, order known ${shareText(shareInterval(reference))}, network ${shareText(shareInterval(raw))}`,
        holds:
          clears(difference, -0.01) &&
          isBelow(difference, 0.01) &&
          clears(pairedDifference(here, raw)),
      };
    });
  return {
    text: `frequency filtration in the order found is worth as much as in the known one, and more than the network, at α ≤ ${moderateNoise}`,
    expected:
      'test accuracy without − with the order known within 1 point (its whole interval), and above the network’s own',
    measured: parts.map(({ text }) => text).join('; '),
    holds: parts.every(({ holds }) => holds),
  };
}

function early({ overTime, plan }: Measured): Criterion {
  const texts = overTime.map(({ step, point }) => {
    const all = outcomes(point.bySeed, 'weights');
    return `step ${step}: ${all.filter(complete).length} of ${all.length}`;
  });
  const middle = overTime[overTime.length - 2];
  return {
    text: `P = ${plan.sizes[0].common.modulus}, α = ${plan.timedNoise}: long before the end of training the weights alone have the whole order`,
    expected: `every token right in every network at step ${middle.step}`,
    measured: texts.join('; '),
    holds: outcomes(middle.point.bySeed, 'weights').every(complete),
  };
}

function beyondLabels({ points }: Measured): Criterion {
  const all = points.flatMap(({ bySeed }) =>
    bySeed.map((one, seed) => ({
      weights: complete(one.weights),
      labels: complete(outcomes(bySeed, 'labels')[seed]),
    })),
  );
  const only = (mine: 'weights' | 'labels', other: 'weights' | 'labels') =>
    all.filter((one) => one[mine] && !one[other]).length;
  return {
    text: 'the weights give an order where the same search in the training labels gives none (a hope: all that a network knows of the order it has from its labels, but learning could bring it into reach)',
    expected:
      'more networks where only the weights give the whole order than where only the labels do',
    measured: `of ${all.length} networks: both ${all.filter((one) => one.weights && one.labels).length}, weights only ${only('weights', 'labels')}, labels only ${only('labels', 'weights')}, neither ${all.filter((one) => !one.weights && !one.labels).length}`,
    holds: only('weights', 'labels') > only('labels', 'weights'),
  };
}

function heavyNoise({ points }: Measured): Criterion {
  const heavy = points.filter(({ noise }) => noise === 0.8);
  const texts = heavy.map((point) => {
    const all = outcomes(point.bySeed, 'weights');
    const [weights, labels] = [all, outcomes(point.bySeed, 'labels')].map(countFound);
    return `${whereText(point)}: weights ${weights} of ${all.length}, labels ${labels}; filtration ${shareText(shareInterval(known(all.map(({ test }) => test))))}, order known ${shareText(shareInterval(known(point.bySeed.map((one) => one.known))))}`;
  });
  return {
    text: 'at α = 0.8, where filtration in the known order reads the rule, the weights alone give the order, too (the paper’s own setting)',
    expected: 'found, with 100 % of the tokens right, in every network',
    measured: texts.join('; '),
    holds: heavy.every(({ bySeed }) => outcomes(bySeed, 'weights').every(complete)),
  };
}

function nothingInNothing({ controls }: Measured): Criterion {
  const parts = (['untrained', 'pure noise'] as const).flatMap((name) =>
    (['weights', 'answers'] as const).map((source) => {
      const all = outcomes(controls[name], source);
      return {
        text: `${name}, ${source}: ${countFound(all)} of ${all.length}`,
        found: countFound(all),
      };
    }),
  );
  return {
    text: 'no order is called found in networks that have none',
    expected: 'found in no untrained and no pure-noise network',
    measured: parts.map(({ text }) => text).join('; '),
    holds: parts.every(({ found }) => found === 0),
  };
}

/** Every search once: labels are the same at all steps, and the last of the times is among the points. */
function foundIsRight({ points, overTime }: Measured): Criterion {
  const all = [
    ...points.flatMap(({ bySeed }) => sources.flatMap((source) => outcomes(bySeed, source))),
    ...overTime
      .slice(0, -1)
      .flatMap(({ point }) =>
        (['weights', 'answers'] as const).flatMap((source) => outcomes(point.bySeed, source)),
      ),
  ];
  const found = all.filter((one) => one.found);
  const missed = all.filter((one) => !one.found && one.agreement === 1);
  const least = Math.min(...found.map(({ agreement }) => agreement));
  return {
    text: 'the p-value tells a true order from one that was fitted to noise',
    expected: 'every order that is called found has every token right; none that has is missed',
    measured: `${found.length} of ${all.length} searches call an order found, of which ${found.filter(({ agreement }) => agreement === 1).length} have every token right (fewest: ${(100 * least).toFixed(0)} %); ${missed.length} right orders are missed`,
    holds: found.every(({ agreement }) => agreement === 1) && missed.length === 0,
  };
}

function featuresText({ controls, plan }: Measured): string {
  const random = controls['random features'];
  const texts = (['weights', 'answers'] as const).map((source) => {
    const all = outcomes(random, source);
    return `from ${sourceNames[source]} ${countFound(all)} of ${all.length} orders are found, and filtration then reads ${shareText(shareInterval(known(all.map(({ test }) => test))))} of the test set`;
  });
  return `Random features (U and V as drawn, α = ${plan.timedNoise}): ${texts.join('; ')}; with the order known ${shareText(shareInterval(known(random.map((one) => one.known))))}.`;
}

function pValuesText({ points, controls }: Measured): string {
  const list = (bySeed: readonly WithoutBasisMeasurement[]) =>
    outcomes(bySeed, 'weights')
      .map(({ T, log10PValue }) => `T ${T?.toFixed(1)}, p 10^${log10PValue.toFixed(0)}`)
      .join('; ');
  const texts = points.map((point) => `${whereText(point)}: ${list(point.bySeed)}`);
  const nulls = (['untrained', 'pure noise'] as const).map(
    (name) => `${name}: ${list(controls[name])}`,
  );
  return `T in the order that the weights give, and p corrected for all orders, seed by seed. ${[...texts, ...nulls].join('. ')}.`;
}

function chartsOf({ points, plan }: Measured): Chart[] {
  const panelOf = ({ common }: Size) => `P = ${common.modulus}`;
  const rows = (of: (one: OrderOutcome) => number | null): Row[] =>
    points.flatMap(({ size, noise, bySeed }) =>
      sources.flatMap((source) =>
        meanRow(
          { panel: panelOf(size), noise, source: sourceNames[source] },
          outcomes(bySeed, source).map(of),
          shareInterval,
        ),
      ),
    );
  const references: Row[] = points.flatMap(({ size, noise, bySeed }) =>
    (
      [
        ['order known', 'known'],
        ['the network as it is', 'raw'],
      ] as const
    ).flatMap(([source, key]) =>
      meanRow(
        { panel: panelOf(size), noise, source },
        bySeed.map((one) => one[key]),
        shareInterval,
      ),
    ),
  );
  const sizes = plan.sizes.map(sizeText).join('; ');
  const common = {
    kind: 'lines',
    x: { column: 'noise', label: 'noise ratio α' },
    low: 'low',
    high: 'high',
    facet: { column: 'panel', label: '' },
  } as const;
  return [
    {
      ...common,
      key: 'order',
      title: 'Tokens put in their place without a basis',
      caption: `Share of the tokens of a, b and c placed right, up to automorphism and rotation, by what the search looked at. ${sizes}; seeds ${plan.seeds.join(', ')}. A random order has about 5/P.`,
      rows: rows(({ agreement }) => agreement),
      y: { column: 'mean', label: 'tokens placed right', share: true },
      series: { column: 'source', label: 'order from' },
    },
    {
      ...common,
      key: 'filtration',
      title: 'Filtration in the order found and in the known one',
      caption: `Test accuracy of frequency filtration in the order that was found, and in the known one; for labels, of the rule written out in the order found. ${sizes}; seeds ${plan.seeds.join(', ')}.`,
      rows: [...references, ...rows(({ test }) => test)],
      y: { column: 'mean', label: 'test accuracy', share: true },
      series: { column: 'source', label: 'filtered in the order from' },
    },
  ];
}
