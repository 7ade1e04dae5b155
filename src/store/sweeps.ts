/** Sweeps in a store: a file's runs, found or added, and how far they are. */
import { sql } from 'kysely';
import { InputError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import { givenBack } from './attempts.ts';
import { isLost, isWanted } from './conditions.ts';
import type { StoreDialect } from './dialect.ts';
import { runStatuses } from './filter.ts';
import { findOrAdd, keyedRuns } from './find-or-add.ts';
import type {
  PutSweepResult,
  RunStatus,
  SweepPlanRecord,
  SweepRecord,
  SweepRun,
  SweepState,
  SweepStatus,
} from './port.ts';
import { runRecords } from './records.ts';
import { type Connection, inParts, tagsOf } from './runs.ts';

export async function putSweep(
  dialect: StoreDialect,
  plan: SweepPlanRecord,
): Promise<PutSweepResult> {
  const { now } = dialect;
  const { name, filename, text } = plan;
  // Outside of the transaction, for it may take seconds.
  const keyed = keyedRuns(plan.runs.map(({ run }) => run));
  return await dialect.db.transaction().execute(async (change) => {
    if (dialect.lockStore !== null) await dialect.lockStore.execute(change);
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
    const { ids, added } = await findOrAdd(dialect, change, keyed);
    await change.deleteFrom('sweep_runs').where('sweep_id', '=', sweep.id).execute();
    // Two files with the same rows make one run, which is in the sweep once: at the first of its places.
    const first = new Map(ids.map((id, position) => [id, position] as const).toReversed());
    const members = [...first].map(([run_id, position]) => ({
      sweep_id: sweep.id,
      position,
      run_id,
      axes: JSON.stringify(plan.runs[position].axes),
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
  dialect: StoreDialect,
  id: number,
  state: SweepState,
): Promise<void> {
  const { db, now } = dialect;
  await db.transaction().execute(async (change) => {
    await change.updateTable('sweeps').set({ state, updated: now }).where('id', '=', id).execute();
    const members = await change
      .selectFrom('sweep_runs')
      .select('run_id')
      .where('sweep_id', '=', id)
      .execute();
    const ids = members.map(({ run_id }) => run_id);
    if (state === 'cancelled') {
      await stopUnwanted(change, ids);
      // Nobody would take these over any more.
      await change
        .updateTable('runs')
        .set(givenBack)
        .where(isLost(dialect))
        .where(sql<boolean>`not ${isWanted}`)
        .execute();
    }
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
  return await db.transaction().execute(async (change) => {
    const rows = await change
      .updateTable('runs')
      .set({
        status: 'queued',
        error: null,
        // From the beginning: what was kept on the way counts no more.
        ...(which === 'all' ? { step: 0, seconds: 0, hash: null } : {}),
      })
      .where(
        'id',
        'in',
        change.selectFrom('sweep_runs').select('run_id').where('sweep_id', '=', sweepId),
      )
      .where(
        'status',
        'in',
        which === 'failed' ? ['failed'] : ['failed', 'done', 'stopped', 'queued'],
      )
      .returning('id')
      .execute();
    const ids = rows.map(({ id }) => id);
    for (const part of which === 'all' ? inParts(ids) : []) {
      await change
        .deleteFrom('artifacts')
        .where('run_id', 'in', part)
        .where('kind', '=', 'checkpoint')
        .execute();
    }
    return ids.length;
  });
}
