import { InputError } from '../errors.ts';
import * as attempts from './attempts.ts';
import * as claims from './claims.ts';
import type { StoreDialect } from './dialect.ts';
import { importRun } from './import-run.ts';
import { migrate } from './migrate.ts';
import type { StoreMigration } from './migrations/migration.ts';
import { isServer } from './place.ts';
import type { Store } from './port.ts';
import * as runs from './runs.ts';
import { openSqlite } from './sqlite/open.ts';
import * as sweeps from './sweeps.ts';
import { releaseLost, waiting } from './waiting.ts';

export interface OpenStoreOptions {
  /** Gets a sentence where an older store was copied before it was changed. */
  readonly onBackup?: (notice: string) => void;
  /** Schema steps; those of this program by default. */
  readonly migrations?: readonly StoreMigration[];
}

/**
 * Opens the store at `place`, the path of a file or `postgres://…`; it is made where it isn't there yet.
 * @throws InputError where it can't be opened, is none, or was made by a newer version.
 */
export async function openStore(place: string, options: OpenStoreOptions = {}): Promise<Store> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(place) && !isServer(place)) {
    throw new InputError(
      `Expected a store in a file or at postgres://…, got an address of another kind, ${place.split(':')[0]}://….`,
    );
  }
  const dialect = isServer(place) ? await openServer(place) : openSqlite(place);
  try {
    await migrate(dialect, options.onBackup ?? (() => {}), options.migrations);
  } catch (error) {
    await dialect.close();
    throw error;
  }
  return storeOf(dialect);
}

/** Loads the driver only where a server is asked for. */
async function openServer(url: string): Promise<StoreDialect> {
  const { openPostgres } = await import('./postgres/open.ts');
  return await openPostgres(url);
}

/** The store over a database that is up to date. */
export function storeOf(dialect: StoreDialect): Store {
  const { db } = dialect;
  /** Every operation waits out a store that is busy or away. */
  const on =
    <Arguments extends unknown[], Result>(
      work: (dialect: StoreDialect, ...given: Arguments) => Promise<Result>,
    ) =>
    (...given: Arguments) =>
      dialect.attempt(() => work(dialect, ...given));
  const update = (ids: readonly number[], change: { note?: string; archived?: number }) =>
    dialect.attempt(async () => {
      for (const part of runs.inParts(ids)) {
        await db.updateTable('runs').set(change).where('id', 'in', part).execute();
      }
    });
  return {
    kind: dialect.kind,
    place: dialect.place,
    findRun: on(runs.findRun),
    findRunId: on(runs.findRunId),
    listRuns: (query = {}) => dialect.attempt(() => runs.listRuns(dialect, query)),
    series: on(runs.seriesOf),
    artifact: on(runs.artifactOf),
    dataset: (hash) =>
      dialect.attempt(async () => {
        const row = await db
          .selectFrom('datasets')
          .select('csv')
          .where('hash', '=', hash)
          .executeTakeFirst();
        return row?.csv ?? null;
      }),
    importRun: on(importRun),
    tag: (ids, tags, remove = false) =>
      dialect.attempt(() => runs.changeTags(dialect, ids, tags, remove)),
    note: (id, text) => update([id], { note: text }),
    archive: (ids, archived) => update(ids, { archived: archived ? 1 : 0 }),
    deleteRuns: on(runs.deleteRuns),
    putSweep: on(sweeps.putSweep),
    findSweep: on(sweeps.findSweep),
    listSweeps: on(sweeps.listSweeps),
    sweepStatus: async (name) => {
      const { id } = await dialect.attempt(() => sweeps.findSweep(dialect, name));
      const all = await dialect.attempt(() => sweeps.listSweeps(dialect));
      return all.find((sweep) => sweep.id === id) as (typeof all)[number];
    },
    sweepRuns: on(sweeps.sweepRuns),
    setSweepState: on(sweeps.setSweepState),
    requeue: on(sweeps.requeue),
    claimNext: on(claims.claimNext),
    claimRun: on(claims.claimRun),
    heartbeat: on(attempts.heartbeat),
    saveCheckpoint: on(attempts.saveCheckpoint),
    finish: on(attempts.finish),
    fail: on(attempts.fail),
    release: on(attempts.release),
    releaseOwners: on(attempts.releaseOwners),
    owners: on(attempts.owners),
    releaseLost: on(releaseLost),
    waiting: (of = {}) => dialect.attempt(() => waiting(dialect, of)),
    close: () => dialect.close(),
  };
}
