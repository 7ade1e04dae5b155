/** Finds the tensors of our network among others: under a prefix, in a dict within a checkpoint. */

import { kindOf, PickleTuple } from './pickle.ts';
import { quote } from './quote.ts';
import { TorchTensor } from './torch-pickle.ts';
import type { Fail } from './zip.ts';

/** The tensors that a network must have, by the set of names. */
export const requiredNames = [
  ['U', 'V', 'W'],
  ['fc1.weight', 'fc2.weight'],
] as const;

/** What a transformer is told by; `transformer-file.ts` knows the rest of its names. */
const transformerNames = ['embed.W_E', 'unembed.W_U'] as const;

/** Whether among the names, perhaps under a prefix, are those of a transformer. */
export function holdsTransformer(names: Iterable<string>): boolean {
  return prefixesOf(new Set(names), [transformerNames]).length > 0;
}

/** What names begin with where a whole set of ours follows: "" or "module.", "model.net.", … */
function networkPrefixes(names: ReadonlySet<string>): string[] {
  return prefixesOf(names, [...requiredNames, transformerNames]);
}

function prefixesOf(
  names: ReadonlySet<string>,
  sets: readonly (readonly [string, ...string[]])[],
): string[] {
  const prefixes = new Set<string>();
  for (const set of sets) {
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

/** Checkpoints are dicts of dicts, three or four deep. */
const deepest = 64;
/** Paths are long and a pickle may name one tensor a million times; an error lists six. */
const mostListed = 100;

interface Found {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  readonly notices: readonly string[];
}

/**
 * The dict that holds our network's tensors, wherever in a checkpoint it is; where none does, all tensors
 * by their paths ("optimizer.state.0.exp_avg").
 */
export function findStateDict(root: unknown, fail: Fail): Found {
  const all = new Map<string, TorchTensor>();
  const networks: { path: string; dict: Map<unknown, unknown> }[] = [];
  // A pickle may refer to one object from a million places: each is looked at once.
  const seen = new Set<unknown>();
  const queue = [{ value: root, path: '', depth: 0 }];
  for (let at = 0; at < queue.length; at++) {
    const { value, path, depth } = queue[at];
    if (value instanceof TorchTensor && all.size < mostListed) all.set(path, value);
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (depth > deepest) fail(`its dicts and lists are nested more than ${deepest} deep`);
    if (value instanceof Map && holdsNetwork(value)) networks.push({ path, dict: value });
    for (const [key, child] of children(value)) {
      const name = String(key).slice(0, 200);
      queue.push({ value: child, path: path === '' ? name : `${path}.${name}`, depth: depth + 1 });
    }
  }
  if (networks.length === 0) {
    if (all.size === 0) fail(`there is no tensor in it, only ${kindOf(root)}`);
    return { tensors: all, notices: [] };
  }
  const run = checkpointsOfOneRun(networks.map(({ path }) => path));
  if (networks.length > 1 && networks[0].path !== '' && run === null) {
    const paths = networks.slice(0, 6).map(({ path }) => quote(path));
    fail(`there are several networks in it (${paths.join(', ')}); save one alone`);
  }
  const { path, dict } = run === null ? networks[0] : networks[networks.length - 1];
  const notices = path === '' ? [] : [whereFound(root, path)];
  if (run !== null) notices.push(`It is the last of ${networks.length} in the list ${quote(run)}.`);
  return { tensors: tensorsOf(dict), notices };
}

/** The list that all of these paths are the elements of, in order; null where they are anything else. */
function checkpointsOfOneRun(paths: readonly string[]): string | null {
  const list = paths[0].replace(/\.0$/, '');
  const areElements = paths.every((path, i) => path === `${list}.${i}`);
  return paths.length > 1 && areElements ? list : null;
}

const configNames: readonly string[] = ['config', 'cfg'];

/**
 * What a checkpoint says of its network: numbers, strings and truth values of the dict "config" or "cfg" at
 * its root, as text, None as "none".
 */
export function configOf(root: unknown): Readonly<Record<string, string>> {
  const configs = root instanceof Map ? configNames.map((name) => root.get(name)) : [];
  const config = configs.find((one) => one instanceof Map);
  if (!(config instanceof Map)) return {};
  const plain = [...config].filter(
    ([name, value]) =>
      typeof name === 'string' &&
      (value === null || ['string', 'number', 'boolean'].includes(typeof value)),
  );
  return Object.fromEntries(plain.map(([name, value]) => [name, String(value ?? 'none')]));
}

function children(value: object): Iterable<[unknown, unknown]> {
  if (value instanceof Map || Array.isArray(value)) return value.entries();
  return value instanceof PickleTuple ? value.items.entries() : [];
}

function tensorsOf(dict: Map<unknown, unknown>): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  for (const [key, value] of dict) {
    if (typeof key === 'string' && value instanceof TorchTensor) tensors.set(key, value);
  }
  return tensors;
}

function holdsNetwork(dict: Map<unknown, unknown>): boolean {
  return networkPrefixes(new Set(tensorsOf(dict).keys())).length > 0;
}

function whereFound(root: unknown, path: string): string {
  const names = root instanceof Map ? [...root.keys()].map(String) : [];
  const others = names.filter(
    (name) => path !== name && !path.startsWith(`${name}.`) && !configNames.includes(name),
  );
  const list = others.slice(0, 6).map(quote).join(', ') + (others.length > 6 ? ', …' : '');
  return `The network is the state dict ${quote(path)} of the file${list === '' ? '' : `; not read: ${list}`}.`;
}
