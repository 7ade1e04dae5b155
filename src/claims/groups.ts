import type { PartialSettings } from '../train/settings.ts';
import type { Outputs } from './cells/cell.ts';
import { training } from './cells/cell.ts';
import { meanRow } from './chart-rows.ts';
import type { Chart, Row } from './charts/chart.ts';
import type { Claim, Criterion, Preset } from './claim.ts';
import { falsePositives, noiseCells } from './groups-noise.ts';
import { cayleyTask, symmetricGroup } from './groups-tables.ts';
import type { GroupScanMeasurement } from './measurements/group-scan.ts';
import { measuredOn } from './panel-trainings.ts';
import { known } from './statistics/by-seed.ts';
import { pointsText, shareInterval, shareText } from './statistics/interval.ts';
import { clears, pairedDifference } from './statistics/seeds.ts';

/** A task, the tokens it is trained on and the basis that its rule belongs to. */
interface GroupTask {
  readonly task: string;
  readonly modulus: number;
  readonly basis: string;
  readonly text: string;
}

/** The operations of a field of prime order. */
const fieldTasks = (modulus: number): readonly GroupTask[] => [
  { task: 'add', modulus, basis: 'cyclic', text: `c = a + b (mod ${modulus})` },
  { task: 'mul', modulus, basis: 'multiplicative', text: `c = a · b (mod ${modulus})` },
  { task: 'div', modulus, basis: 'multiplicative', text: `c = a / b (mod ${modulus})` },
];

const tasks: Record<Preset, readonly GroupTask[]> = {
  quick: [
    ...fieldTasks(31),
    { task: 'xor', modulus: 32, basis: 'xor', text: 'c = a ⊕ b' },
    { task: 'product:4x8', modulus: 32, basis: '4x8', text: 'c = a + b in Z_4×Z_8' },
    { task: 'product:3x9', modulus: 27, basis: '3x9', text: 'c = a + b in Z_3×Z_9' },
  ],
  standard: [
    ...fieldTasks(59),
    { task: 'xor', modulus: 64, basis: 'xor', text: 'c = a ⊕ b' },
    { task: 'product:7x7', modulus: 49, basis: '7x7', text: 'c = a + b in Z_7^2' },
    { task: 'product:3x19', modulus: 57, basis: '3x19', text: 'c = a + b in Z_3×Z_19' },
  ],
  paper: [
    ...fieldTasks(113),
    { task: 'xor', modulus: 128, basis: 'xor', text: 'c = a ⊕ b' },
    { task: 'product:11x11', modulus: 121, basis: '11x11', text: 'c = a + b in Z_11^2' },
  ],
};

const widths: Record<Preset, number> = { quick: 513, standard: 1025, paper: 2049 };
const steps: Record<Preset, number> = { quick: 600, standard: 1000, paper: 1000 };
const noiseRatios = [0.5, 0.8] as const;
const seeds = [0, 1, 2];
/** The symmetric groups that are trained without any noise: their tables are no abelian group's. */
const degrees = [3, 4] as const;

function cellsOf(settings: PartialSettings) {
  return seeds.map((seed) => training({ ...settings, seed }, { measure: ['group-scan'] }));
}

function taskCells({ task, modulus }: GroupTask, noiseRatio: number, preset: Preset) {
  return cellsOf({ task, modulus, noiseRatio, width: widths[preset], steps: steps[preset] });
}

function symmetricCells(degree: number) {
  const { modulus, rows } = symmetricGroup(degree);
  return cellsOf({ task: cayleyTask(rows), modulus, noiseRatio: 0, width: 513, steps: 600 });
}

type BySeed = readonly GroupScanMeasurement[];

interface Measured {
  readonly task: GroupTask;
  readonly noiseRatio: number;
  readonly bySeed: BySeed;
}

export const groups: Claim = {
  id: 'groups',
  title: 'Rules of other groups',
  claim:
    'The scan and the filters work on any finite abelian group once its characters take the place of waves: multiplication, division, XOR, products. Tried beside every other basis that fits the tokens, the task’s own is named; a non-abelian table is not taken for an abelian rule.',
  source: 'ours',
  assumed: [
    'multiplication is addition of discrete logarithms, with the token 0 set apart',
    'bases are tried in the order of the tokens as given; p is corrected for their number',
  ],
  seeds: () => seeds,
  cells: (preset) => [
    ...tasks[preset].flatMap((task) =>
      noiseRatios.flatMap((noiseRatio) => taskCells(task, noiseRatio, preset)),
    ),
    ...degrees.flatMap(symmetricCells),
    ...noiseCells(preset),
  ],
  judge(outputs, preset) {
    const measured = tasks[preset].flatMap((task) =>
      noiseRatios.map((noiseRatio) => ({
        task,
        noiseRatio,
        bySeed: measuredOn(outputs, taskCells(task, noiseRatio, preset), 'group-scan'),
      })),
    );
    return {
      criteria: [
        ...noiseRatios.map((noiseRatio) => namedCriterion(measured, noiseRatio)),
        soleCriterion(measured),
        ...noiseRatios.map((noiseRatio) => filteredCriterion(measured, noiseRatio)),
        symmetricCriterion(outputs),
        falsePositives(outputs, preset),
      ],
      charts: [filtersChart(measured, preset)],
      remarks: remarksOf(measured),
    };
  },
};

