/** A sweep file's text as plain data, and the place of everything in it. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { InputError } from '../../errors.ts';
import { lineAndColumn, type Place, type Problems, problemsOf } from './problems.ts';

/** Where something stands in the data: keys and indices from the root on. */
export type Path = readonly PropertyKey[];

export interface Source {
  readonly value: unknown;
  readonly problems: Problems;
  /** The keys of the mapping at a path, in the order of the file. */
  keysAt(path: Path): readonly string[];
  /** The place of a value; of the nearest one around it where there is none. */
  placeOf(path: Path): Place;
  /** The place of the key that a path ends with. */
  placeOfKey(path: Path): Place;
}

const largestText = 1 << 20;
/** Anchors times aliases: what a file may expand to (`maxAliasCount` of yaml). */
const mostAliases = 100;
const mostYamlProblems = 10;

/**
 * Reads YAML 1.2 (so JSON as well) in its core schema: no tags of anyone's own, no merge keys, no key twice.
 * @throws InputError with line and column for anything else, for more than 1 MiB, for aliases that grow
 *   out of hand.
 */
export function readSource(text: string, filename: string): Source {
  const fail = (message: string): never => {
    throw new InputError(`${filename}: ${message}`);
  };
  if (text.length > largestText) {
    fail(`expected at most ${largestText} characters, got ${text.length}.`);
  }
  const problems = problemsOf(text, filename);
  const document = parse(text, fail);
  const linesTold = new Set<number>();
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const [start, end] = pos;
    // What follows in the same line is mostly the parser's confusion.
    const { line } = lineAndColumn(text, start);
    if (linesTold.has(line)) continue;
    linesTold.add(line);
    problems.add(
      { start: Math.min(start, text.length), end },
      yamlProblem(code, message, text, start),
    );
    if (linesTold.size === mostYamlProblems) break;
  }
  problems.throwIfAny();
  refuseAliasesAndRepeats(document, problems);
  problems.throwIfAny();
  const value = toPlainData(document, fail);
  return {
    value,
    problems,
    keysAt: (path) => {
      const step = (within: unknown, key: PropertyKey) =>
        (within as Record<PropertyKey, unknown> | null | undefined)?.[key];
      return Object.keys(path.reduce(step, value) ?? {});
    },
    placeOf: (path) => placeOf(valueAt(document, path), text),
    placeOfKey: (path) => {
      const parent = valueAt(document, path.slice(0, -1));
      const pair = isMap(parent) ? pairOf(parent, path.at(-1)) : undefined;
      return placeOf(isNode(pair?.key) ? pair.key : parent, text);
    },
  };
}

function parse(text: string, fail: (message: string) => never): Document.Parsed {
  try {
    return parseDocument(text, {
      schema: 'core',
      resolveKnownTags: false,
      merge: false,
      stringKeys: true,
      // Looked for below: the library's own search takes a minute for 60,000 keys.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
  } catch (error) {
    if (error instanceof RangeError) fail('it is nested too deeply; expected a few levels.');
    throw error;
  }
}

function yamlProblem(code: string, message: string, text: string, start: number): string {
  // The parser points at the sign or just behind it.
  const sign = /^[^\n]{0,2}?(>=?|!=) *[^\s>]/.exec(text.slice(Math.max(0, start - 2), start + 40));
  if (sign !== null) {
    return `expected a comparison in quotes, such as ">= 513": YAML gives ${sign[1][0]} a meaning of its own.`;
  }
  if (code === 'TAG_RESOLVE_FAILED') return `${message}; expected plain YAML without tags.`;
  if (code === 'MULTIPLE_DOCS') return 'expected one document, got a second one.';
  return `expected YAML: ${message[0].toLowerCase()}${message.slice(1)}.`;
}

function refuseAliasesAndRepeats(document: Document.Parsed, problems: Problems): void {
  const place = (node: unknown): Place => ({
    start: isNode(node) ? (node.range?.[0] ?? 0) : 0,
    end: isNode(node) ? (node.range?.[1] ?? 0) : 0,
  });
  visit(document, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document);
      if (target === undefined) {
        problems.add(
          place(alias),
          `unknown alias *${alias.source}: expected &${alias.source} above.`,
        );
      } else if (ancestors.includes(target)) {
        problems.add(place(alias), `*${alias.source} stands within what it stands for.`);
      }
    },
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name)) {
          problems.add(place(key), `the key ${String(name)} is given twice; expected it once.`);
        }
        seen.add(name);
      }
    },
  });
}

function toPlainData(document: Document.Parsed, fail: (message: string) => never): unknown {
  try {
    return document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    if (error instanceof ReferenceError) fail('its aliases stand for too much; write it out.');
    throw error;
  }
}

/** The node at a path, aliases followed; where the path leads nowhere, the last one on the way. */
function valueAt(document: Document.Parsed, path: Path): Node | null {
  let node: Node | null = document.contents;
  for (const step of path) {
    const within: Node | null | undefined = isAlias(node) ? node.resolve(document) : node;
    let next: unknown;
    if (isMap(within)) next = pairOf(within, step)?.value;
    else if (isSeq(within)) next = within.items[Number(step)];
    if (!isNode(next)) break;
    node = next;
  }
  return node;
}

function pairOf(map: YAMLMap, key: PropertyKey | undefined): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function placeOf(node: Node | null, text: string): Place {
  const [start, end] = node?.range ?? [0, 0];
  // A block mapping or list ends where the next begins; its caret ends with its first line.
  return { start: Math.min(start, text.length), end: Math.max(start, end) };
}
