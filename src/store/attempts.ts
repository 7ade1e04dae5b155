/** Work on runs: who has it, whether they live, and what they write. Every write is fenced by its attempt. */
import { sql, type UpdateObject } from 'kysely';
import { WorkError } from '../errors.ts';
import type { MetricsRow } from '../train/metrics-row.ts';
import type { StoreDialect } from './dialect.ts';
import {
  type AttemptOf,
  type Claim,
  heartbeatLimit,
  type RunResult,
  StaleAttemptError,
} from './port.ts';
import { runRecord } from './records.ts';
import { type Connection, inParts, sha256, tagsOf } from './runs.ts';
import type { Tables } from './tables.ts';

/** Waits, or is in the hands of somebody who has given no sign of life. */
const isFree = (dialect: StoreDialect) =>
  sql<boolean>`(runs.status in ('queued', 'stopped') or ${isLost(dialect)})`;

/** In the hands of somebody who has given no sign of life. */
export const isLost = ({ now }: StoreDialect) =>
  sql<boolean>`(runs.status = 'running' and coalesce(runs.heartbeat, 0) < ${now} - ${sql.lit(heartbeatLimit)})`;

/** Some active sweep wants it. */
const isWanted = sql<boolean>`exists (select 1 from sweep_runs join sweeps on sweeps.id = sweep_runs.sweep_id
  where sweep_runs.run_id = runs.id and sweeps.state = 'active')`;

