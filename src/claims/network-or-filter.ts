import type { Outputs } from './cells/cell.ts';
import type { Claim, Criterion } from './claim.ts';
import { chartsOf } from './network-or-filter-charts.ts';
import { type Found, findingsByNetwork, heldOutZ, partZ } from './network-or-filter-findings.ts';
import {
  cellsOfRuns,
  type HalfRuns,
  type Runs,
  runsOf,
  seedsOfRuns,
} from './network-or-filter-runs.ts';
import type { PanelCells } from './panel-trainings.ts';
import { type BySeed, known } from './statistics/by-seed.ts';
import {
  fixedDigits,
  interval,
  numberText,
  pointsText,
  shareInterval,
  shareText,
} from './statistics/interval.ts';
import { clears, isBelow, pairedDifference } from './statistics/seeds.ts';

export const networkOrFilter: Claim = {
  id: 'network-or-filter',
  title: 'The network, or the filter?',
  claim:
    'What filtration finds was put there by feature learning: no control gives it. Whether the network itself carries the rule to pairs it never saw is another question, and held-out evidence answers it.',
  source: 'ours, about Liu & Lu 2026, R4.1 and R5.1–5.3',
  assumed: [
    'the random-feature control learns at ten times the rate for half the steps, with U and V as drawn',
    'pure noise is α = 1 with labels drawn from all P classes, so that it does not avoid the rule',
    'evidence is that of the task’s own rule, z against all other rules, never of the best rule of a scan',
  ],
  seeds: seedsOfRuns,
  cells: (preset) => cellsOfRuns(runsOf(preset)),
  judge(outputs, preset) {
    const runs = runsOf(preset);
    const found = findingsByNetwork(outputs, runs.controls);
    const { modulus } = runs.early.panel.common;
    return {
      criteria: [
        aboveControls(found, runs),
        controlsAtChance(found, modulus),
        partitionsAboveControls(found, runs),
        againstWhileFiltered(outputs, runs.early),
        carriedLate(outputs, runs.late),
        trueLabelExcluded(outputs, runs),
        additivePart(outputs, runs),
        interactionCarries(outputs, runs),
      ],
      charts: chartsOf(outputs, runs, found),
      remarks: remarksOf(outputs, runs),
    };
  },
};

/** Controls that are networks of their own. */
const networkControls = ['untrained', 'random features', 'pure noise'] as const;
const filters = ['FF', 'FF, quadratic', 'triads', 'triads, quadratic'] as const;
const partitions = ['IPR', 'strength'] as const;

const where = ({ panel }: HalfRuns) =>
  `P = ${panel.common.modulus}, M = ${panel.width}, α = ${panel.noiseRatio}, step ${panel.common.steps}`;

/** Test accuracy of each method on the trained network and its best control, and the smallest mean gap. */
function besideControls(
  found: Found,
  methods: readonly (typeof filters | typeof partitions)[number][],
) {
  const lines = methods.map((method) => {
    const trained = known(found.trained[method]);
    const controls = networkControls.map((control) => known(found[control][method]));
    const gaps = networkControls.map((control, i) => ({
      name: `${method} over ${control}`,
      gap: pairedDifference(trained, controls[i]),
    }));
    const best = Math.max(...controls.map((values) => interval(values).mean));
    return {
      text: `${method} ${shareText(shareInterval(trained))}, controls at most ${(100 * best).toFixed(1)} %`,
      gaps,
    };
  });
  const gaps = lines.flatMap((line) => line.gaps);
  const least = gaps.reduce((x, y) => (y.gap.mean < x.gap.mean ? y : x));
  return {
    measured: `${lines.map(({ text }) => text).join('; ')}; the smallest mean difference is ${least.name}, ${pointsText(least.gap)}`,
    holds: gaps.every(({ gap }) => clears(gap)),
  };
}

function aboveControls(found: Found, { early }: Runs): Criterion {
  const { measured, holds } = besideControls(found, filters);
  const trained = known(found.trained.memorised);
  const random = known(found['random features'].memorised);
  const fewer = pairedDifference(trained, random);
  return {
    text: `${where(early)}: every filter finds more in the trained network than in an untrained, a pure-noise and a random-feature network that memorised as much (ours)`,
    expected:
      'trained − control > 0 in test accuracy for four filters and three controls, seed by seed; the random-feature network gives back at most 5 points fewer of its wrong labels',
    measured: `${measured}. Wrong labels given back: trained ${shareText(shareInterval(trained))}, random features ${shareText(shareInterval(random))}`,
    holds: holds && fewer.mean <= 0.05,
  };
}

function partitionsAboveControls(found: Found, { early }: Runs): Criterion {
  return {
    text: `${where(early)}: the neuron partitions, too, find more there than in these controls (paper: the partition helps)`,
    expected: 'trained − control > 0 in test accuracy for IPR and strength, seed by seed',
    ...besideControls(found, partitions),
  };
}

