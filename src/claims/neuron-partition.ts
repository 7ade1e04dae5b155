import type { Claim, Criterion } from './claim.ts';
import { partitionCharts } from './neuron-partition-charts.ts';
import {
  type BySeed,
  type MeasuredPartition,
  type PartitionPoint,
  partitionCells,
  readPartition,
  type Score,
  sizesOf,
} from './neuron-partition-trainings.ts';
import { allPanelSeeds, panels } from './panel.ts';
import { known } from './statistics/by-seed.ts';
import {
  correlationInterval,
  type Interval,
  interval,
  numberText,
  pointsText,
  shareInterval,
  shareText,
} from './statistics/interval.ts';
import { clears, pairedDifference } from './statistics/seeds.ts';

/** "Far less": partition gains less than this share of what filtration gains [assumed]. */
const farLess = 0.5;

export const neuronPartition: Claim = {
  id: 'neuron-partition',
  title: 'Neuron partition',
  claim:
    'Neurons ranked by periodicity (IPR) or strength split into a part that generalises and a part that memorises. That helps, but far less than frequency filtration: the rule is spread over all neurons.',
  source: 'Liu & Lu 2026, R5.1–5.3 and Algorithm 1',
  assumed: [
    'IPR over the two-sided spectrum of the output weights',
    'k is chosen on validation rows; k′ is the fewest bottom neurons with 95 % of the network’s accuracy on noisy rows',
    `"far less" is a gain in test accuracy below ${100 * farLess} % of that of frequency filtration`,
  ],
  seeds: allPanelSeeds,
  cells: (preset) => {
    const { early, late } = panels[preset];
    return [
      ...early.widths.flatMap((width) => partitionCells(early, { width })),
      ...late.widths.flatMap((width) => partitionCells(late, { width })),
      ...late.noiseRatios.flatMap((noiseRatio) => partitionCells(late, { noiseRatio })),
      ...['sub', 'mul'].flatMap((task) => partitionCells(late, { task })),
    ];
  },
  judge(outputs, preset) {
    const measured = readPartition(outputs, preset);
    const { early, late, earlyByWidth, lateByWidth, byTask } = measured;
    const where = `late, α = ${late.noiseRatio}, M = ${late.width}`;
    return {
      criteria: [
        sizesCriterion(`late, α = ${late.noiseRatio}`, lateByWidth),
        sizesCriterion(`early, α = ${early.noiseRatio}`, earlyByWidth),
        correlationCriterion(where, byTask),
        multiplicationCriterion(where, byTask.mul),
        randomCriterion(where, byTask.add),
        helpsCriterion(where, byTask.add),
        farLessCriterion(where, byTask.add),
        spreadCriterion(where, byTask.add),
      ],
      charts: partitionCharts(measured),
      remarks: remarksOf(measured),
    };
  },
};

const fullTest = (bySeed: BySeed) => bySeed.map(({ full }) => full);
const partTest = (bySeed: BySeed, score: Score) => bySeed.map((one) => one[score].test);
const filteredTest = (bySeed: BySeed) => bySeed.map(({ filtered }) => filtered.trained);
const shares = (values: readonly number[]) => shareText(shareInterval(values));

function sizesCriterion(where: string, byWidth: readonly PartitionPoint[]): Criterion {
  const { x: widest, bySeed } = byWidth[byWidth.length - 1];
  const scores = [
    { name: 'IPR', score: 'ipr' },
    { name: 'strength', score: 'strength' },
  ] as const;
  const sums = scores.map(({ name, score }) => ({
    name,
    sum: interval(known(sizesOf(bySeed, score))),
    gammaG: interval(bySeed.map((one) => one[score].gammaG)),
  }));
  return {
    text: `${where}: the largest network (M = ${widest}) splits in two, γ_G + γ_R ≤ 1, by IPR and by strength`,
    expected: 'γ_G + γ_R ≤ 1 at the widest, all of the interval',
    measured: sums
      .map(
        ({ name, sum, gammaG }) =>
          `${name} ${numberText(sum)}, of which γ_G ${numberText(gammaG)}; at M = ${byWidth[0].x} ${numberText(interval(known(sizesOf(byWidth[0].bySeed, name === 'IPR' ? 'ipr' : 'strength'))))}`,
      )
      .join('; '),
    holds: sums.every(({ sum }) => (sum.count === 1 ? sum.mean : sum.high) <= 1),
  };
}

function correlationCriterion(where: string, byTask: MeasuredPartition['byTask']): Criterion {
  const of = (task: 'add' | 'sub' | 'mul') =>
    correlationInterval(byTask[task].map(({ rankCorrelation }) => rankCorrelation));
  const asked = (['add', 'sub'] as const).map(of);
  return {
    text: `${where}: IPR and strength correlate for + and −`,
    expected: 'rank correlation over neurons > 0',
    measured: `add ${numberText(asked[0])}, sub ${numberText(asked[1])} (mul ${numberText(of('mul'))})`,
    holds: asked.every((correlation) => clears(correlation)),
  };
}

