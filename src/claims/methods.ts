import type { Outputs } from './cells/cell.ts';
import { meanRow } from './chart-rows.ts';
import type { Chart } from './charts/chart.ts';
import type { Claim, Criterion } from './claim.ts';
import {
  type Half,
  halvesOf,
  type MethodName,
  methodNames,
  type Scored,
  scoresAt,
  testOf,
  trainingsAt,
} from './methods-scores.ts';
import { allPanelSeeds } from './panel.ts';
import { seedsOfBoth } from './panel-trainings.ts';
import { known } from './statistics/by-seed.ts';
import {
  interval,
  plainDigits,
  pointsText,
  shareInterval,
  shareText,
} from './statistics/interval.ts';
import { clears, pairedDifference } from './statistics/seeds.ts';

const filters = ['FF', 'FF, quadratic', 'triads', 'triads, quadratic'] as const;

export const methods: Claim = {
  id: 'methods',
  title: 'Ways to the rule, side by side',
  claim:
    'Filtration gets far more of the rule out of a network that memorised wrong labels than partition, pruning, early stopping or tuned weight decay do; the labels alone name the rule as well.',
  source: 'Liu & Lu 2026, R4.1 and R5.1–5.3; comparisons ours',
  assumed: [
    'all choices (k of a subnetwork, step, decay) are made on validation accuracy, seed by seed',
    'steps of early stopping: each of the first ten, then twelve a decade',
    'random pruning: one random order of the neurons a seed',
  ],
  seeds: allPanelSeeds,
  cells: (preset) =>
    Object.values(halvesOf(preset)).flatMap((half) =>
      half.noiseRatios.flatMap((noise) => {
        const { base, tuned } = trainingsAt(half, noise);
        return [...base, ...(tuned?.flat() ?? [])];
      }),
    ),
  judge(outputs, preset) {
    const { early, late } = halvesOf(preset);
    const [atEarly, atLate] = [early, late].map((half) => allScores(outputs, half));
    const heavy = at(atEarly, early.panel.noiseRatio);
    const light = at(atLate, late.panel.noiseRatio);
    return {
      criteria: [
        filtersAhead(early, heavy),
        triadsAhead(early, heavy),
        labelsRepaired(early, heavy),
        partitionHelps(late, light),
        scoresBeatChance(late, light),
        filtersAheadLate(late, light),
        highestNoise(early, at(atEarly, 0.95)),
        labelsSuffice(atEarly),
      ],
      charts: chartsOf([
        { half: early, scores: atEarly },
        { half: late, scores: atLate },
      ]),
      remarks: [spreadText(late, light), decaysText(early, atEarly), decaysText(late, atLate)],
    };
  },
};

interface AtNoise {
  readonly noise: number;
  readonly scored: Scored;
}

function allScores(outputs: Outputs, half: Half): AtNoise[] {
  return half.noiseRatios.map((noise) => ({ noise, scored: scoresAt(outputs, half, noise) }));
}

function at(scores: readonly AtNoise[], noise: number): Scored {
  const found = scores.find((one) => one.noise === noise);
  if (found === undefined) throw new Error(`no scores at α = ${noise}`);
  return found.scored;
}

const where = ({ panel: { common, width } }: Half, noise: number) =>
  `P = ${common.modulus}, M = ${width}, α = ${noise}, step ${common.steps}`;

function testText(scored: Scored, names: readonly MethodName[]): string {
  return names
    .map((name) => `${name} ${shareText(shareInterval(testOf(scored, name)))}`)
    .join(', ');
}

const gap = (scored: Scored, method: MethodName, other: MethodName) =>
  pairedDifference(testOf(scored, method), testOf(scored, other));

function filtersAhead(half: Half, scored: Scored): Criterion {
  const others = [
    'network',
    'IPR',
    'strength',
    'random pruning',
    'early stopping',
    'tuned decay',
  ] as const;
  const gaps = filters.flatMap((filter) =>
    others.map((other) => ({ name: `${filter} − ${other}`, gap: gap(scored, filter, other) })),
  );
  const least = gaps.reduce((x, y) => (y.gap.mean < x.gap.mean ? y : x));
  return {
    text: `${where(half, half.panel.noiseRatio)}: every filter is ahead of the network itself, partitions, random pruning, early stopping and tuned decay (paper for network and partitions, ours for the rest)`,
    expected: 'filter − other > 0 in test accuracy for four filters and six others, seed by seed',
    measured: `${testText(scored, [...filters, ...others])}; the smallest mean difference is ${least.name}, ${pointsText(least.gap)}`,
    holds: gaps.every((one) => clears(one.gap)),
  };
}

