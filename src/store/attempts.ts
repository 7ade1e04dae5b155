/** Work on runs: signs of life, and what comes of it. Every write is fenced by its attempt. */
import { sql, type Transaction, type UpdateObject } from 'kysely';
import type { MetricsRow } from '../train/metrics-row.ts';
import { isWanted } from './conditions.ts';
import type { StoreDialect } from './dialect.ts';
import { type AttemptOf, type FinishedRun, type RunResult, StaleAttemptError } from './port.ts';
import { type Connection, inParts, sha256 } from './runs.ts';
import type { Tables } from './tables.ts';

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
  dialect: StoreDialect,
  run: FinishedRun,
  result: RunResult,
): Promise<void> {
  await dialect.db
    .transaction()
    .execute((change) => finishWithin(change, dialect.now, run, result));
}

/** `finish` as a part of a transaction. */
export async function finishWithin(
  change: Transaction<Tables>,
  now: StoreDialect['now'],
  run: FinishedRun,
  { hash, series, model, extracted, made, seconds }: RunResult,
): Promise<void> {
  const last = series?.at(-1);
  const isNew = await fenced(
    change,
    run,
    {
      // Somebody may have asked for more meanwhile: then it waits, and the weights are at hand.
      status: sql<string>`case when extract = ${JSON.stringify(run.extract)} and keep = ${run.keep}
        then 'done' else 'queued' end`,
      owner: null,
      heartbeat: null,
      seconds: sql`seconds + ${seconds}`,
      hash,
      extracted: JSON.stringify(extracted),
      error: null,
      ...(last === undefined
        ? {}
        : {
            step: last.step,
            metrics: metricsJson(last),
            finished: now,
            made: JSON.stringify(made),
          }),
    },
    hash,
  );
  if (!isNew) return;
  if (series !== null) await putSeries(change, run.id, series);
  if (model !== null) await putArtifact(change, run.id, 'model', model);
  await change
    .deleteFrom('artifacts')
    .where('run_id', '=', run.id)
    .where('kind', '=', 'checkpoint')
    .execute();
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
      .set(why === undefined ? givenBack : { ...givenBack, error: why })
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
      .set(givenBack)
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

/** A run that nobody works on any more: it waits, or was stopped, where it had begun or no sweep wants it. */
export const givenBack = {
  status: sql<string>`case when step > 0 or not ${isWanted} then 'stopped' else 'queued' end`,
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
  if (row?.attempt === attempt && hash !== undefined && row.hash === hash) {
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