function multiplicationCriterion(where: string, mul: BySeed): Criterion {
  const gain = pairedDifference(partTest(mul, 'strength'), partTest(mul, 'ipr'));
  return {
    text: `${where}: for × strength is the better score`,
    expected: 'test accuracy of f^G by strength − by IPR > 0',
    measured: `${shares(partTest(mul, 'strength'))} by strength, ${shares(partTest(mul, 'ipr'))} by IPR, ${shares(partTest(mul, 'random'))} at random, whole network ${shares(fullTest(mul))}; difference ${pointsText(gain)}`,
    holds: clears(gain),
  };
}

function randomCriterion(where: string, add: BySeed): Criterion {
  const gains = (['ipr', 'strength'] as const).map((score) =>
    pairedDifference(partTest(add, score), partTest(add, 'random')),
  );
  return {
    text: `${where}: either score finds a better f^G than a random ranking (control)`,
    expected: 'test accuracy of f^G by the score − by a random ranking > 0, for IPR and strength',
    measured: `random ${shares(partTest(add, 'random'))}; IPR ${shares(partTest(add, 'ipr'))}, better by ${pointsText(gains[0])}; strength ${shares(partTest(add, 'strength'))}, better by ${pointsText(gains[1])}`,
    holds: gains.every((gain) => clears(gain)),
  };
}

function helpsCriterion(where: string, add: BySeed): Criterion {
  const gain = pairedDifference(partTest(add, 'ipr'), fullTest(add));
  return {
    text: `${where}: the partition helps`,
    expected: 'test accuracy of f^G by IPR − of the whole network > 0',
    measured: `${shares(partTest(add, 'ipr'))} against ${shares(fullTest(add))}: gain ${pointsText(gain)}`,
    holds: clears(gain),
  };
}

function farLessCriterion(where: string, add: BySeed): Criterion {
  const full = fullTest(add);
  const byFiltration = filteredTest(add).map((value, i) => value - full[i]);
  const byPartition = partTest(add, 'ipr').map((value, i) => value - full[i]);
  const surplus = pairedDifference(
    byFiltration.map((gain) => farLess * gain),
    byPartition,
  );
  const gainText = (values: readonly number[]) => pointsText(interval(values));
  return {
    text: `${where}: it helps far less than frequency filtration of the whole network`,
    expected: `gain of the partition (IPR) < ${farLess} · gain of filtration, as trained`,
    measured: `partition ${gainText(byPartition)}, filtration ${gainText(byFiltration)}`,
    holds: clears(surplus),
  };
}

function spreadCriterion(where: string, add: BySeed): Criterion {
  const whole = filteredTest(add);
  const loss = (score: Score): Interval =>
    pairedDifference(
      whole,
      add.map((one) => one[score].filtered.trained),
    );
  return {
    text: `${where}: filtration of f^G is worse than of the whole network, for the rule is in all neurons`,
    expected: 'test accuracy of filtration of the whole − of f^G > 0, by IPR and by strength',
    measured: `whole ${shares(whole)}; f^G by IPR worse by ${pointsText(loss('ipr'))}, by strength ${pointsText(loss('strength'))}, at random ${pointsText(loss('random'))}`,
    holds: clears(loss('ipr')) && clears(loss('strength')),
  };
}

/** Mean over k of the test accuracy of the top k, by seed: the height of a pruning curve. */
function curveHeight(bySeed: BySeed, score: Score): number[] {
  return bySeed.map((one) => {
    const { curve } = one[score];
    return curve.reduce((sum, { topTest }) => sum + topTest, 0) / curve.length;
  });
}

function curveRemark(task: string, bySeed: BySeed): string {
  const heights = (['ipr', 'strength', 'random'] as const).map((score) =>
    curveHeight(bySeed, score),
  );
  const [ipr, strength, random] = heights.map(shares);
  return `${task}: ${ipr} by IPR, ${strength} by strength, ${random} at random; strength − IPR ${pointsText(pairedDifference(heights[1], heights[0]))}`;
}

function remarksOf({ early, earlyByWidth, byTask }: MeasuredPartition): string[] {
  const { x: widest, bySeed } = earlyByWidth[earlyByWidth.length - 1];
  return [
    `At α = ${early.noiseRatio}, M = ${widest}, f^G answers ${shares(partTest(bySeed, 'ipr'))} of the test set by IPR and ${shares(partTest(bySeed, 'strength'))} by strength where filtration answers ${shares(filteredTest(bySeed))}: there validation rows choose k among networks that all answer at chance, and γ_G means little.`,
    `Beside f^G, whose size a few validation rows decide, the whole pruning curve ranks the scores. Test accuracy of the top k, mean over k: ${curveRemark('+', byTask.add)}. ${curveRemark('×', byTask.mul)}.`,
  ];
}
