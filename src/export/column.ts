/** A table as columns with types: what a row holds is said once, for every format. */
export type ColumnType = 'integer' | 'number' | 'boolean' | 'text' | 'time';

/** `value` is null where nothing is known; a time is milliseconds since 1970. */
export interface Column<Row> {
  readonly name: string;
  readonly type: ColumnType;
  readonly value: (row: Row) => number | boolean | string | null;
}

/** A table that is being written, in parts of any size. */
export interface TableFile<Row> {
  write(rows: readonly Row[]): void;
  /** The file is whole and on the disk after this. */
  close(): void;
}