function triadsAhead(half: Half, scored: Scored): Criterion {
  const difference = gap(scored, 'triads', 'FF');
  return {
    text: `${where(half, half.panel.noiseRatio)}: triad filtration finds more than frequency filtration (ours)`,
    expected:
      'triads − FF > 0, both as trained; 0.880 against 0.728 at P = 113, M = 513, step 2000',
    measured: `${testText(scored, ['FF', 'triads'])}: ${pointsText(difference)} more`,
    holds: clears(difference),
  };
}

function labelsRepaired(half: Half, scored: Scored): Criterion {
  const { test, noisyTrue } = scored.methods['FF, quadratic'];
  const difference = pairedDifference(known(noisyTrue), known(test));
  return {
    text: `${where(half, half.panel.noiseRatio)}: filtration gives the true label of wrongly labelled training pairs as well as it predicts test pairs (ours)`,
    expected: 'FF with the quadratic activation: the two accuracies differ by at most 5 points',
    measured: `true labels ${shareText(shareInterval(known(noisyTrue)))}, test ${shareText(shareInterval(known(test)))}; difference ${pointsText(difference)}; the network itself gives ${shareText(shareInterval(known(scored.methods.network.noisyTrue)))} of these true labels`,
    holds: Math.abs(difference.mean) <= 0.05,
  };
}

function partitionHelps(half: Half, scored: Scored): Criterion {
  const helps = gap(scored, 'IPR', 'network');
  const behind = gap(scored, 'FF', 'IPR');
  return {
    text: `${where(half, half.panel.noiseRatio)}: the IPR partition helps, but far less than FF (paper)`,
    expected: 'IPR − network > 0 and FF − IPR > IPR − network',
    measured: `${testText(scored, ['network', 'IPR', 'strength', 'FF'])}; IPR gains ${pointsText(helps)}, FF ${pointsText(behind)} more`,
    holds:
      clears(helps) &&
      clears(
        pairedDifference(
          testOf(scored, 'FF').map((value, i) => value - testOf(scored, 'IPR')[i]),
          testOf(scored, 'IPR').map((value, i) => value - testOf(scored, 'network')[i]),
        ),
      ),
  };
}

function scoresBeatChance(half: Half, scored: Scored): Criterion {
  const byIpr = gap(scored, 'IPR', 'random pruning');
  const byStrength = gap(scored, 'strength', 'random pruning');
  return {
    text: `${where(half, half.panel.noiseRatio)}: neurons chosen by IPR or strength are better than as many tries with a random order (ours)`,
    expected: 'IPR − random pruning > 0 and strength − random pruning > 0',
    measured: `${testText(scored, ['random pruning', 'IPR', 'strength'])}; IPR ${pointsText(byIpr)} more, strength ${pointsText(byStrength)}`,
    holds: clears(byIpr) && clears(byStrength),
  };
}

function filtersAheadLate(half: Half, scored: Scored): Criterion {
  const others = ['early stopping', 'tuned decay'] as const;
  const gaps = others.map((other) => gap(scored, 'FF', other));
  return {
    text: `${where(half, half.panel.noiseRatio)}: where the network itself generalises, FF is ahead of early stopping and tuned decay, too (ours)`,
    expected: 'FF − early stopping > 0 and FF − tuned decay > 0',
    measured: `${testText(scored, ['FF', ...others])}; differences ${gaps.map(pointsText).join(' and ')}`,
    holds: gaps.every((one) => clears(one)),
  };
}

function highestNoise(half: Half, scored: Scored): Criterion {
  const { modulus } = half.panel.common;
  const named = 'FF, quadratic';
  return {
    text: `${where(half, 0.95)}: FF with the quadratic activation is still above chance (ours: how far does it go?)`,
    expected: `test accuracy of this one filter > 1/P = ${(100 / modulus).toFixed(1)} %. At α = 0.8 random features, which learned no frequency, reach 3 % with FF and 6 % with triads (network-or-filter, quick preset), so to be above chance is not yet proof of a learned rule`,
    measured: testText(scored, ['network', named, ...filters.filter((filter) => filter !== named)]),
    holds: clears(interval(testOf(scored, named)), 1 / modulus),
  };
}

