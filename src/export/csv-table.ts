/** A table as CSV (RFC 4180): full precision, an empty field where there is no value, times as ISO 8601. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { writeFailure } from '../format/index.ts';
import type { Column, ColumnType, TableFile } from './column.ts';

/** Rows whose text is held at once. */
const rowsAtOnce = 5000;

/** @throws WorkError where the disk refuses. */
export function openCsvTable<Row>(path: string, columns: readonly Column<Row>[]): TableFile<Row> {
  const safely = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw writeFailure(path, error);
    }
  };
  const file = safely(() => openSync(path, 'wx'));
  const put = (lines: readonly string[]) => {
    let bytes = Buffer.from(`${lines.join('\n')}\n`);
    // A write may take a part only.
    while (bytes.length > 0) bytes = bytes.subarray(safely(() => writeSync(file, bytes)));
  };
  put([columns.map(({ name }) => quoted(name)).join(',')]);
  return {
    write(rows) {
      for (let start = 0; start < rows.length; start += rowsAtOnce) {
        const part = rows.slice(start, start + rowsAtOnce);
        put(part.map((row) => columns.map(({ type, value }) => field(type, value(row))).join(',')));
      }
    },
    close() {
      safely(() => fsyncSync(file));
      closeSync(file);
    },
  };
}

function field(type: ColumnType, value: number | boolean | string | null): string {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return '';
  if (type === 'time') return new Date(Number(value)).toISOString();
  return typeof value === 'string' ? quoted(value) : String(value);
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
