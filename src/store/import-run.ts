/** A finished run that was made outside of the store, such as by `undertone train`. */
import { sql } from 'kysely';
import { finish } from './attempts.ts';
import type { StoreDialect } from './dialect.ts';
import type { RunRecord, RunResult, WantedRun } from './port.ts';
import { runRecord } from './records.ts';
import { tagsOf } from './runs.ts';
import { findOrAdd } from './sweeps.ts';

/** Puts in a run that was made elsewhere; one that is done already stays as it is. */
export async function importRun(
  dialect: StoreDialect,
  wanted: WantedRun,
  result: RunResult,
): Promise<RunRecord> {
  const { db, now } = dialect;
  const id = await db.transaction().execute(async (change) => {
    const { ids } = await findOrAdd(dialect, change, [wanted]);
    return ids[0];
  });
  const row = await db
    .updateTable('runs')
    .set({
      status: 'running',
      attempt: sql`attempt + 1`,
      heartbeat: now,
      started: sql`coalesce(started, ${now})`,
    })
    .where('id', '=', id)
    .where('status', 'in', ['queued', 'stopped', 'failed'])
    .returning('attempt')
    .executeTakeFirst();
  if (row !== undefined) await finish(dialect, { id, attempt: row.attempt }, result);
  const record = await db
    .selectFrom('runs')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return runRecord(record, (await tagsOf(db, [id])).get(id) ?? []);
}
