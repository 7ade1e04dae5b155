/** A table as Parquet, with typed columns that may be null, compressed with snappy. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { writeFailure } from '../format/index.ts';
import { version } from '../version.ts';
import type { Column, ColumnType, TableFile } from './column.ts';

/** Rows of a group: readers take a file apart by groups, and one is held at once while it is written. */
const groupRows = 50_000;

const types = {
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  text: 'STRING',
  time: 'TIMESTAMP',
} as const satisfies Record<ColumnType, string>;

type Cell = bigint | number | boolean | string | Date | null;

/** @throws WorkError where the disk refuses. */
export function openParquetTable<Row>(
  path: string,
  columns: readonly Column<Row>[],
): TableFile<Row> {
  const safely = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw writeFailure(path, error);
    }
  };
  const described = columns.map(({ name, type }) => ({ name, type: types[type], nullable: true }));
  const writer = safely(
    () =>
      new ParquetWriter({
        writer: fileWriter(path),
        schema: schemaFromColumnData({
          columnData: described.map((column) => ({ ...column, data: [] })),
        }),
        createdBy: `undertone version ${version}`,
      }),
  );
  let waiting: Cell[][] = columns.map(() => []);
  const flush = () => {
    if ((waiting[0]?.length ?? 0) === 0) return;
    const columnData = described.map((column, i) => ({ ...column, data: waiting[i] }));
    waiting = columns.map(() => []);
    // Nothing here is asynchronous: the file's writer has no flush of its own.
    safely(() => writer.write({ columnData, rowGroupSize: groupRows }) as undefined);
  };
  return {
    write(rows) {
      for (const row of rows) {
        for (let i = 0; i < columns.length; i++) {
          waiting[i].push(cell(columns[i].type, columns[i].value(row)));
        }
        if (waiting[0].length >= groupRows) flush();
      }
    },
    close() {
      flush();
      safely(() => {
        writer.finish() as undefined;
        const file = openSync(path, 'r+');
        fsyncSync(file);
        closeSync(file);
      });
    },
  };
}

function cell(type: ColumnType, value: number | boolean | string | null): Cell {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return null;
  if (type === 'integer') return BigInt(value);
  return type === 'time' ? new Date(Number(value)) : value;
}
