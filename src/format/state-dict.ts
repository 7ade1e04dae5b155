/** Finds the tensors of our network among others: under a prefix, in a dict within a checkpoint. */
import { quote } from './quote.ts';
import type { Fail } from './zip.ts';

/** The tensors that a network must have, by the set of names. */
export const requiredNames = [
  ['U', 'V', 'W'],
  ['fc1.weight', 'fc2.weight'],
] as const;

/** What names begin with where a whole set of ours follows: "" or "module.", "model.net.", … */
export function networkPrefixes(names: ReadonlySet<string>): string[] {
  const prefixes = new Set<string>();
  for (const set of requiredNames) {
    const [first] = set;
    for (const name of names) {
      if (name !== first && !name.endsWith(`.${first}`)) continue;
      const prefix = name.slice(0, -first.length);
      if (set.every((required) => names.has(prefix + required))) prefixes.add(prefix);
    }
  }
  return [...prefixes];
}

/**
 * The tensors with the prefix of our network taken off their names. Tensors outside of the prefix keep
 * theirs; without a network, or with one that has no prefix, all do.
 */
export function withoutPrefix<T>(
  tensors: ReadonlyMap<string, T>,
  notices: string[],
  fail: Fail,
): ReadonlyMap<string, T> {
  const prefixes = networkPrefixes(new Set(tensors.keys()));
  if (prefixes.length === 0 || prefixes.includes('')) return tensors;
  if (prefixes.length > 1) {
    fail(
      `expected one network, but there are some under ${prefixes.slice(0, 6).map(quote).join(' and ')}; save one alone`,
    );
  }
  const [prefix] = prefixes;
  notices.push(`The names of the tensors begin with ${quote(prefix)}, which was left out.`);
  return new Map(
    [...tensors].map(([name, tensor]) => [
      name.startsWith(prefix) ? name.slice(prefix.length) : name,
      tensor,
    ]),
  );
}
