/** Runs found by what decides their weights, or added. */
import { sql } from 'kysely';
import type { StoreDialect } from './dialect.ts';
import type { WantedRun } from './port.ts';
import { runIdentities, runName } from './run-identity.ts';
import { type Connection, inParts } from './runs.ts';

/** A run that is wanted, with its content address. */
export interface KeyedRun extends WantedRun {
  readonly key: string;
  readonly datasetHash: string | null;
}

export function keyedRuns(wanted: readonly WantedRun[]): KeyedRun[] {
  const identify = runIdentities();
  return wanted.map((run) => ({ ...run, ...identify(run) }));
}

/** Ids of these runs in their order; those that the store hasn't are added. */
export async function findOrAdd(
  { now }: StoreDialect,
  db: Connection,
  keyed: readonly KeyedRun[],
): Promise<{ ids: number[]; added: number }> {
  const datasets = new Map(
    keyed.flatMap(({ dataset, datasetHash: hash }) =>
      dataset === null || hash === null ? [] : [[hash, dataset]],
    ),
  );
  for (const [hash, csv] of datasets) {
    await db
      .insertInto('datasets')
      .values({ hash, csv })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const known = await byKey(
    db,
    keyed.map(({ key }) => key),
  );
  for (const run of keyed) {
    const row = known.get(run.key);
    if (row !== undefined) known.set(run.key, await extend(db, row, run));
  }
  const ids = new Map([...known].map(([key, { id }]) => [key, id]));
  let missing = [...new Map(keyed.map((run) => [run.key, run])).values()].filter(
    ({ key }) => !known.has(key),
  );
  // A name may be taken; another one is tried for those.
  for (let attempt = 0; missing.length > 0; attempt++) {
    const rows = missing.map(({ key, settings, datasetHash, measureEvery, extract, keep }) => ({
      key,
      name: runName(key, attempt),
      status: 'queued',
      settings: JSON.stringify(settings),
      dataset: datasetHash,
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

/** A run that is there, but from which more is wanted than before: one that is done waits again. Returns it as it is now. */
async function extend(db: Connection, row: KnownRun, wanted: WantedRun): Promise<KnownRun> {
  const before = parsedList(row.extract);
  const more = wanted.extract.filter((name) => !before.includes(name));
  // Weights that weren't kept have to be trained again.
  const isLost = wanted.keep === 'weights' && row.keep === 'metrics';
  if (more.length === 0 && !isLost && row.archived === 0) return row;
  const isMore = more.length > 0 || isLost;
  const extract = JSON.stringify([...before, ...more]);
  const keep = isLost ? 'weights' : row.keep;
  await db
    .updateTable('runs')
    .set({
      extract,
      keep,
      archived: 0,
      ...(isMore ? { status: sql`case when status = 'done' then 'queued' else status end` } : {}),
    })
    .where('id', '=', row.id)
    .execute();
  return { ...row, extract, keep, archived: 0 };
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
