/** Runs in a store: found, listed, read, marked, removed. */
import { createHash } from 'node:crypto';
import { type Selectable, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import { InputError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import { isLost } from './conditions.ts';
import type { StoreDialect } from './dialect.ts';
import { filterCondition } from './filter-query.ts';
import {
  type ArtifactKind,
  DamageError,
  type FinalMetrics,
  type RunList,
  type RunQuery,
  type RunRecord,
} from './port.ts';
import { runRecord, runRecords } from './records.ts';
import type { RunsTable, Tables } from './tables.ts';

export type Connection = StoreDialect['db'] | Transaction<Tables>;

/** Parameters of one query are limited, in SQLite to 32,766. */
const atOnce = 1000;

/** The list in parts that fit into one query. */
export function* inParts<T>(list: readonly T[], size = atOnce): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}

/** Tags by run, alphabetically. */
export async function tagsOf(
  db: Connection,
  ids: readonly number[],
): Promise<Map<number, string[]>> {
  const tags = new Map<number, string[]>();
  // Most stores have few tags: of many runs all are read, whosever they are.
  if (ids.length > atOnce) {
    const wanted = new Set(ids);
    for (const { run_id, tag } of await db
      .selectFrom('tags')
      .selectAll()
      .orderBy('tag')
      .execute()) {
      if (wanted.has(run_id)) tags.set(run_id, [...(tags.get(run_id) ?? []), tag]);
    }
    return tags;
  }
  for (const part of inParts(ids)) {
    const rows = await db
      .selectFrom('tags')
      .selectAll()
      .where('run_id', 'in', part)
      .orderBy('tag')
      .execute();
    for (const { run_id, tag } of rows) tags.set(run_id, [...(tags.get(run_id) ?? []), tag]);
  }
  return tags;
}

export async function findRun(dialect: StoreDialect, wanted: string): Promise<RunRecord> {
  const row = await findRow(dialect, wanted);
  return runRecord(row, (await tagsOf(dialect.db, [row.id])).get(row.id) ?? []);
}

export async function findRunId(
  dialect: StoreDialect,
  wanted: string,
): Promise<{ id: number; name: string }> {
  const { id, name } = await findRow(dialect, wanted);
  return { id, name };
}

async function findRow(
  { db, place }: StoreDialect,
  wanted: string,
): Promise<Selectable<RunsTable>> {
  const named = await db.selectFrom('runs').selectAll().where('name', '=', wanted).execute();
  let rows: Selectable<RunsTable>[] = named;
  if (rows.length === 0 && /^[0-9a-f]{6,64}$/i.test(wanted)) {
    const start = `${wanted.toLowerCase()}%`;
    rows = await db
      .selectFrom('runs')
      .selectAll()
      .where((where) => where.or([where('key', 'like', start), where('hash', 'like', start)]))
      .limit(3)
      .execute();
  }
  if (rows.length === 0) {
    const names = await db.selectFrom('runs').select('name').execute();
    const nearest = nearestName(
      wanted,
      names.map(({ name }) => name),
    );
    throw new InputError(
      `There is no run ${wanted} in the store ${place}${nearest === null ? '' : ` (nearest: ${nearest})`}; npx undertone runs lists them.`,
    );
  }
  if (rows.length > 1) {
    throw new InputError(
      `${wanted} is the beginning of several runs (${rows.map(({ name }) => name).join(', ')}, …); give more of it, or a name.`,
    );
  }
  return rows[0];
}

export async function listRuns(dialect: StoreDialect, query: RunQuery): Promise<RunList> {
  const { db } = dialect;
  const { filter = [], archived = false, sort = 'created', limit, offset = 0 } = query;
  const condition = filterCondition(dialect, filter);
  const passing = <O>(from: SelectQueryBuilder<Tables, 'runs', O>) => {
    const kept = archived ? from : from.where('archived', '=', 0);
    return condition === null ? kept : kept.where(condition);
  };
  const direction = (query.descending ?? false) ? 'desc' : 'asc';
  const by = sort === 'test' ? dialect.jsonNumber('runs.metrics', 'test') : sql.ref(`runs.${sort}`);
  const inOrder = <O>(from: SelectQueryBuilder<Tables, 'runs', O>) => {
    // Runs without a value come last, whichever way; where all have one an index can serve. The id settles ties.
    const isNullable = sort === 'test' || sort === 'finished';
    const known = isNullable ? from.orderBy(sql`case when ${by} is null then 1 else 0 end`) : from;
    return known.orderBy(sql`${by} ${sql.raw(direction)}`).orderBy('runs.id', direction);
  };
  const whole = db.selectFrom('runs').selectAll('runs');
  if (limit === undefined && offset === 0) {
    const rows = await inOrder(passing(whole)).execute();
    return { ...(await recordsOf(db, rows)), total: rows.length };
  }
  const most = limit ?? 2 ** 31 - 1;
  if (condition === null) {
    const { total } = await passing(db.selectFrom('runs'))
      .select(({ fn }) => fn.countAll().as('total'))
      .executeTakeFirstOrThrow();
    const rows = await inOrder(passing(whole)).limit(most).offset(offset).execute();
    return { ...(await recordsOf(db, rows)), total: Number(total) };
  }
  // A filter reads JSON in every row: it is asked once, for ids alone.
  const found = await inOrder(passing(db.selectFrom('runs').select('runs.id'))).execute();
  const ids = found.slice(offset, offset + most).map(({ id }) => id);
  const byId = new Map<number, Selectable<RunsTable>>();
  for (const part of inParts(ids)) {
    for (const row of await whole.where('id', 'in', part).execute()) byId.set(row.id, row);
  }
  const rows = ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
  return { ...(await recordsOf(db, rows)), total: found.length };
}

async function recordsOf(db: Connection, rows: readonly Selectable<RunsTable>[]) {
  const tags = await tagsOf(
    db,
    rows.map(({ id }) => id),
  );
  return runRecords(rows, tags);
}

export async function seriesOf(
  { db }: StoreDialect,
  ids: readonly number[],
): Promise<Map<number, FinalMetrics[]>> {
  const series = new Map<number, FinalMetrics[]>(ids.map((id) => [id, []]));
  for (const part of inParts(ids)) {
    const rows = await db
      .selectFrom('metric_rows')
      .selectAll()
      .where('run_id', 'in', part)
      .orderBy('run_id')
      .orderBy('step')
      .execute();
    for (const row of rows) {
      series.get(row.run_id)?.push({
        step: row.step,
        loss: row.loss ?? Number.NaN,
        cleanTrain: row.clean_train,
        noisyTrain: row.noisy_train,
        noisyTrue: row.noisy_true,
        validation: row.validation,
        test: row.test,
      });
    }
  }
  return series;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export async function artifactOf(
  { db, place }: StoreDialect,
  id: number,
  kind: ArtifactKind,
): Promise<Uint8Array | null> {
  const row = await db
    .selectFrom('artifacts')
    .innerJoin('runs', 'runs.id', 'artifacts.run_id')
    .select(['bytes', 'sha256', 'name'])
    .where('run_id', '=', id)
    .where('artifacts.kind', '=', kind)
    .executeTakeFirst();
  if (row === undefined) return null;
  const bytes = new Uint8Array(row.bytes);
  if (sha256(bytes) !== row.sha256) {
    throw new DamageError(
      `The ${kind} of the run ${row.name} is damaged in the store ${place}: its bytes aren't those that were written. Run it again with: npx undertone sweep FILE --force`,
    );
  }
  return bytes;
}

export async function changeTags(
  { db }: StoreDialect,
  ids: readonly number[],
  tags: readonly string[],
  remove: boolean,
): Promise<void> {
  await db.transaction().execute(async (change) => {
    for (const part of inParts(ids, 500)) {
      if (remove) {
        await change
          .deleteFrom('tags')
          .where('run_id', 'in', part)
          .where('tag', 'in', tags)
          .execute();
        continue;
      }
      for (const tag of tags) {
        await change
          .insertInto('tags')
          .values(part.map((run_id) => ({ run_id, tag })))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    }
  });
}

export async function deleteRuns(dialect: StoreDialect, ids: readonly number[]): Promise<void> {
  await dialect.db.transaction().execute(async (change) => {
    // Whoever adds a run is about to need its rows.
    if (dialect.lockStore !== null) await dialect.lockStore.execute(change);
    for (const part of inParts(ids)) {
      const busy = await change
        .selectFrom('runs')
        .select('name')
        .where('id', 'in', part)
        .where('status', '=', 'running')
        .where(sql<boolean>`not ${isLost(dialect)}`)
        .executeTakeFirst();
      if (busy !== undefined) {
        throw new InputError(
          `The run ${busy.name} is being worked on; stop its sweep first, with: npx undertone sweep cancel NAME`,
        );
      }
      await change.deleteFrom('runs').where('id', 'in', part).execute();
    }
    // Rows that no run names any more.
    await change
      .deleteFrom('datasets')
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom('runs')
              .select('runs.id')
              .whereRef('runs.dataset', '=', 'datasets.hash'),
          ),
        ),
      )
      .execute();
  });
}
