/** A finished run that was made outside of the store, such as by `undertone train`. */
import { sql } from 'kysely';
import { finishWithin } from './attempts.ts';
import type { StoreDialect } from './dialect.ts';
import { findOrAdd, keyedRuns } from './find-or-add.ts';
import type { RunRecord, RunResult, WantedRun } from './port.ts';
import { runRecord } from './records.ts';
import { tagsOf } from './runs.ts';

/** Puts in a run that was made elsewhere; one that is done already stays as it is. */
export async function importRun(
  dialect: StoreDialect,
  wanted: WantedRun,
  result: RunResult,
): Promise<RunRecord> {
  const { db, now } = dialect;
  const keyed = keyedRuns([wanted]);
  const id = await db.transaction().execute(async (change) => {
    if (dialect.lockStore !== null) await dialect.lockStore.execute(change);
    const { ids } = await findOrAdd(dialect, change, keyed);
    const row = await change
      .updateTable('runs')
      .set({
        status: 'running',
        attempt: sql`attempt + 1`,
        heartbeat: now,
        started: sql`coalesce(started, ${now})`,
      })
      .where('id', '=', ids[0])
      .where('status', 'in', ['queued', 'stopped', 'failed'])
      .returning(['id', 'attempt'])
      .executeTakeFirst();
    if (row !== undefined) await finishWithin(change, now, { ...wanted, ...row }, result);
    return ids[0];
  });
  const record = await db
    .selectFrom('runs')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return runRecord(record, (await tagsOf(db, [id])).get(id) ?? []);
}
