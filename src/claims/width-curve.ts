/** Test error and fit against width, and what double descent means on such a curve. */
import type { Outputs, training } from './cells/cell.ts';
import { knownValue } from './statistics/by-seed.ts';
import { type Interval, interval, shareInterval } from './statistics/interval.ts';
import { lastRow, pairedDifference } from './statistics/seeds.ts';

/** A curve over widths with what is read off it; shares 0…1. */
export interface Curve {
  readonly widths: readonly number[];
  /** [width][seed] */
  readonly testError: readonly (readonly number[])[];
  readonly trainAccuracy: readonly (readonly number[])[];
  /** Index of the interpolation threshold: the smallest width that fits 99 % of all training rows; −1 where none does. */
  readonly threshold: number;
}

/** The curve of trainings at [width][seed]. */
export function readCurve(
  outputs: Outputs,
  widths: readonly number[],
  cells: readonly (readonly ReturnType<typeof training>[])[],
): Curve {
  const rows = cells.map((bySeed) =>
    bySeed.map((one) => ({ ...lastRow(outputs.of(one)), noiseRatio: one.settings.noiseRatio })),
  );
  const testError = rows.map((bySeed) =>
    bySeed.map(({ test }) => 1 - knownValue(test, 'test accuracy')),
  );
  // A group of rows that the noise ratio leaves empty has no accuracy, and no part in the mean.
  const part = (share: number, accuracy: number | null) =>
    share === 0 ? 0 : share * knownValue(accuracy, 'training accuracy');
  const trainAccuracy = rows.map((bySeed) =>
    bySeed.map(
      ({ cleanTrain, noisyTrain, noiseRatio }) =>
        part(1 - noiseRatio, cleanTrain) + part(noiseRatio, noisyTrain),
    ),
  );
  const threshold = trainAccuracy.findIndex((bySeed) => shareInterval(bySeed).mean >= 0.99);
  return { widths, testError, trainAccuracy, threshold };
}

/** The fall beyond the threshold: test error there minus that of the widest network. */
export function fall({ testError, threshold }: Curve): Interval | null {
  if (threshold < 0 || threshold === testError.length - 1) return null;
  return pairedDifference(testError[threshold], testError[testError.length - 1]);
}

/**
 * The rise towards the threshold: the largest error at the threshold and its neighbours minus the smallest
 * at any width below that peak. Narrower networks are left out of the search for the peak: one too narrow
 * to learn anything is at chance, which no peak can pass.
 *
 * Where peak and valley lie is decided for each seed by the means over the other seeds, and the difference
 * is that seed's own: the largest and the smallest of some means differ by chance alone, so to measure the
 * difference on what chose them would find a rise in a flat curve. One seed has no others and decides itself.
 */
export function rise({ testError, threshold }: Curve): Interval | null {
  if (threshold < 1) return null;
  const from = Math.max(1, threshold - 1);
  const differences = testError[0].map((_, seed) => {
    const means = testError.map((bySeed) => interval(withoutSeed(bySeed, seed)).mean);
    const peak = from + indexOfLargest(means.slice(from, threshold + 2));
    const before = indexOfSmallest(means.slice(0, peak));
    return testError[peak][seed] - testError[before][seed];
  });
  return interval(differences);
}

function withoutSeed(bySeed: readonly number[], seed: number): readonly number[] {
  return bySeed.length === 1 ? bySeed : bySeed.filter((_, i) => i !== seed);
}

function indexOfLargest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
function indexOfSmallest(values: readonly number[]): number {
  return values.indexOf(Math.min(...values));
}