const isOwn =
  ({ task }: Measured) =>
  (found: GroupScanMeasurement) =>
    found.significant && found.basis === task.basis && found.text === task.text;

function namedCriterion(all: readonly Measured[], noiseRatio: number): Criterion {
  const at = all.filter((one) => one.noiseRatio === noiseRatio);
  const parts = at.map((one) => ({
    name: one.task.task,
    own: one.bySeed.filter(isOwn(one)).length,
    seeds: one.bySeed.length,
    tried: one.bySeed[0].tried,
  }));
  return {
    text: `α = ${noiseRatio}: of all bases that fit, the scan names the task’s own and its rule (ours)`,
    expected: 'significant at 0.01, in the right basis with the right coefficients, in every seed',
    measured: parts
      .map(({ name, own, seeds, tried }) => `${name} ${own} of ${seeds} (${tried} bases)`)
      .join(', '),
    holds: parts.every(({ own, seeds }) => own === seeds),
  };
}

function soleCriterion(all: readonly Measured[]): Criterion {
  const runs = all.flatMap((one) => one.bySeed.filter(isOwn(one)));
  const leaking = runs.reduce((sum, { leaking }) => sum + leaking, 0);
  const also = runs.filter(({ also }) => also > 0).length;
  return {
    text: 'Where the right rule is named, what other bases find of it is recognised as its leakage (ours)',
    expected: 'no other basis counts as holding a rule of its own, in any network',
    measured: `${leaking} significant findings in other bases of ${runs.length} networks, all but those of ${also} networks leakage`,
    holds: runs.length > 0 && also === 0,
  };
}

function filteredCriterion(all: readonly Measured[], noiseRatio: number): Criterion {
  const at = all.filter(
    ({ task, noiseRatio: own }) => own === noiseRatio && task.basis !== 'cyclic',
  );
  const parts = at.map(({ task, bySeed }) => {
    const own = known(bySeed.map((one) => one.own?.frequency ?? null));
    const cyclic = known(bySeed.map(({ cyclic }) => cyclic.frequency));
    return { task: task.task, own, gap: pairedDifference(own, cyclic) };
  });
  return {
    text: `α = ${noiseRatio}: frequency filtration in the task’s own characters reads out more than in waves (ours)`,
    expected: 'own − cyclic > 0 in test accuracy beyond the spread of seeds, for every task',
    measured: parts
      .map(
        ({ task, own, gap }) =>
          `${task} ${shareText(shareInterval(own))}, above waves by ${pointsText(gap)}`,
      )
      .join('; '),
    holds: parts.every(({ gap }) => clears(gap)),
  };
}

function symmetricCriterion(outputs: Outputs): Criterion {
  const parts = degrees.map((degree) => {
    const bySeed = measuredOn(outputs, symmetricCells(degree), 'group-scan');
    const taken = bySeed.filter(({ significant, partial }) => significant && !partial).length;
    const none = bySeed.filter(({ significant }) => !significant).length;
    const part = bySeed.filter(({ partial }) => partial).length;
    return { degree, taken, none, part, seeds: bySeed.length };
  });
  return {
    text: 'The tables of S_3 and S_4, which aren’t abelian, are never taken for an abelian rule (ours)',
    expected: 'no rule, or one that is said to be a part of what the network holds, in every seed',
    measured: parts
      .map(
        ({ degree, taken, none, part, seeds }) =>
          `S_${degree}: no rule in ${none} of ${seeds}, a part in ${part}, taken for the whole in ${taken}`,
      )
      .join('; '),
    holds: parts.every(({ taken }) => taken === 0),
  };
}

function filtersChart(all: readonly Measured[], preset: Preset): Chart {
  const rows: Row[] = all.flatMap(({ task, noiseRatio, bySeed }) => {
    const labels = { task: task.task, alpha: `α = ${noiseRatio}` };
    const of = (
      method: string,
      value: (found: GroupScanMeasurement) => number | null,
    ): readonly Row[] => meanRow({ ...labels, method }, bySeed.map(value), shareInterval);
    return [
      ...of('the network', ({ raw }) => raw),
      ...of('filtered in waves', ({ cyclic }) => cyclic.frequency),
      ...of('filtered in its own characters', ({ own }) => own?.frequency ?? null),
    ];
  });
  return {
    key: 'filters',
    title: 'Frequency filtration in the characters of the task’s own group',
    caption: `Test accuracy of the network, of G in the waves of Z_P, and of G in the characters of the task’s own group. M = ${widths[preset]}, ${steps[preset]} steps, ReLU, mean and 95 % interval over ${seeds.length} seeds. For addition the two bases are one.`,
    kind: 'dots',
    rows,
    x: { column: 'task', label: 'task', scale: 'category' },
    y: { column: 'mean', label: 'test accuracy', share: true },
    low: 'low',
    high: 'high',
    series: { column: 'method', label: 'method' },
    facet: { column: 'alpha', label: 'noise ratio' },
  };
}

function remarksOf(all: readonly Measured[]): string[] {
  const lines = all
    .filter((one) => !one.bySeed.every(isOwn(one)))
    .map(
      ({ task, noiseRatio, bySeed }) =>
        `${task.task} at α = ${noiseRatio}: ${bySeed
          .map(({ text, significant }) => (significant ? text : `none (nearest ${text})`))
          .join('; ')}`,
    );
  return lines.length === 0 ? [] : [`Not named as expected: ${lines.join('. ')}.`];
}