function controlsAtChance(found: Found, modulus: number): Criterion {
  const all = Object.entries(found)
    .filter(([network]) => network !== 'trained')
    .flatMap(([network, methods]) =>
      filters.map((filter) => ({
        name: `${filter} on ${network}`,
        accuracy: shareInterval(known(methods[filter])),
      })),
    );
  const largest = all.reduce((x, y) => (y.accuracy.mean > x.accuracy.mean ? y : x));
  return {
    text: 'no filter makes a rule where there is none: untrained, random features, pure noise, wrong rules, renamed tokens (ours)',
    expected: `about chance, ${(100 / modulus).toFixed(1)} %; three times that is let through`,
    measured: `largest of ${all.length}: ${largest.name}, ${shareText(largest.accuracy)}`,
    holds: largest.accuracy.mean <= 3 / modulus,
  };
}

function againstWhileFiltered(outputs: Outputs, early: HalfRuns): Criterion {
  const logits = interval(heldOutZ(outputs, early.overTime, 'logits'));
  const answers = interval(heldOutZ(outputs, early.overTime, 'answers'));
  const test = (part: 'G' | 'quadraticG') =>
    shareInterval(
      known(early.overTime.map((one) => outputs.measured(one, 'filtration')[part].test)),
    );
  const quadratic = test('quadraticG');
  return {
    text: `${where(early)}: the network itself speaks against the rule on pairs it never saw, while filtration of the same weights follows it (ours)`,
    expected:
      'held-out logits: z < 0; FF with the quadratic activation: 90 % or more of the test set',
    measured: `z ${numberText(logits)} (answers ${numberText(answers)}); FF ${shareText(test('G'))}, with the quadratic activation ${shareText(quadratic)}`,
    holds: isBelow(logits) && quadratic.mean >= 0.9,
  };
}

function carriedLate(outputs: Outputs, late: HalfRuns): Criterion {
  const [first] = late.panel.times;
  const z = (step?: number) => heldOutZ(outputs, late.overTime, 'logits', step);
  const atEnd = interval(z());
  const gained = pairedDifference(z(), z(first));
  const verdicts = late.overTime.map((one) => outputs.measured(one, 'rule-evidence').carried);
  const carried = verdicts.filter((one) => one?.verdict === 'carried').length;
  return {
    text: `${where(late)}: with less noise and more time the network itself carries the rule to pairs it never saw (ours)`,
    expected: `held-out logits: z > 0, and more than at step ${first}`,
    measured: `z ${numberText(atEnd)}, at step ${first} ${numberText(interval(z(first)))}, gained ${numberText(gained)}; “carried” at the level of 0.01 in ${carried} of ${verdicts.length} networks`,
    holds: clears(atEnd) && clears(gained),
  };
}

function trueLabelExcluded(outputs: Outputs, { early, controls }: Runs): Criterion {
  const z = (runs: PanelCells) => heldOutZ(outputs, runs, 'logits');
  const [excluded, all] = [z(early.overTime), z(controls.uniformAll)];
  const less = pairedDifference(all, excluded);
  return {
    text: `${where(early)}: noise that excludes the true label makes held-out evidence negative (a supposition of ours, asked by comparing it with noise from all P labels)`,
    expected: 'with noise from all P labels z of held-out logits is higher',
    measured: `wrong labels only ${numberText(interval(excluded))}, all labels ${numberText(interval(all))}; difference ${numberText(less)}`,
    holds: clears(less),
  };
}

function additivePart(outputs: Outputs, { early, controls }: Runs): Criterion {
  const counts = interval(
    known(controls.trained.map((one) => outputs.measured(one, 'label-counts').heldOut)),
  );
  const before = heldOutZ(outputs, early.overTime, 'logits');
  const after = known(partZ(outputs, early.overTime, 'heldOutInteraction'));
  const gained = pairedDifference(after, before);
  return {
    text: `${where(early)}: label counts alone show the same sign, and without the additive part of its logits the network no longer has it: in row a every answer comes once, so the labels seen with a are those that its held-out pairs don’t have (ours)`,
    expected:
      'a table of label counts, without a network, has z < 0 on held-out pairs; without the additive part g(a) + h(b) the network’s z rises, and its whole interval lies above −1.96',
    measured: `label counts ${numberText(counts)}; network ${numberText(interval(before))}, without its additive part ${numberText(interval(after))}, a rise of ${numberText(gained)}`,
    holds: isBelow(counts) && clears(gained) && clears(interval(after), -1.96),
  };
}

/** Written after the additive part was noticed, and therefore asked of networks with other seeds. */
function interactionCarries(outputs: Outputs, { late, fresh }: Runs): Criterion {
  const found = fresh.map((one) => outputs.measured(one, 'interaction'));
  const whole = known(found.map((one) => one.whole));
  const interaction = known(found.map((one) => one.interaction));
  const gained = pairedDifference(interaction, whole);
  const seeds = fresh.map(({ settings }) => settings.seed);
  return {
    text: `${where(late)}: without the additive part of its held-out logits the network itself is right on more pairs it never saw (ours; seeds ${seeds.join(', ')}, as it was noticed on the others)`,
    expected: 'test accuracy without the additive part − as it is > 0, seed by seed',
    measured: `as it is ${shareText(shareInterval(whole))}, without the additive part ${shareText(shareInterval(interaction))}: ${pointsText(gained)} more`,
    holds: clears(gained),
  };
}

