import { InputError } from '../errors.ts';
import { quote } from '../format/index.ts';

/** Which fields of a record are the table's: a and b, the label and, where known, the true label. */
export interface Columns {
  readonly a: number;
  readonly b: number;
  readonly label: number;
  readonly trueLabel: number | null;
  /** Names of all columns; without a header their numbers from 1. */
  readonly names: readonly string[];
  /** In a sentence how they were chosen, where that wasn't asked for; else null. */
  readonly notice: string | null;
}

/**
 * Chooses the columns: those named by `wanted`; else those named a, b and label; else the first three. A
 * column `true_label` is taken along, unless it is one of the three.
 *
 * @param first the first record.
 * @param wanted three names, or numbers from 1 where no column has that name; null: as above.
 * @param hasHeader whether `first` holds names; otherwise columns go by number.
 * @throws InputError for a column that isn't there, is there twice, or is wanted twice, and for fewer than
 *   three columns.
 */
export function chooseColumns(
  first: readonly string[],
  wanted: readonly string[] | null,
  hasHeader: boolean,
  filename: string,
): Columns {
  const names = hasHeader ? first.map((name) => name.trim()) : first.map((_, i) => String(i + 1));
  if (names.length < 3) {
    const separator = [';', '\t'].find((each) => first.some((field) => field.includes(each)));
    const advice =
      separator === undefined
        ? ''
        : ` They seem to be separated by ${separator === ';' ? 'semicolons' : 'tabs'}: write commas instead.`;
    throw new InputError(
      `${filename}: expected at least three columns (a, b and the label) separated by commas, got ${names.length}.${advice}`,
    );
  }
  const indexOf = (name: string): number => {
    const index = names.indexOf(name);
    if (index >= 0 && names.indexOf(name, index + 1) >= 0) {
      throw new InputError(
        `${filename}: there are several columns named ${quote(name)}; rename one.`,
      );
    }
    if (index >= 0) return index;
    const place = /^\d{1,6}$/.test(name) ? Number(name) - 1 : -1;
    if (place >= 0 && place < names.length) return place;
    const list = names.slice(0, 12).map(quote).join(', ');
    throw new InputError(
      `${filename}: there is no column ${quote(name)}; there are ${list}${names.length > 12 ? ', …' : ''}.`,
    );
  };
  const isNamed = ['a', 'b', 'label'].every((name) => names.includes(name));
  const [a, b, label] =
    wanted !== null ? wanted.map(indexOf) : isNamed ? ['a', 'b', 'label'].map(indexOf) : [0, 1, 2];
  if (a === b || b === label || a === label) {
    throw new InputError('Expected three different columns in --columns A,B,LABEL.');
  }
  const truth = hasHeader && names.includes('true_label') ? indexOf('true_label') : null;
  const trueLabel = truth === a || truth === b || truth === label ? null : truth;
  const show = (index: number) => (hasHeader ? quote(names[index]) : `column ${index + 1}`);
  const notice =
    wanted !== null || isNamed
      ? null
      : `Reading ${show(a)} as a, ${show(b)} as b and ${show(label)} as the label, the first three columns; --columns A,B,LABEL names others.`;
  return { a, b, label, trueLabel, names, notice };
}
