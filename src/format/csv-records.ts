/**
 * The records of a comma-separated table (RFC 4180) out of parts of its bytes, one at a time and in bounded
 * memory. A byte-order mark, CRLF and blank lines are accepted, and line breaks inside quoted fields.
 */
import { InputError } from '../errors.ts';
import { splitLine } from './table.ts';

export interface CsvRecord {
  /** The line that the record begins in, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** A record longer than this is no row of a table: most likely a quote that nobody closed. */
const longestRecord = 1 << 20;

/**
 * Yields the records in order, without those that are blank (no field but white space in it).
 *
 * @param filename only names the file in errors.
 * @throws InputError, naming the line, for bytes that are not UTF-8, a quote that isn't closed or stands
 *   inside a field, a record of more than 1,048,576 characters.
 */
export function* csvRecords(
  chunks: Iterable<Uint8Array>,
  filename: string,
): Generator<CsvRecord, void> {
  const where = (line: number) => `${filename}, line ${line}`;
  let firstLine = 1;
  let lines = 0;
  // What is read of a record whose end hasn't come, and whether a quote is open in it.
  let pending = '';
  let isQuoted = false;

  const parse = (text: string): CsvRecord | null => {
    const line = firstLine;
    firstLine += lines;
    lines = 0;
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
    const fields = splitLine(whole, where(line));
    return fields.every((field) => field.trim() === '') ? null : { line, fields };
  };
  for (const text of decoded(chunks, () => where(firstLine + lines))) {
    let start = 0;
    for (;;) {
      const end = text.indexOf('\n', start);
      const part = text.slice(start, end < 0 ? text.length : end);
      if (part.includes('"') && hasOddQuotes(part)) isQuoted = !isQuoted;
      if (pending.length + part.length > longestRecord) {
        throw new InputError(
          `${where(firstLine)}: expected a row of at most ${longestRecord.toLocaleString('en')} characters; ${isQuoted ? 'a quote opens there that is not closed' : 'it is longer'}.`,
        );
      }
      pending += part;
      if (end < 0) break;
      start = end + 1;
      lines++;
      if (isQuoted) {
        pending += '\n';
        continue;
      }
      const record = parse(pending);
      pending = '';
      if (record !== null) yield record;
    }
  }
  if (isQuoted)
    throw new InputError(`${where(firstLine)}: a quote opens there that is not closed.`);
  if (pending === '') return;
  lines++;
  const record = parse(pending);
  if (record !== null) yield record;
}

function hasOddQuotes(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 1;
}

/** The text without its byte-order mark. */
function* decoded(chunks: Iterable<Uint8Array>, where: () => string): Generator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw new InputError(
        `${where()} or after it: expected a text file in UTF-8, but its bytes are not; convert it.`,
      );
    }
  };
  for (const chunk of chunks) yield decode(chunk);
  yield decode();
}
