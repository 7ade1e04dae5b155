/**
 * The filter language of lists of runs: `width>=513 noiseRatio=0.8,0.9 status=done`. It is parsed into
 * plain terms, all of which must hold; a store turns them into its own queries.
 *
 *     filter   = term*                    separated by spaces
 *     term     = field operator value     spaces around the operator are allowed
 *     value    = item ("," item)*         alternatives
 *     item     = word | "text in quotes"  \" and \\ within quotes
 */
import { InputError } from '../errors.ts';
import { quote } from '../format/quote.ts';
import { didYouMean } from '../nearest-name.ts';
import { settingKinds, settingNames } from '../train/setting-kinds.ts';

export const runStatuses = ['queued', 'running', 'done', 'failed', 'stopped'] as const;

/**
 * What a term asks about.
 *
 * `metric` is a measurement at the end of a run, null where it isn't known. Of a run itself: `name`, `sweep` (null
 * outside of one), `tag` (a run has any number of them; null stands for none), `status`, `hash` (of the weights; `=`
 * compares its beginning), `seconds` that it took, `created`.
 */
export interface FilterField {
  readonly of: 'setting' | 'metric' | 'run';
  readonly name: string;
  readonly type: 'number' | 'boolean' | 'choice' | 'text' | 'tags' | 'hash' | 'time';
}

/** A day, minute or second in milliseconds since 1970: from ≤ t < until. */
export interface TimeSpan {
  readonly from: number;
  readonly until: number;
}

/** By type of the field: number, boolean, text of all the rest but times; null for `none`. */
export type FilterValue = number | boolean | string | TimeSpan | null;

/**
 * `=` holds where one of the values is equal, `!=` where none is (so also where the run has no value), `~` where one
 * of them is a part of the text, upper and lower case alike. The others have one value and compare numbers or times; they
 * never hold where the run has no value. A time t is `=` within the span, `<` before its `from`, `<=` before its
 * `until`, `>` from its `until` on, `>=` from its `from` on.
 */
export interface FilterTerm {
  readonly field: FilterField;
  readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=' | '~';
  readonly values: readonly FilterValue[];
}

/** Terms that must all hold; none: every run. */
export type RunFilter = readonly FilterTerm[];

interface KnownField extends FilterField {
  readonly choices: readonly string[];
  readonly nullable: boolean;
}

const metricNames = ['test', 'validation', 'cleanTrain', 'noisyTrain', 'noisyTrue', 'loss'];

const settingFields = settingNames.map((name): KnownField => {
  const { type, choices, nullable } = settingKinds[name];
  return { of: 'setting', name, type: type === 'integer' ? 'number' : type, choices, nullable };
});

const metricFields = metricNames.map(
  (name): KnownField => ({ of: 'metric', name, type: 'number', choices: [], nullable: true }),
);

const runField = (
  name: string,
  type: KnownField['type'],
  nullable = false,
  choices: readonly string[] = [],
): KnownField => ({ of: 'run', name, type, choices, nullable });

const runFields = [
  runField('status', 'choice', false, runStatuses),
  runField('name', 'text'),
  runField('sweep', 'text', true),
  runField('tag', 'tags', true),
  runField('hash', 'hash', true),
  runField('seconds', 'number', true),
  runField('created', 'time'),
];

const fields = new Map<string, KnownField>(
  [...settingFields, ...metricFields, ...runFields].map((field) => [field.name, field]),
);

/** `loss` is two things: the setting where a value is one of its choices, the metric otherwise. */
const lossSetting = settingFields.find(({ name }) => name === 'loss') as KnownField;

/** Every name that may stand before an operator. */
export const filterFields: readonly string[] = [...fields.keys()];

const operatorsOf: Record<FilterField['type'], readonly FilterTerm['operator'][]> = {
  number: ['=', '!=', '<', '<=', '>', '>='],
  time: ['=', '!=', '<', '<=', '>', '>='],
  boolean: ['=', '!='],
  choice: ['=', '!='],
  text: ['=', '!=', '~'],
  tags: ['=', '!=', '~'],
  hash: ['=', '!='],
};

