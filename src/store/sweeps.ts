/** Sweeps in a store: a file's runs, found or added, and how far they are. */
import { sql } from 'kysely';
import { InputError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import type { StoreDialect } from './dialect.ts';
import { runStatuses } from './filter.ts';
import type {
  PutSweepResult,
  RunStatus,
  SweepPlanRecord,
  SweepRecord,
  SweepRun,
  SweepState,
  SweepStatus,
  WantedRun,
} from './port.ts';
import { runRecords } from './records.ts';
import { datasetHash, runKey, runName } from './run-identity.ts';
import { type Connection, inParts, tagsOf } from './runs.ts';

export async function putSweep(
  dialect: StoreDialect,
  plan: SweepPlanRecord,
): Promise<PutSweepResult> {
  const { now } = dialect;
  const { name, filename, text } = plan;
  return await dialect.db.transaction().execute(async (change) => {
    // First: whoever changes the same sweep waits here.
    const sweep = await change
      .insertInto('sweeps')
      .values({ name, filename, text, state: 'active', created: now, updated: now })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet({ filename, text, updated: now }),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    const before = await change
      .selectFrom('sweep_runs')
      .select('run_id')
      .where('sweep_id', '=', sweep.id)
      .execute();
    const wanted = plan.runs.map(({ run }) => run);
    const { ids, added } = await findOrAdd(dialect, change, wanted);
    await change.deleteFrom('sweep_runs').where('sweep_id', '=', sweep.id).execute();
    const members = plan.runs.map(({ axes }, position) => ({
      sweep_id: sweep.id,
      position,
      run_id: ids[position],
      axes: JSON.stringify(axes),
    }));
    for (const part of inParts(members)) {
      await change.insertInto('sweep_runs').values(part).execute();
    }
    const kept = new Set(ids);
    const dropped = before.map(({ run_id }) => run_id).filter((id) => !kept.has(id));
    await stopUnwanted(change, dropped);
    return {
      sweep: sweep as SweepRecord,
      added,
      found: new Set(ids).size - added,
      dropped: dropped.length,
    };
  });
}

/** Ids of these runs in their order; those that the store hasn't are added. */
export async function findOrAdd(
  { now }: StoreDialect,
  db: Connection,
  wanted: readonly WantedRun[],
): Promise<{ ids: number[]; added: number }> {
  const keyed = wanted.map((run) => ({ ...run, key: runKey(run) }));
  const known = await byKey(
    db,
    keyed.map(({ key }) => key),
  );
  let missing = keyed.filter(({ key }) => !known.has(key));
  const datasets = new Map(
    missing.flatMap(({ dataset }) => (dataset === null ? [] : [[datasetHash(dataset), dataset]])),
  );
  for (const [hash, csv] of datasets) {
    await db
      .insertInto('datasets')
      .values({ hash, csv })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const ids = new Map([...known].map(([key, { id }]) => [key, id]));
  // A name may be taken; another one is tried for those.
  for (let attempt = 0; missing.length > 0; attempt++) {
    const rows = missing.map(({ key, settings, dataset, measureEvery, extract, keep }) => ({
      key,
      name: runName(key, attempt),
      status: 'queued',
      settings: JSON.stringify(settings),
      dataset: dataset === null ? null : datasetHash(dataset),
      measure_every: measureEvery,
      extract: JSON.stringify(extract),
      keep,
      attempt: 0,
      step: 0,
      seconds: 0,
      created: now,
      note: '',
      archived: 0,
    }));
    for (const part of inParts(rows)) {
      await db
        .insertInto('runs')
        .values(part)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    const found = await byKey(
      db,
      missing.map(({ key }) => key),
    );
    for (const [key, { id }] of found) ids.set(key, id);
    missing = missing.filter(({ key }) => !found.has(key));
  }
  for (const run of keyed) {
    const row = known.get(run.key);
    if (row !== undefined) await extend(db, row, run);
  }
  return {
    ids: keyed.map(({ key }) => ids.get(key) as number),
    added: ids.size - known.size,
  };
}

interface KnownRun {
  readonly id: number;
  readonly status: string;
  readonly extract: string;
  readonly keep: string;
  readonly archived: number;
}

async function byKey(db: Connection, keys: readonly string[]): Promise<Map<string, KnownRun>> {
  const found = new Map<string, KnownRun>();
  for (const part of inParts(keys)) {
    const rows = await db
      .selectFrom('runs')
      .select(['id', 'key', 'status', 'extract', 'keep', 'archived'])
      .where('key', 'in', part)
      .execute();
    for (const { key, ...row } of rows) found.set(key, row);
  }
  return found;
}

/** A run that is there, but from which more is wanted than before, waits again. */
async function extend(db: Connection, row: KnownRun, wanted: WantedRun): Promise<void> {
  const before = parsedList(row.extract);
  const more = wanted.extract.filter((name) => !before.includes(name));
  // Weights that weren't kept have to be trained again.
  const isLost = wanted.keep === 'weights' && row.keep === 'metrics';
  if (more.length === 0 && !isLost && row.archived === 0) return;
  const isRunAgain = (more.length > 0 || isLost) && row.status === 'done';
  await db
    .updateTable('runs')
    .set({
      extract: JSON.stringify([...before, ...more]),
      archived: 0,
      ...(isLost ? { keep: 'weights', step: 0 } : {}),
      ...(isRunAgain ? { status: 'queued' } : {}),
    })
    .where('id', '=', row.id)
    .execute();
}

function parsedList(text: string): string[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    // A damaged row; reading the run names it.
    return [];
  }
}

/** Waiting runs that no sweep wants any more are stopped. */
async function stopUnwanted(db: Connection, ids: readonly number[]): Promise<void> {
  for (const part of inParts(ids)) {
    await db
      .updateTable('runs')
      .set({ status: 'stopped' })
      .where('id', 'in', part)
      .where('status', '=', 'queued')
      .where(
        sql<boolean>`not exists (select 1 from sweep_runs join sweeps on sweeps.id = sweep_runs.sweep_id
          where sweep_runs.run_id = runs.id and sweeps.state <> 'cancelled')`,
      )
      .execute();
  }
}

export async function findSweep({ db, place }: StoreDialect, name: string): Promise<SweepRecord> {
  const row = await db.selectFrom('sweeps').selectAll().where('name', '=', name).executeTakeFirst();
  if (row !== undefined) return row as SweepRecord;
  const names = (await db.selectFrom('sweeps').select('name').orderBy('updated').execute()).map(
    (sweep) => sweep.name,
  );
  const nearest = nearestName(name, names);
  const hint =
    names.length === 0
      ? 'it has none yet'
      : nearest === null
        ? `it has ${names.slice(-5).join(', ')}`
        : `did you mean ${nearest}?`;
  throw new InputError(`There is no sweep ${name} in the store ${place}: ${hint}.`);
}

export async function listSweeps(dialect: StoreDialect): Promise<SweepStatus[]> {
  const { db } = dialect;
  const sweeps = await db.selectFrom('sweeps').selectAll().orderBy('created').execute();
  const rows = await db
    .selectFrom('sweep_runs')
    .innerJoin('runs', 'runs.id', 'sweep_runs.run_id')
    .select(['sweep_id', 'status'])
    .select(({ fn }) => fn.countAll().as('count'))
    .groupBy(['sweep_id', 'status'])
    .execute();
  return sweeps.map((sweep) => {
    const counts = Object.fromEntries(runStatuses.map((status) => [status, 0])) as Record<
      RunStatus,
      number
    >;
    for (const { sweep_id, status, count } of rows) {
      if (sweep_id === sweep.id && Object.hasOwn(counts, status)) {
        counts[status as RunStatus] = Number(count);
      }
    }
    return { ...(sweep as SweepRecord), counts };
  });
}

export async function sweepRuns(
  { db }: StoreDialect,
  id: number,
): Promise<{ runs: SweepRun[]; damaged: string[] }> {
  const members = await db
    .selectFrom('sweep_runs')
    .selectAll()
    .where('sweep_id', '=', id)
    .orderBy('position')
    .execute();
  const rows = await db
    .selectFrom('runs')
    .selectAll()
    .where('id', 'in', db.selectFrom('sweep_runs').select('run_id').where('sweep_id', '=', id))
    .execute();
  const tags = await tagsOf(
    db,
    rows.map((row) => row.id),
  );
  const { runs, damaged } = runRecords(rows, tags);
  const byId = new Map(runs.map((run) => [run.id, run]));
  return {
    runs: members.flatMap(({ run_id, axes }) => {
      const run = byId.get(run_id);
      return run === undefined ? [] : [{ run, axes: parsedAxes(axes) }];
    }),
    damaged,
  };
}

function parsedAxes(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export async function setSweepState(
  { db, now }: StoreDialect,
  id: number,
  state: SweepState,
): Promise<void> {
  await db.transaction().execute(async (change) => {
    await change.updateTable('sweeps').set({ state, updated: now }).where('id', '=', id).execute();
    const members = await change
      .selectFrom('sweep_runs')
      .select('run_id')
      .where('sweep_id', '=', id)
      .execute();
    const ids = members.map(({ run_id }) => run_id);
    if (state === 'cancelled') await stopUnwanted(change, ids);
    if (state !== 'active') return;
    for (const part of inParts(ids)) {
      await change
        .updateTable('runs')
        .set({ status: 'queued' })
        .where('id', 'in', part)
        .where('status', '=', 'stopped')
        .execute();
    }
  });
}

export async function requeue(
  { db }: StoreDialect,
  sweepId: number,
  which: 'failed' | 'all',
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('runs')
    .set({ status: 'queued', error: null, ...(which === 'all' ? { step: 0 } : {}) })
    .where('id', 'in', db.selectFrom('sweep_runs').select('run_id').where('sweep_id', '=', sweepId))
    .where('status', 'in', which === 'failed' ? ['failed'] : ['failed', 'done', 'stopped'])
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