export async function claimNext(
  dialect: StoreDialect,
  sweepId: number,
  count: number,
  owner: string,
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

export async function heartbeat(
  { db, now }: StoreDialect,
  working: readonly (AttemptOf & { readonly step: number })[],
): Promise<number[]> {
  if (working.length === 0) return [];
  return await db.transaction().execute(async (change) => {
    const lost: number[] = [];
    for (const { id, attempt, step } of working) {
      const { numUpdatedRows } = await change
        .updateTable('runs')
        .set({ heartbeat: now, step })
        .where('id', '=', id)
        .where('attempt', '=', attempt)
        .where('status', '=', 'running')
        .executeTakeFirst();
      if (numUpdatedRows === 0n) lost.push(id);
    }
    const ids = working.map(({ id }) => id);
    const unwanted = await change
      .selectFrom('runs')
      .select('id')
      .where('id', 'in', ids)
      .where(sql<boolean>`not ${isWanted}`)
      .execute();
    return [...new Set([...lost, ...unwanted.map(({ id }) => id)])];
  });
}

export async function saveCheckpoint(
  { db, now }: StoreDialect,
  attempt: AttemptOf,
  step: number,
  bytes: Uint8Array,
  seconds: number,
): Promise<void> {
  await db.transaction().execute(async (change) => {
    await fenced(change, attempt, { step, heartbeat: now, seconds: sql`seconds + ${seconds}` });
    await putArtifact(change, attempt.id, 'checkpoint', bytes);
  });
}

export async function finish(
  { db, now }: StoreDialect,
  attempt: AttemptOf,
  result: RunResult,
): Promise<void> {
  const { id } = attempt;
  const { hash, series, model, extracted, made, seconds } = result;
  await db.transaction().execute(async (change) => {
    const last = series?.at(-1);
    const isNew = await fenced(
      change,
      attempt,
      {
        status: 'done',
        owner: null,
        heartbeat: null,
        finished: now,
        seconds: sql`seconds + ${seconds}`,
        hash,
        extracted: JSON.stringify(extracted),
        made: JSON.stringify(made),
        error: null,
        ...(last === undefined ? {} : { step: last.step, metrics: metricsJson(last) }),
      },
      hash,
    );
    if (!isNew) return;
    if (series !== null) await putSeries(change, id, series);
    if (model !== null) await putArtifact(change, id, 'model', model);
    await change
      .deleteFrom('artifacts')
      .where('run_id', '=', id)
      .where('kind', '=', 'checkpoint')
      .execute();
  });
}

export async function fail({ db }: StoreDialect, attempt: AttemptOf, error: string): Promise<void> {
  await fenced(db, attempt, { status: 'failed', owner: null, heartbeat: null, error });
}

export async function release(
  { db }: StoreDialect,
  attempts: readonly AttemptOf[],
  why?: string,
): Promise<void> {
  for (const { id, attempt } of attempts) {
    // Whoever has it now keeps it.
    await db
      .updateTable('runs')
      .set(why === undefined ? given : { ...given, error: why })
      .where('id', '=', id)
      .where('attempt', '=', attempt)
      .where('status', '=', 'running')
      .execute();
  }
}

export async function releaseOwners(
  { db }: StoreDialect,
  owners: readonly string[],
): Promise<void> {
  for (const part of inParts(owners)) {
    await db
      .updateTable('runs')
      .set(given)
      .where('owner', 'in', part)
      .where('status', '=', 'running')
      .execute();
  }
}

export async function owners({ db }: StoreDialect): Promise<string[]> {
  const rows = await db
    .selectFrom('runs')
    .select('owner')
    .distinct()
    .where('status', '=', 'running')
    .execute();
  return rows.flatMap(({ owner }) => (owner === null ? [] : [owner]));
}

/** A run that nobody works on: it waits, or was stopped where it had begun. */
export const given = {
  status: sql<string>`case when step > 0 then 'stopped' else 'queued' end`,
  owner: null,
  heartbeat: null,
};

/**
 * Changes a run that this attempt works on.
 * @param hash of a result: where the same attempt has written it already (and never heard that it had), nothing is
 *   changed and false returned.
 * @throws StaleAttemptError where another attempt has it, or nobody.
 */
async function fenced(
  db: Connection,
  { id, attempt }: AttemptOf,
  change: UpdateObject<Tables, 'runs'>,
  hash?: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('runs')
    .set(change)
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('status', '=', 'running')
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return true;
  const row = await db
    .selectFrom('runs')
    .select(['name', 'attempt', 'status', 'hash'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (
    row?.attempt === attempt &&
    row.status === 'done' &&
    hash !== undefined &&
    row.hash === hash
  ) {
    return false;
  }
  throw new StaleAttemptError(
    row === undefined
      ? 'The run was deleted while it was being worked on; what came of it is not written.'
      : `The run ${row.name} is in other hands: this was attempt ${attempt}, it is at attempt ${row.attempt} (${row.status}); what came of it here is not written.`,
  );
}

async function putArtifact(
  db: Connection,
  run_id: number,
  kind: string,
  bytes: Uint8Array,
): Promise<void> {
  const content = { sha256: sha256(bytes), bytes };
  await db
    .insertInto('artifacts')
    .values({ run_id, kind, ...content })
    .onConflict((conflict) => conflict.columns(['run_id', 'kind']).doUpdateSet(content))
    .execute();
}

async function putSeries(
  db: Connection,
  run_id: number,
  series: readonly MetricsRow[],
): Promise<void> {
  await db.deleteFrom('metric_rows').where('run_id', '=', run_id).execute();
  const rows = series.map((row): Tables['metric_rows'] => ({
    run_id,
    step: row.step,
    loss: finite(row.loss),
    clean_train: row.cleanTrain,
    noisy_train: row.noisyTrain,
    noisy_true: row.noisyTrue,
    validation: row.validation,
    test: row.test,
  }));
  for (const part of inParts(rows)) await db.insertInto('metric_rows').values(part).execute();
}

function metricsJson({ step, loss, ...row }: MetricsRow): string {
  const { cleanTrain, noisyTrain, noisyTrue, validation, test } = row;
  const accuracies = { cleanTrain, noisyTrain, noisyTrue, validation, test };
  return JSON.stringify({ step, loss: finite(loss), ...accuracies });
}

/** Neither JSON nor a column has a NaN. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