interface Item {
  readonly text: string;
  readonly quoted: boolean;
  readonly at: number;
}

/**
 * Parses a filter; '' is the filter that every run passes.
 * @throws InputError that names the place, what was expected and what came.
 */
export function parseFilter(text: string): RunFilter {
  const scanner = scannerOf(text);
  const terms: FilterTerm[] = [];
  while (!scanner.isAtEnd()) terms.push(parseTerm(scanner));
  return terms;
}

/** A filter as text that `parseFilter` reads as the same. */
export function formatFilter(filter: RunFilter): string {
  return filter
    .map(({ field, operator, values }) => {
      const items = values.map((value) => formatValue(field, value));
      return `${field.name}${operator}${items.join(',')}`;
    })
    .join(' ');
}

function parseTerm(scanner: Scanner): FilterTerm {
  const name = scanner.take(/[A-Za-z][\w-]*/y);
  if (name === null) {
    return scanner.fail(scanner.position(), 'expected a field such as width', scanner.rest());
  }
  const known = fields.get(name.text);
  if (known === undefined) {
    return scanner.fail(
      name.at,
      `expected a field (any setting, ${[...metricFields, ...runFields].map((field) => field.name).join(', ')})`,
      name.text,
      didYouMean(name.text, filterFields),
    );
  }
  const sign = scanner.take(/!=|<=|>=|[=<>~]/y);
  if (sign === null) {
    const expected = `expected one of ${operatorsOf[known.type].join(' ')} after ${name.text}`;
    return scanner.fail(scanner.position(), expected, scanner.rest());
  }
  const operator = sign.text as FilterTerm['operator'];
  const items = takeItems(scanner, known);
  const isSetting =
    known.name === 'loss' && items.some(({ text }) => /^[a-z]/i.test(text) && text !== 'none');
  const field = isSetting ? lossSetting : known;
  if (!operatorsOf[field.type].includes(operator)) {
    const expected = `expected one of ${operatorsOf[field.type].join(' ')} for ${field.name}`;
    return scanner.fail(sign.at, expected, operator);
  }
  const values = items.map((item) => parseValue(scanner, field, item));
  if (operator !== '=' && operator !== '!=') {
    const none = values.indexOf(null);
    if (none >= 0) {
      return scanner.fail(items[none].at, `expected = or != with none, not ${operator}`, 'none');
    }
    if (operator !== '~' && items.length > 1) {
      return scanner.fail(items[1].at, `expected one value after ${operator}`, items[1].text);
    }
  }
  return {
    field: { of: field.of, name: field.name, type: field.type },
    operator,
    values,
  };
}

/** One item or several with commas between; the comma of `linear:2,3` belongs to the task. */
function takeItems(scanner: Scanner, field: KnownField): Item[] {
  const word = field.name === 'task' ? /linear:[^\s",]*,[^\s",]+|[^\s",]+/y : /[^\s",]+/y;
  const items: Item[] = [];
  do {
    const quoted = scanner.take(/"(?:[^"\\]|\\["\\])*"/y);
    if (quoted !== null) {
      const text = quoted.text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
      items.push({ text, quoted: true, at: quoted.at });
      continue;
    }
    const plain = scanner.take(word);
    if (plain === null) {
      const hint = scanner.rest().startsWith('"') ? ' A quotation mark is never closed.' : '';
      return scanner.fail(scanner.position(), expectedValue(field), scanner.rest(), hint);
    }
    items.push({ ...plain, quoted: false });
  } while (scanner.take(/,/y) !== null);
  return items;
}

