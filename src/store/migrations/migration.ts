import type { Kysely } from 'kysely';
import type { ColumnTypes } from '../dialect.ts';

/** One step of a store's schema. */
export interface StoreMigration {
  readonly name: string;
  /** The tables of its own time: it doesn't know those of today. */
  readonly up: (db: Kysely<never>, types: ColumnTypes) => Promise<void>;
}
