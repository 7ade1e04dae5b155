/**
 * Comma-separated tables as we read them: a header line of names, then one record a line (RFC 4180
 * without line breaks inside fields). A byte-order mark, CRLF, quotes and blank lines at the end are
 * accepted; everything else that departs from the format is an error that names the line.
 */
import { InputError } from '../errors.ts';

export interface Table {
  readonly header: readonly string[];
  /** Fields of each record, as many as the header has; record i stands in line i + 2. */
  readonly records: readonly (readonly string[])[];
}

/** Parses a table; `filename` only names the file in errors. Throws InputError. */
export function readTable(text: string, filename: string): Table {
  const lines = (text.startsWith('\uFEFF') ? text.slice(1) : text).split(/\r?\n/);
  while (lines.length > 0 && lines[lines.length - 1].trim() === '') lines.pop();
  if (lines.length === 0) throw new InputError(`${filename}: expected a table, but it is empty.`);
  const records = lines.map((line, index) => splitLine(line, `${filename}, line ${index + 1}`));
  const header = records[0];
  for (let i = 1; i < records.length; i++) {
    const count = records[i].length;
    if (count !== header.length) {
      throw new InputError(
        `${filename}, line ${i + 1}: expected ${header.length} fields (${header.length} columns in the header), got ${lines[i] === '' ? 'a blank line' : count}.`,
      );
    }
  }
  return { header, records: records.slice(1) };
}

/** The fields of one record (RFC 4180). Throws InputError where a quote is not closed or not at an edge. */
export function splitLine(line: string, where: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  // A field is quoted, with "" for a quote, or has no quote at all; then a comma or the end.
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(,|$)/y;
  for (;;) {
    const match = field.exec(line);
    if (match === null)
      throw new InputError(`${where}: a quote is not closed or not at the edge of its field.`);
    fields.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === '') return fields;
  }
}