function parseValue(scanner: Scanner, field: KnownField, item: Item): FilterValue {
  const { text, quoted, at } = item;
  if (!quoted && text === 'none' && field.nullable) return null;
  const refuse = (hint = '') => scanner.fail(at, expectedValue(field), text, hint);
  switch (field.type) {
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) && Number.isFinite(Number(text))
        ? Number(text)
        : refuse();
    case 'boolean':
      return text === 'true' || (text === 'false' ? false : refuse());
    case 'choice':
      return field.choices.includes(text) ? text : refuse(didYouMean(text, field.choices));
    case 'hash':
      return /^[0-9a-f]{1,64}$/i.test(text) ? text.toLowerCase() : refuse();
    case 'time':
      return parseTime(text) ?? refuse();
    default:
      return text === '' ? refuse() : text;
  }
}

function expectedValue({ name, type, choices, nullable }: KnownField): string {
  const what = {
    number: 'a number',
    boolean: 'true or false',
    choice: choices.join(', '),
    text: 'text',
    tags: 'a tag',
    hash: 'the first hexadecimal digits of a hash',
    time: 'a day or time such as 2026-11-26 or 2026-11-26T14:30',
  }[type];
  return `expected ${what}${nullable ? ', or none,' : ''} for ${name}`;
}

/** `2026-11-26`, `2026-11-26T14:30` or with seconds, in local time, with Z in UTC; null for anything else. */
function parseTime(text: string): TimeSpan | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?)?(Z?)$/.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const isUtc = match[7] === 'Z';
  const at = (...parts: [number, number, number, number, number, number]) =>
    isUtc ? Date.UTC(...parts) : new Date(...parts).getTime();
  const isRight =
    new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day &&
    month >= 1 &&
    month <= 12 &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!isRight) return null;
  const from = at(year, month - 1, day, hour, minute, second);
  if (match[4] === undefined) return { from, until: at(year, month - 1, day + 1, 0, 0, 0) };
  return { from, until: from + (match[6] === undefined ? 60_000 : 1000) };
}

function formatValue(field: FilterField, value: FilterValue): string {
  if (value === null) return 'none';
  if (typeof value === 'object') return formatTime(value);
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[^\s",]+$/.test(value) && value !== 'none';
  if (isPlain && !(field.name === 'task' && value.startsWith('linear:'))) return value;
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** In UTC where that says the same span, else in local time. */
function formatTime(span: TimeSpan): string {
  const { from, until } = span;
  const iso = new Date(from).toISOString();
  if (until - from === 1000) return `${iso.slice(0, 19)}Z`;
  if (until - from === 60_000) return `${iso.slice(0, 16)}Z`;
  if (from % 86_400_000 === 0 && until - from === 86_400_000) return `${iso.slice(0, 10)}Z`;
  const local = new Date(from);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}`;
}

interface Scanner {
  /** The next token of this form, past spaces; null where something else stands there. */
  take(form: RegExp): { readonly text: string; readonly at: number } | null;
  isAtEnd(): boolean;
  position(): number;
  rest(): string;
  fail(at: number, expected: string, got: string, hint?: string): never;
}

function scannerOf(text: string): Scanner {
  let next = 0;
  const skipSpaces = () => {
    while (/\s/.test(text[next] ?? '')) next++;
  };
  return {
    take(form) {
      skipSpaces();
      form.lastIndex = next;
      const match = form.exec(text);
      if (match === null) return null;
      const at = next;
      next += match[0].length;
      return { text: match[0], at };
    },
    isAtEnd() {
      skipSpaces();
      return next >= text.length;
    },
    position() {
      skipSpaces();
      return next;
    },
    rest: () => text.slice(next).split(/\s/)[0],
    fail(at, expected, got, hint = '') {
      const came = got === '' ? 'it ends there' : `got ${quote(got)}`;
      // One line of the text around the place, with a caret beneath.
      const start = Math.max(0, at - 60);
      const shown = text.slice(start, at + 60).replaceAll(/\p{Cc}|\p{Bidi_Control}/gu, ' ');
      throw new InputError(
        `Filter, position ${at + 1}: ${expected}, ${came}.${hint}\n  ${shown}\n  ${' '.repeat(at - start)}^`,
      );
    },
  };
}
