/** What filtration of the unembedding makes of networks that have no rule, or hold it under other names. */
import { meanRow } from './chart-rows.ts';
import type { Chart } from './charts/chart.ts';
import type { Criterion } from './claim.ts';
import { pointsText, shareInterval, shareText } from './statistics/interval.ts';
import { clears, pairedDifference } from './statistics/seeds.ts';
import type { Plan } from './transformer-trainings.ts';

/** By seed, before and after filtration. */
export interface TestAccuracies {
  readonly full: readonly number[];
  readonly filtered: readonly number[];
}

type Network = 'trained' | 'untrained' | 'pure noise' | 'random features' | 'renamed outputs';
type Found = Readonly<Record<Network, TestAccuracies>>;

/** What can't answer stays about chance; what answers, or might, gains nothing. */
export function controlsCriterion(found: Found, { modulus }: Plan): Criterion {
  const bound = 3 / modulus;
  const ignorant = (['untrained', 'pure noise'] as const).map((name) => ({
    name,
    filtered: found[name].filtered,
  }));
  const others = (['random features', 'renamed outputs'] as const).map((name) => ({
    name,
    gain: pairedDifference(found[name].filtered, found[name].full),
  }));
  return {
    text: 'filtration finds nothing in controls (ours)',
    expected: `test accuracy after filtration at most 3/P = ${(100 * bound).toFixed(1)} % in every seed, untrained and trained on pure noise; no gain beyond chance with random features or with the output tokens in a random order`,
    measured: [
      ...ignorant.map(({ name, filtered }) => `${name}: ${shareText(shareInterval(filtered))}`),
      ...others.map(({ name, gain }) => `${name}: gain ${pointsText(gain)}`),
    ].join('; '),
    holds:
      ignorant.every(({ filtered }) => filtered.every((share) => share <= bound)) &&
      others.every(({ gain }) => !clears(gain)),
  };
}

export function controlsChart(found: Found, plan: Plan): Chart {
  const { modulus, noiseRatios, seeds, steps, controlSteps } = plan;
  return {
    key: 'controls',
    title: 'Filtration of the unembedding beside its controls',
    caption: `P = ${modulus}, α = ${noiseRatios[0]}, ${steps} steps; mean and 95 % interval over ${seeds.length} seeds. Untrained: step 0. Pure noise: α = 1, labels from all P classes, ${controlSteps} steps. Random features: only the unembedding trained, ${controlSteps} steps. Renamed outputs: the trained network, filtered with its output tokens in a random order. Dotted: chance.`,
    kind: 'dots',
    rows: Object.entries(found).flatMap(([network, accuracies]) =>
      (['full', 'filtered'] as const).flatMap((readout) =>
        meanRow({ network, readout }, accuracies[readout], shareInterval),
      ),
    ),
    x: { column: 'network', label: '', scale: 'category' },
    y: { column: 'mean', label: 'test accuracy', share: true },
    low: 'low',
    high: 'high',
    series: { column: 'readout', label: '' },
    lines: [{ axis: 'y', value: 1 / modulus, label: 'chance' }],
  };
}
