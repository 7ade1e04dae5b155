/** What differs between the databases behind a store: everything else is said once, for both. */
import type { ColumnDataType, Kysely, RawBuilder } from 'kysely';
import type { Tables } from './tables.ts';

/** Column types under one name. */
export interface ColumnTypes {
  /** A key that counts up by itself. */
  readonly id: ColumnDataType | 'serial';
  readonly bytes: ColumnDataType;
  /** Milliseconds since 1970. */
  readonly time: ColumnDataType;
  readonly real: ColumnDataType;
  readonly json: ColumnDataType;
  /** Ends the definition of a table whose rows lie in the order of its key. */
  readonly clustered: RawBuilder<unknown> | null;
}

export interface StoreDialect {
  readonly kind: 'sqlite' | 'postgres';
  /** Where it is, without a password. */
  readonly place: string;
  readonly db: Kysely<Tables>;
  readonly types: ColumnTypes;
  /** The clock all workers share, in milliseconds since 1970. */
  readonly now: RawBuilder<number>;
  /** Whether there is a table or a schema of this name. */
  exists(name: string, within?: Kysely<Tables>): Promise<boolean>;
  /** A value within a column of JSON; null where it isn't there, or the column is damaged. */
  jsonNumber(column: string, name: string): RawBuilder<number | null>;
  jsonText(column: string, name: string): RawBuilder<string | null>;
  /** Whether the store was there to hear signs of life all the time that they may be late. */
  readonly couldHear: RawBuilder<boolean>;
  /** Within a transaction: waits for others that add or remove runs. Null where there is one writer anyway. */
  readonly lockStore: RawBuilder<unknown> | null;
  /** Ends a query whose runs are about to be changed: those that another transaction has taken are left out. */
  readonly lockRuns: RawBuilder<unknown> | null;
  /**
   * Runs `work`, again where the database was away or busy for a while; errors come out as `InputError`
   * or `WorkError` that say what to do.
   */
  attempt<T>(work: () => Promise<T>): Promise<T>;
  /** Copies everything beside itself before a migration, over nothing that is there; returns where to. */
  backup(label: string, within: Kysely<Tables>): Promise<string>;
  close(): Promise<void>;
}
