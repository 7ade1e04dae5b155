/** A store on a PostgreSQL server, for many machines at once. Its tables stand in a schema of their own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { InputError, WorkError } from '../../errors.ts';
import type { StoreDialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';

/** The schema that holds the store's tables. */
export const storeSchema = 'undertone';

/** How long work waits for a server that is away, such as one that is being restarted. */
const awayMilliseconds = 60_000;

/** 64-bit integers come as numbers: ids and times are far below 2^53. */
const int8 = 20;
const types = new pg.TypeOverrides();
types.setTypeParser(int8, Number);

/** @throws InputError for an address that is none, or a server that refuses. */
export async function openPostgres(url: string): Promise<StoreDialect> {
  const place = withoutPassword(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    types,
    // A worker whose connection is cut without a word notices by this.
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    options: `-c search_path=${storeSchema}`,
    application_name: 'undertone',
  });
  // A connection that dies while nobody uses it is replaced by the pool.
  pool.on('error', () => {});
  // One that dies between two statements of a transaction would end the process; the next statement tells.
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const json = (column: string, name: string) =>
    sql<string | null>`(${sql.ref(column)}::jsonb ->> ${name})`;
  const dialect: StoreDialect = {
    kind: 'postgres',
    place,
    db,
    types: {
      id: 'serial',
      bytes: 'bytea',
      time: 'bigint',
      real: 'double precision',
      clustered: null,
    },
    now: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
    // Booleans count as 1 and 0 and all else as null, as SQLite has them.
    jsonNumber: (column, name) =>
      sql<number | null>`(case jsonb_typeof(${sql.ref(column)}::jsonb -> ${name})
        when 'number' then ${json(column, name)}::double precision
        when 'boolean' then ${json(column, name)}::boolean::integer end)`,
    jsonText: json,
    lockRuns: sql`for update of runs skip locked`,
    async attempt(work) {
      const start = performance.now();
      for (let tries = 1; ; tries++) {
        try {
          return await work();
        } catch (error) {
          const isLate = performance.now() - start > awayMilliseconds;
          if (!(isAway(error) || isConflict(error)) || isLate) throw explain(place, error);
          await sleep(Math.min(2000, 50 * 2 ** tries) * (0.5 + Math.random() / 2));
        }
      }
    },
    async backup(label) {
      const schema = `${storeSchema}_before_${label.replaceAll(/\W/g, '_')}`;
      await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db);
      await sql`create schema ${sql.id(schema)}`.execute(db);
      const { rows } = await sql<{ name: string }>`
        select table_name as name from information_schema.tables where table_schema = ${storeSchema}`.execute(
        db,
      );
      for (const { name } of rows) {
        await sql`create table ${sql.id(schema, name)} as table ${sql.id(storeSchema, name)}`.execute(
          db,
        );
      }
      return `the schema ${schema}`;
    },
    close: () => db.destroy(),
  };
  try {
    await sql`create schema if not exists ${sql.id(storeSchema)}`.execute(db);
  } catch (error) {
    // Two programs that start at once may both find it missing; one of them is told so.
    if ((error as { code?: unknown }).code !== '23505') {
      await db.destroy();
      throw explainOpening(place, error);
    }
  }
  return dialect;
}

/** `postgres://user:secret@host/db` → `postgres://user@host/db`. @throws InputError */
export function withoutPassword(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new InputError(
      'The store is no address: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
    );
  }
  parsed.password = '';
  for (const name of ['password', 'sslpassword']) parsed.searchParams.delete(name);
  return parsed.toString();
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** The server can't be reached now, or has ended the connection: a restart, a failover, a cut cable. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code.startsWith('08') ||
    ['57P01', '57P02', '57P03', '53300'].includes(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EAI_AGAIN'].includes(code) ||
    (error instanceof Error &&
      /connection terminated|connection timeout|not queryable|client has encountered a connection error/i.test(
        error.message,
      ))
  );
}

/** Two transactions got in each other's way; one of them is to try again. */
function isConflict(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(error));
}

function explain(place: string, error: unknown): unknown {
  if (isAway(error)) {
    return new WorkError(
      `The store ${place} can't be reached (${(error as Error).message}); check that the server runs.`,
      { cause: error },
    );
  }
  if (codeOf(error) === '53100') {
    return new WorkError(
      `The store ${place} can't be written: the server's disk is full. What was written before is safe.`,
      { cause: error },
    );
  }
  return error;
}

function explainOpening(place: string, error: unknown): unknown {
  const message = (error as Error).message || codeOf(error);
  return new InputError(
    `The store ${place} can't be opened: ${message}. Check that the server runs, and address, user and password.`,
    { cause: error },
  );
}