function labelsSuffice(scores: readonly AtNoise[]): Criterion {
  const lines = scores.map(({ noise, scored }) => ({
    noise,
    test: testOf(scored, 'label baseline'),
  }));
  const named = lines.filter(({ test }) => test.every((share) => share === 1));
  return {
    text: 'at every noise ratio the training labels alone name the rule: the rule that most of them obey is the true one (ours: what an extraction is worth is what it adds to this)',
    expected: 'test accuracy of the label baseline 100 % with every seed, α up to 0.95',
    measured: lines
      .map(({ noise, test }) => `α = ${noise}: ${shareText(shareInterval(test))}`)
      .join(', '),
    holds: named.length === lines.length,
  };
}

/** How small a gain of a partition can be and still be told from luck. */
function spreadText(half: Half, scored: Scored): string {
  const { low, high } = gap(scored, 'IPR', 'network');
  const { modulus } = half.panel.common;
  const pairs = Math.round(0.1 * modulus ** 2);
  return `At P = ${modulus} there are about ${pairs} test pairs, as many validation pairs and ${half.panel.seeds.length} seeds: what the IPR partition gains is known to ± ${(50 * (high - low)).toFixed(1)} points, so a smaller gain cannot be told from none.`;
}

function decaysText(half: Half, scores: readonly AtNoise[]): string {
  const chosen = scores.flatMap(({ noise, scored }) =>
    scored.decays === null ? [] : [`α = ${noise}: ${scored.decays.join(', ')}`],
  );
  return `Decays that validation chose from ${half.decays.join(', ')}, by seed, at P = ${half.panel.common.modulus}: ${chosen.join('; ')}.`;
}

const groups: readonly { key: string; title: string; names: readonly MethodName[] }[] = [
  { key: 'filters', title: 'filters', names: ['network', ...filters, 'label baseline'] },
  {
    key: 'others',
    title: 'other ways',
    names: methodNames.filter(
      (name) =>
        name === 'FF, quadratic' || ![...filters, 'label baseline'].some((other) => other === name),
    ),
  },
];
const measures = [
  { of: 'test', key: 'test', title: 'Test accuracy', label: 'test accuracy' },
  { of: 'noisyTrue', key: 'true', title: 'True labels recovered', label: 'true label given' },
] as const;

function chartsOf(halves: readonly { half: Half; scores: readonly AtNoise[] }[]): Chart[] {
  const facetOf = ({ panel: { common, width } }: Half) =>
    `P = ${common.modulus}, M = ${width}, ${common.steps} steps`;
  const rate = ({ panel }: Half) => plainDigits(panel.common.learningRate ?? 1e-3);
  const [left, right] = halves.map(({ half }) => half.panel);
  const settings = `ReLU, AdamW, addition, decay 0.1, learning rate ${halves.map(({ half }) => rate(half)).join(' (left) and ')} (right); ${seedsOfBoth(left, right)}`;
  const tuned = ` Decay was tuned over ${halves.map(({ half }) => half.decays.join(', ')).join(' (left) and ')} (right), on the left at α = ${halves[0].half.tunedAt.join(', ')}.`;
  return measures.flatMap(({ of, key, title, label }) =>
    groups.map(
      (group): Chart => ({
        key: `${group.key}-${key}`,
        title: `${title}: ${group.title}`,
        caption: `${of === 'test' ? 'On pairs that were neither trained on nor chosen by' : 'On wrongly labelled training pairs: how often the TRUE label is given'}. ${settings}.${group.key === 'others' ? tuned : ''} Dotted: chance.`,
        kind: 'lines',
        rows: halves.flatMap(({ half, scores }) =>
          scores.flatMap(({ noise, scored }) =>
            group.names.flatMap((method) =>
              meanRow(
                { setting: facetOf(half), method, alpha: noise },
                scored.methods[method][of],
                shareInterval,
              ),
            ),
          ),
        ),
        x: { column: 'alpha', label: 'noise ratio α' },
        y: { column: 'mean', label, share: true },
        low: 'low',
        high: 'high',
        series: { column: 'method', label: '' },
        facet: { column: 'setting', label: '' },
        lines: halves.map(({ half }) => ({
          axis: 'y',
          value: 1 / half.panel.common.modulus,
          label: 'chance',
          facet: facetOf(half),
        })),
      }),
    ),
  );
}
