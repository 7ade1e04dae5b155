/** A store in one file: `node:sqlite` with a write-ahead log, so several processes read and write at once. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, type SqliteDatabase, SqliteDialect, sql } from 'kysely';
import { InputError, WorkError } from '../../errors.ts';
import { makeFolders } from '../../format/make-folders.ts';
import type { StoreDialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';

/** How long a writer waits for another one: at most so long at a stretch, for that stops the whole thread. */
const busyMilliseconds = 30_000;
const stretchMilliseconds = 40;

/** @throws InputError where the file is no database, or can't be opened. */
export function openSqlite(path: string): StoreDialect {
  const file = resolve(path);
  let database: DatabaseSync;
  try {
    if (!existsSync(file)) makeFolders(dirname(file));
    database = new DatabaseSync(file);
    refuseForeign(database, path);
    // Two programs may open it for the first time at once.
    database.exec('pragma busy_timeout = 5000');
    database.exec('pragma journal_mode = wal');
    // Every commit is on the disk before it counts: a finished run survives a power cut.
    database.exec('pragma synchronous = full');
    database.exec('pragma foreign_keys = on');
    database.exec('pragma cache_size = -65536');
    database.exec(`pragma busy_timeout = ${stretchMilliseconds}`);
  } catch (error) {
    if (error instanceof InputError || error instanceof WorkError) throw error;
    throw explain(path, error);
  }
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: asKysely(database) }) });
  const json = (column: string, name: string) =>
    sql<never>`case when json_valid(${sql.ref(column)}) then json_extract(${sql.ref(column)}, ${`$."${name}"`}) end`;
  return {
    kind: 'sqlite',
    place: path,
    db,
    types: {
      id: 'integer',
      bytes: 'blob',
      time: 'integer',
      real: 'real',
      json: 'text',
      clustered: sql`without rowid`,
    },
    now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
    jsonNumber: json,
    jsonText: json,
    // The file is on this machine: whoever lives reaches it.
    couldHear: sql<boolean>`true`,
    // One writer at a time: the rows are its own.
    lockStore: null,
    lockRuns: null,
    async exists(name, within = db) {
      const { rows } = await sql`select 1 from sqlite_master where name = ${name}`.execute(within);
      return rows.length > 0;
    },
    async attempt(work) {
      const start = performance.now();
      for (;;) {
        try {
          return await work();
        } catch (error) {
          const isLate = performance.now() - start > busyMilliseconds;
          if (!isBusy(error) || isLate) throw explain(path, error);
          await sleep(10 + 40 * Math.random());
        }
      }
    },
    async backup(label, within) {
      const copy = `${path}.before-${label}-${Date.now()}`;
      await sql`vacuum into ${copy}`.execute(within);
      return copy;
    },
    close: () => db.destroy(),
  };
}

/** Another program's database is left as it is. */
function refuseForeign(database: DatabaseSync, path: string): void {
  const names = database
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .all()
    .map(({ name }) => String(name));
  if (names.length === 0 || names.includes('undertone_schema')) return;
  database.close();
  throw new InputError(
    `${path} is no store but a database of another program, with the table ${names[0]}. Choose another file with --store.`,
  );
}

/** `node:sqlite` as Kysely wants a database. */
function asKysely(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, ReturnType<typeof prepare>>();
  const prepare = (text: string) => {
    // A transaction here writes: it takes the right to at once, for one that has read can't get it later.
    const statement = database.prepare(text === 'begin' ? 'begin immediate' : text);
    return {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => statement.all(...(parameters as SQLInputValue[])),
      run: (parameters: readonly unknown[]) => statement.run(...(parameters as SQLInputValue[])),
      iterate: (parameters: readonly unknown[]) =>
        statement.iterate(...(parameters as SQLInputValue[])),
    };
  };
  return {
    close: () => database.close(),
    prepare(text) {
      // A full disk ends a transaction by itself; the reason is to be heard, not that there is nothing to undo.
      if (text === 'rollback' && !database.isTransaction) text = 'select 1';
      const known = prepared.get(text);
      if (known !== undefined) return known;
      const statement = prepare(text);
      if (prepared.size < 200) prepared.set(text, statement);
      return statement;
    },
  };
}

const codes = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
};

function codeOf(error: unknown): number | null {
  const code = (error as { readonly errcode?: unknown } | null)?.errcode;
  // The low byte is the primary code.
  return typeof code === 'number' ? code & 0xff : null;
}

function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code === codes.busy || code === codes.locked;
}

/** An error of SQLite in words that say what to do; all others as they are. */
function explain(path: string, error: unknown): unknown {
  const because = { cause: error };
  switch (codeOf(error)) {
    case codes.full:
      return new WorkError(
        `The store ${path} can't be written: the disk is full. Free some space; what was written before is safe.`,
        because,
      );
    case codes.busy:
    case codes.locked:
      return new WorkError(
        `The store ${path} was in use by another program for too long; try again.`,
        because,
      );
    case codes.io:
      return new WorkError(
        `The store ${path} can't be read or written: ${(error as Error).message}. Check the disk.`,
        because,
      );
    case codes.readOnly:
      return new WorkError(
        `The store ${path} is read-only; check the permissions of the file and its folder.`,
        because,
      );
    case codes.corrupt:
      return new InputError(
        `The store ${path} is damaged: ${(error as Error).message}. Restore a copy, or save what can be read with: sqlite3 ${path} .recover`,
        because,
      );
    case codes.cantOpen:
      return new InputError(
        `The store ${path} can't be opened; check the path and its permissions.`,
        because,
      );
    case codes.notADatabase:
      return new InputError(
        `${path} is no store: expected an SQLite database. Choose another file with --store.`,
        because,
      );
    default:
      return error;
  }
}
