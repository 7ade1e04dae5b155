/** A store on a PostgreSQL server, for many machines at once. Its tables stand in a schema of their own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { InputError, WorkError } from '../../errors.ts';
import type { StoreDialect } from '../dialect.ts';
import { withoutPassword } from '../place.ts';
import { heartbeatLimit } from '../port.ts';
import type { Tables } from '../tables.ts';

/** The schema that holds the store's tables. */
const storeSchema = 'undertone';

/** How long work waits for a server that is away, such as one that is being restarted. */
const awayMilliseconds = 60_000;
/** The same when it is opened: a server that starts together with its workers, say. */
const openingMilliseconds = 15_000;

/** 64-bit integers come as numbers: ids and times are far below 2^53. */
const int8 = 20;
/** JSON comes as text, as it does from SQLite: it is parsed and checked in one place. */
const jsonb = 3802;
const types = new pg.TypeOverrides();
types.setTypeParser(int8, Number);
types.setTypeParser(jsonb, String);

/** @throws InputError for an address that is none, or a server that refuses. */
export async function openPostgres(url: string): Promise<StoreDialect> {
  const place = withoutPassword(url);
  const pool = new pg.Pool({
    connectionString: withOptions(url),
    max: 8,
    types,
    // A machine that is gone, or a cable that is cut, is noticed from either end within half a minute.
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
    query_timeout: 60_000,
    idle_in_transaction_session_timeout: 15_000,
    connectionTimeoutMillis: 10_000,
    application_name: 'undertone',
  });
  // A connection that dies while nobody uses it is replaced by the pool.
  pool.on('error', () => {});
  // One that dies between two statements of a transaction would end the process; the next statement tells.
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const json = (column: string, name: string) =>
    sql<string | null>`(${sql.ref(column)} ->> ${name})`;
  const dialect: StoreDialect = {
    kind: 'postgres',
    place,
    db,
    types: {
      id: 'serial',
      bytes: 'bytea',
      time: 'bigint',
      real: 'double precision',
      json: 'jsonb',
      clustered: null,
    },
    now: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
    // Booleans count as 1 and 0 and all else as null, as SQLite has them.
    jsonNumber: (column, name) =>
      sql<number | null>`(case jsonb_typeof(${sql.ref(column)} -> ${name})
        when 'number' then ${json(column, name)}::double precision
        when 'boolean' then ${json(column, name)}::boolean::integer end)`,
    jsonText: json,
    // After a restart everybody's signs are late, through no fault of theirs.
    couldHear: sql<boolean>`pg_postmaster_start_time() < clock_timestamp() - interval '${sql.raw(String(heartbeatLimit))} milliseconds'`,
    lockStore: sql`select pg_advisory_xact_lock(hashtext('undertone_runs'))`,
    lockRuns: sql`for update of runs skip locked`,
    async exists(name, within = db) {
      const { rows } = await sql<{
        found: boolean;
      }>`select to_regclass(${name}) is not null as found`.execute(within);
      return rows[0].found;
    },
    attempt: (work) =>
      waitFor(awayMilliseconds, work).catch((error: unknown) => {
        throw explain(place, error);
      }),
    async backup(label, within) {
      const schema = `${storeSchema}_before_${label.replaceAll(/\W/g, '_')}_${Date.now()}`;
      const { rows } = await sql<{ name: string }>`
        select table_name as name from information_schema.tables where table_schema = ${storeSchema}`.execute(
        within,
      );
      const tables = rows.map(({ name }) => name);
      // Nobody writes until the copy is whole and the change is made.
      await sql`lock table ${sql.join(tables.map((name) => sql.id(storeSchema, name)))} in share mode`.execute(
        within,
      );
      await sql`create schema ${sql.id(schema)}`.execute(within);
      for (const name of tables) {
        await sql`create table ${sql.id(schema, name)} as table ${sql.id(storeSchema, name)}`.execute(
          within,
        );
      }
      return `the schema ${schema}`;
    },
    close: () => db.destroy(),
  };
  try {
    await waitFor(openingMilliseconds, () => openSchema(db, place));
  } catch (error) {
    await db.destroy();
    throw error instanceof InputError ? error : explainOpening(place, error);
  }
  return dialect;
}

/** Makes the schema where it isn't there: who may not make one can still use it. */
async function openSchema(db: Kysely<Tables>, place: string): Promise<void> {
  const { rows } = await sql<{
    found: boolean;
  }>`select to_regnamespace(${storeSchema}) is not null as found`.execute(db);
  if (!rows[0].found) {
    await sql`create schema if not exists ${sql.id(storeSchema)}`
      .execute(db)
      .catch((error: unknown) => {
        // Two programs that start at once may both find it missing; one of them is told so.
        if (codeOf(error) !== '23505') throw error;
      });
  }
  const current = await sql<{ name: string | null }>`select current_schema() as name`.execute(db);
  if (current.rows[0].name !== storeSchema) {
    throw new InputError(
      `The store ${place} can't be used through this connection: its search_path is not kept, as with some poolers. Give the address of the server itself.`,
    );
  }
}

/** The address with what every connection is set to; options that stand in it are kept. */
function withOptions(url: string): string {
  const parsed = new URL(url);
  const given = parsed.searchParams.get('options');
  const own = `-c search_path=${storeSchema} -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3`;
  parsed.searchParams.set('options', given === null ? own : `${given} ${own}`);
  return parsed.toString();
}

/** Runs `work` again while the server is away, or two programs are in each other's way. */
async function waitFor<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const isLate = performance.now() - start > milliseconds;
      if (!(isAway(error) || isConflict(error)) || isLate) throw error;
      await sleep(Math.min(2000, 50 * 2 ** tries) * (0.5 + Math.random() / 2));
    }
  }
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

const networkCodes =
  'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT ENOENT EAI_AGAIN EHOSTUNREACH ENETUNREACH ENETDOWN ENOTFOUND'.split(
    ' ',
  );

/** The server can't be reached now, or has ended the connection: a restart, a failover, a cut cable. */
function isAway(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code.startsWith('08') ||
    ['57P01', '57P02', '57P03', '57P05', '57014', '25P03', '53200', '53300', '55P03'].includes(
      code,
    ) ||
    networkCodes.includes(code) ||
    (error instanceof Error &&
      /connection terminated|connection timeout|query read timeout|timeout exceeded when trying to connect|not queryable|client has encountered a connection error/i.test(
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
      `The store ${place} can't be reached (${(error as Error).message || codeOf(error)}); check that the server runs.`,
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