/** Where the network carries the rule, and where only the averaging does, over α, width and time. */
function remarksOf(outputs: Outputs, { early, late, controls }: Runs): string[] {
  const half = (name: string, { panel, byNoise, byWidth, overTime }: HalfRuns) => {
    const z = (runs: PanelCells, step?: number) => short(heldOutZ(outputs, runs, 'logits', step));
    const list = (points: HalfRuns['byNoise'], letter: string) =>
      points.map(({ at, bySeed }) => `${letter} = ${at}: ${z(bySeed)}`).join(', ');
    const times = panel.times.map((step) => `step ${step}: ${z(overTime, step)}`).join(', ');
    return `Mean z of held-out logits, ${name} (P = ${panel.common.modulus}). Over noise: ${list(byNoise, 'α')}. Over width: ${list(byWidth, 'M')}. Over time: ${times}.`;
  };
  return [
    half('early networks', early),
    half('late networks', late),
    filtersWithout(outputs, [early, late]),
    interactionText(outputs, [early, late]),
    lightControlText(outputs, controls),
    renamedOutputsText(outputs, controls),
  ];
}

const short = (values: BySeed) => fixedDigits(interval(known(values)).mean);

/** Counts the noise ratios at which filtration finds the rule and the network doesn't carry it. */
function filtersWithout(outputs: Outputs, halves: readonly HalfRuns[]): string {
  const points = halves.flatMap(({ panel, byNoise }) =>
    byNoise.map(({ at, bySeed }) => ({
      name: `P = ${panel.common.modulus}, α = ${at}`,
      carried: bySeed.every(
        (one) => outputs.measured(one, 'rule-evidence').carried?.verdict === 'carried',
      ),
      filtered:
        interval(known(bySeed.map((one) => outputs.measured(one, 'filtration').quadraticG.test)))
          .mean >= 0.9,
    })),
  );
  const names = (carried: boolean) =>
    points
      .filter((point) => point.filtered && point.carried === carried)
      .map(({ name }) => name)
      .join('; ') || 'nowhere';
  return `Filtration (quadratic) follows the rule on 90 % of the test pairs and every network carries it itself (level 0.01): ${names(true)}. Filtration alone, the network not, or not with every seed: ${names(false)}.`;
}

/** On the panel's own seeds, where it was noticed after the other criteria had been written. */
function interactionText(outputs: Outputs, halves: readonly HalfRuns[]): string {
  const lines = halves.flatMap(({ panel, byNoise }) =>
    byNoise.map(({ at, bySeed }) => {
      const found = bySeed.map((one) => outputs.measured(one, 'interaction'));
      const [whole, interaction] = [
        found.map((one) => one.whole),
        found.map((one) => one.interaction),
      ].map((values) => (100 * interval(known(values)).mean).toFixed(1));
      return `P = ${panel.common.modulus}, α = ${at}: z ${short(partZ(outputs, bySeed, 'heldOutInteraction'))}, test accuracy ${interaction} % (as it is: ${whole} %)`;
    }),
  );
  return `Held-out logits without their additive part g(a) + h(b); no label, rule or order of tokens is needed to take it away. ${lines.join('; ')}.`;
}

function lightControlText(outputs: Outputs, controls: Runs['controls']): string {
  const { lightRandomFeatures, pureNoise } = controls;
  const text = (runs: PanelCells) => {
    const right = known(runs.map((one) => outputs.measured(one, 'interaction').interaction));
    return `z ${short(partZ(outputs, runs, 'heldOutInteraction'))}, test accuracy ${shareText(shareInterval(right))}`;
  };
  const noise = lightRandomFeatures[0].settings.noiseRatio;
  const memorised = lightRandomFeatures.map(
    (one) => outputs.measured(one, 'filtration').raw.noisyTrain,
  );
  return `Controls of that: pure noise: ${text(pureNoise)}; random features at α = ${noise}: ${text(lightRandomFeatures)} (they memorised ${shareText(shareInterval(known(memorised)))} of their wrong labels).`;
}

function renamedOutputsText(outputs: Outputs, { trained }: Runs['controls']): string {
  const found = trained.map((one) => outputs.measured(one, 'filter-controls').renamedOutputs);
  const text = (values: BySeed) => shareText(shareInterval(known(values)));
  return `With the output tokens alone renamed, FF gets ${text(found.map(({ G }) => G))}, with the quadratic activation ${text(found.map(({ quadraticG }) => quadraticG))}. That control is above chance by itself: a filter on a network that holds the rule then answers a + b + s, and the shift that the renaming has most often is right for ${text(found.map(({ bestShift }) => bestShift))} of all pairs. So the tokens of a, b and c are renamed in the control that counts.`;
}
