/** Who gets which run: a claim makes a new attempt, and no run is given to two. */
import { sql } from 'kysely';
import { WorkError } from '../errors.ts';
import { isFree, isWanted } from './conditions.ts';
import type { StoreDialect } from './dialect.ts';
import type { Claim } from './port.ts';
import { runRecord } from './records.ts';
import { type Connection, sha256, tagsOf } from './runs.ts';

export async function claimNext(
  dialect: StoreDialect,
  sweepId: number,
  count: number,
  owner: string,
  except: readonly number[] = [],
): Promise<Claim[]> {
  return await dialect.db.transaction().execute(async (change) => {
    const query = change
      .selectFrom('runs')
      .innerJoin('sweep_runs', 'sweep_runs.run_id', 'runs.id')
      .innerJoin('sweeps', 'sweeps.id', 'sweep_runs.sweep_id')
      .select('runs.id')
      .where('sweep_runs.sweep_id', '=', sweepId)
      .where('sweeps.state', '=', 'active')
      .where(isFree(dialect))
      .$if(except.length > 0, (some) => some.where('runs.id', 'not in', except))
      .orderBy('sweep_runs.position')
      .limit(count);
    const rows = await (dialect.lockRuns === null
      ? query
      : query.modifyEnd(dialect.lockRuns)
    ).execute();
    return await take(
      dialect,
      change,
      rows.map(({ id }) => id),
      owner,
    );
  });
}

export async function claimRun(
  dialect: StoreDialect,
  id: number,
  owner: string,
): Promise<Claim | null> {
  return await dialect.db.transaction().execute(async (change) => {
    const query = change
      .selectFrom('runs')
      .select('runs.id')
      .where('runs.id', '=', id)
      .where(isFree(dialect))
      .where(isWanted);
    const rows = await (dialect.lockRuns === null
      ? query
      : query.modifyEnd(dialect.lockRuns)
    ).execute();
    const [claim] = await take(
      dialect,
      change,
      rows.map((row) => row.id),
      owner,
    );
    return claim ?? null;
  });
}

/** Makes a new attempt of each; a row that is damaged is marked as failed instead. */
async function take(
  { now }: StoreDialect,
  db: Connection,
  ids: readonly number[],
  owner: string,
): Promise<Claim[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .updateTable('runs')
    .set({
      status: 'running',
      attempt: sql`attempt + 1`,
      owner,
      heartbeat: now,
      started: sql`coalesce(started, ${now})`,
      error: null,
    })
    .where('id', 'in', ids)
    .returningAll()
    .execute();
  const tags = await tagsOf(db, ids);
  const artifacts = await db
    .selectFrom('artifacts')
    .selectAll()
    .where('run_id', 'in', ids)
    .execute();
  const hashes = rows.flatMap(({ dataset }) => (dataset === null ? [] : [dataset]));
  const datasets =
    hashes.length === 0
      ? []
      : await db.selectFrom('datasets').selectAll().where('hash', 'in', hashes).execute();
  const claims: Claim[] = [];
  for (const id of ids) {
    const row = rows.find((one) => one.id === id);
    if (row === undefined) continue;
    // Damage to what can be made again only costs the time to make it.
    const bytesOf = (kind: string) => {
      const found = artifacts.find((one) => one.run_id === id && one.kind === kind);
      if (found === undefined) return null;
      const bytes = new Uint8Array(found.bytes);
      return sha256(bytes) === found.sha256 ? bytes : null;
    };
    try {
      const run = runRecord(row, tags.get(id) ?? []);
      const csv = datasets.find(({ hash }) => hash === row.dataset)?.csv ?? null;
      if (row.dataset !== null && csv === null) {
        throw new WorkError(`The rows that the run ${run.name} trains on are not in the store.`);
      }
      const isTrained = run.hash !== null && run.step === run.settings.steps;
      claims.push({
        run,
        dataset: csv,
        checkpoint: bytesOf('checkpoint'),
        model: isTrained ? bytesOf('model') : null,
      });
    } catch (error) {
      if (!(error instanceof WorkError)) throw error;
      await db
        .updateTable('runs')
        .set({ status: 'failed', error: error.message, owner: null, heartbeat: null })
        .where('id', '=', id)
        .execute();
    }
  }
  return claims;
}
