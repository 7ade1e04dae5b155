/** Values seed by seed. One that is missing is an error where a claim is judged, never a 0. */
import type { Accuracies } from '../../task/dataset.ts';

/** Values over seeds; null where a seed has none. */
export type BySeed = readonly (number | null)[];

/** The value. @throws RangeError where there is none; `what` says of what. */
export function knownValue(value: number | null | undefined, what: string): number {
  if (value === null || value === undefined) throw new RangeError(`no ${what} is known`);
  return value;
}

/** The values of all seeds. @throws RangeError where a seed has none: means and pairs are over all of them. */
export function known(values: BySeed, what = 'value'): number[] {
  return values.map((value) => knownValue(value, `${what} of every seed`));
}

/** The accuracies of one role. @throws RangeError where a network has none. */
export function accuracyOf(bySeed: readonly Accuracies[], role: keyof Accuracies): number[] {
  return bySeed.map((one) => knownValue(one[role], `accuracy on ${role}`));
}

/**
 * Means over settings within each seed, [setting][seed] → [seed]. Settings of one seed share its luck: they
 * are no replicates, so what is averaged over them has as many independent values as there are seeds.
 */
export function meansWithinSeeds(bySetting: readonly (readonly number[])[]): number[] {
  return bySetting[0].map(
    (_, seed) => bySetting.reduce((sum, bySeed) => sum + bySeed[seed], 0) / bySetting.length,
  );
}
