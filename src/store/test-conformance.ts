/** What every store must do: one suite, run over SQLite and over PostgreSQL. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseFilter } from './filter.ts';
import { openStore } from './open-store.ts';
import type { Store, WantedRun } from './port.ts';
import { claimAll, finishAll, hashOf, plan, resultOf, wanted } from './test-runs.ts';

export interface StorePlaces {
  /** Place of a new, empty store. */
  readonly fresh: () => Promise<string>;
  /** Runs SQL on the store at a place, behind its back. */
  readonly execute: (place: string, text: string) => Promise<void>;
  /** Waits until the store has been there long enough to miss signs of life. */
  readonly settled?: () => Promise<void>;
}

export function conformanceSuite({ fresh: place }: StorePlaces): void {
  const stores: Store[] = [];
  const open = async (where: string) => {
    const store = await openStore(where);
    stores.push(store);
    return store;
  };
  const fresh = async () => open(await place());
  after(async () => {
    for (const store of stores) await store.close();
  });

  test('a run is found by its settings and seed, not added again', async () => {
    const store = await fresh();
    const first = await store.putSweep(plan('a', [{ seed: 0 }, { seed: 1 }]));
    assert.deepEqual([first.added, first.found, first.dropped], [2, 0, 0]);
    const second = await store.putSweep(plan('b', [{ seed: 1 }, { seed: 2 }]));
    assert.deepEqual([second.added, second.found], [1, 1]);
    assert.equal((await store.listRuns()).total, 3);
    // Another file of rows is another run; where the file lies is not.
    const rows = (dataset: string, csv: string): WantedRun => ({
      ...wanted({ dataset }),
      dataset: csv,
    });
    const from = await store.putSweep({
      ...plan('c', []),
      runs: [rows('x.csv', '1'), rows('y.csv', '1'), rows('x.csv', '2')].map((run) => ({
        run,
        axes: {},
      })),
    });
    assert.equal(from.added, 2);
  });

  test('names, keys and hashes address a run; an unknown one names the nearest', async () => {
    const store = await fresh();
    await store.putSweep(plan('a', [{ seed: 0 }, { seed: 1 }]));
    const {
      runs: [run],
    } = await store.listRuns();
    assert.match(run.name, /^[a-z]+-[a-z]+-\d+$/);
    assert.equal((await store.findRun(run.name)).id, run.id);
    assert.equal((await store.findRun(run.key.slice(0, 12))).id, run.id);
    await finishAll(store, 'a');
    assert.equal((await store.findRun(hashOf(run.settings.seed).slice(0, 10))).id, run.id);
    await assert.rejects(store.findRun(`${run.name}x`), new RegExp(`nearest: ${run.name}`));
  });

  test('a sweep that changes keeps what is there, adds what is new, lets go what it dropped', async () => {
    const store = await fresh();
    const { sweep } = await store.putSweep(plan('a', [{ seed: 0 }, { seed: 1 }]));
    await finishAll(store, 'a', 1);
    const changed = await store.putSweep(plan('a', [{ seed: 2 }, { seed: 0 }]));
    assert.equal(changed.sweep.id, sweep.id);
    assert.deepEqual([changed.added, changed.found, changed.dropped], [1, 1, 1]);
    const { runs } = await store.sweepRuns(sweep.id);
    assert.deepEqual(
      runs.map(({ run, axes }) => [run.settings.seed, axes.seed, run.status]),
      [
        [2, 2, 'queued'],
        [0, 0, 'done'],
      ],
    );
    const { runs: all } = await store.listRuns({ filter: parseFilter('seed=1') });
    assert.deepEqual(
      all.map(({ status }) => status),
      ['stopped'],
    );
  });

  test('a deleted run takes all of it along; one that is worked on is refused', async () => {
    const store = await fresh();
    const { sweep } = await store.putSweep({
      ...plan('a', [{ seed: 0 }]),
      runs: [
        { run: { ...wanted({ seed: 0, dataset: 'x.csv' }), dataset: 'rows' }, axes: {} },
        { run: wanted({ seed: 1 }), axes: {} },
      ],
    });
    const [first, second] = await claimAll(store, 'a');
    assert.equal(first.dataset, 'rows');
    await store.finish(first.run, resultOf(0));
    await assert.rejects(store.deleteRuns([second.run.id]), /being worked on/);
    const { datasetHash } = first.run;
    assert.equal(await store.dataset(datasetHash as string), 'rows');
    await store.deleteRuns([first.run.id]);
    assert.equal(await store.artifact(first.run.id, 'model'), null);
    assert.deepEqual((await store.series([first.run.id])).get(first.run.id), []);
    assert.equal(await store.dataset(datasetHash as string), null);
    assert.equal((await store.sweepRuns(sweep.id)).runs.length, 1);
    await assert.rejects(
      store.saveCheckpoint({ id: 999, attempt: 1 }, 1, new Uint8Array(1), 0),
      /deleted/,
    );
  });

  test('a run made elsewhere is put in once', async () => {
    const store = await fresh();
    const run = await store.importRun(wanted({ seed: 5 }), resultOf(5));
    assert.equal(run.status, 'done');
    assert.equal(run.hash, resultOf(5).hash);
    const again = await store.importRun(wanted({ seed: 5 }), resultOf(6));
    assert.equal(again.id, run.id);
    assert.equal(again.hash, run.hash);
  });

  test('a store of a newer version is refused, one of an older is copied and changed', async () => {
    const where = await place();
    const store = await open(where);
    await store.putSweep(plan('a', [{ seed: 0 }]));
    const { migrations } = await import('./migrations/index.ts');
    const next = {
      name: '9999-next',
      up: async (db: Parameters<(typeof migrations)[0]['up']>[0]) => {
        await db.schema.alterTable('runs').addColumn('extra', 'text').execute();
      },
    };
    const notices: string[] = [];
    const newer = await openStore(where, {
      migrations: [...migrations, next],
      onBackup: (text) => notices.push(text),
    });
    assert.equal((await newer.listRuns()).total, 1);
    await newer.close();
    assert.equal(notices.length, 1);
    assert.match(notices[0], /copied to .*9999/);
    await assert.rejects(openStore(where), /made by a newer version.*9999-next/);
  });

  test('two files with the same rows make one run, which is the sweep’s once', async () => {
    const store = await fresh();
    const { sweep, added, found } = await store.putSweep({
      ...plan('a', []),
      runs: ['x.csv', 'y.csv'].map((dataset) => ({
        run: { ...wanted({ dataset }), dataset: 'rows' },
        axes: { dataset },
      })),
    });
    assert.deepEqual([added, found], [1, 0]);
    assert.equal((await store.sweepRuns(sweep.id)).runs.length, 1);
    assert.equal((await claimAll(store, 'a')).length, 1);
  });

  test('several programs that ask for the same runs at once get each once, with all that they ask', async () => {
    const where = await place();
    const stores = await Promise.all([1, 2, 3].map(() => open(where)));
    const names = ['scan', 'raw', 'triad-filtration'];
    await Promise.all(
      stores.map((store, i) =>
        store.putSweep({
          ...plan(`s${i}`, []),
          runs: [0, 1, 2].map((seed) => ({
            run: { ...wanted({ seed }), extract: [names[i]] },
            axes: { seed },
          })),
        }),
      ),
    );
    const { runs } = await stores[0].listRuns();
    assert.equal(runs.length, 3);
    for (const { extract } of runs) assert.deepEqual(extract.toSorted(), names.toSorted());
  });
}
