/** What every store must do when it lists: filters, order, pages; run over SQLite and over PostgreSQL. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseFilter } from './filter.ts';
import { openStore } from './open-store.ts';
import type { Store } from './port.ts';
import type { StorePlaces } from './test-conformance.ts';
import { finishAll, hashOf, plan } from './test-runs.ts';

export function listSuite({ fresh: place }: StorePlaces): void {
  const stores: Store[] = [];
  const fresh = async () => {
    const store = await openStore(await place());
    stores.push(store);
    return store;
  };
  after(async () => {
    for (const store of stores) await store.close();
  });

  test('filters find by settings, metrics, status, tags, sweeps and times', async () => {
    const store = await fresh();
    await store.putSweep(
      plan('first', [
        { seed: 0, width: 33, noiseRatio: 0.8, optimizer: 'sgd' },
        { seed: 1, width: 513, noiseRatio: 0.8 },
        { seed: 2, width: 1025, noiseRatio: 0, tied: true, batchSize: 10 },
      ]),
    );
    await store.putSweep(plan('second', [{ seed: 3, width: 33 }]));
    await finishAll(store, 'first', 2);
    const { runs } = await store.listRuns();
    await store.tag([runs[0].id, runs[1].id], ['keep', 'paper']);
    await store.tag([runs[0].id], ['paper'], true);
    await store.note(runs[0].id, 'the first');
    const seeds = async (text: string) =>
      (await store.listRuns({ filter: parseFilter(text) })).runs.map(
        ({ settings }) => settings.seed,
      );
    const cases: [string, number[]][] = [
      ['', [0, 1, 2, 3]],
      ['width>=513', [1, 2]],
      ['width>=513 noiseRatio=0.8', [1]],
      ['width=33,1025', [0, 2, 3]],
      ['width!=33,1025', [1]],
      ['tied=true', [2]],
      ['tied=false', [0, 1, 3]],
      ['batchSize=none', [0, 1, 3]],
      ['batchSize!=none', [2]],
      ['batchSize=10', [2]],
      ['optimizer=sgd', [0]],
      ['optimizer!=sgd', [1, 2, 3]],
      ['task~AD', [0, 1, 2, 3]],
      ['status=done', [0, 1]],
      ['status!=done,failed', [2, 3]],
      ['test>0.5', [1]],
      ['test<=0.5', [0]],
      ['test=none', [2, 3]],
      ['test!=none', [0, 1]],
      ['test!=1', [0, 2, 3]],
      ['tag=paper', [1]],
      ['tag=keep,none', [0, 1, 2, 3]],
      ['tag!=keep', [2, 3]],
      ['tag~PAP', [1]],
      ['sweep=first', [0, 1, 2]],
      ['sweep!=first', [3]],
      ['sweep=none', []],
      ['created>=2020-01-01', [0, 1, 2, 3]],
      ['created<2020-01-01', []],
      ['created!=2020-01-01', [0, 1, 2, 3]],
      [`hash=${hashOf(1).slice(0, 8)}`, [1]],
      [`hash!=${hashOf(1).slice(0, 8)}`, [0, 2, 3]],
      [`name=${runs[3].name}`, [3]],
      ['name~%', []],
      ['loss=cross-entropy', [0, 1, 2, 3]],
      ['loss<1', [0, 1]],
    ];
    for (const [text, expected] of cases) assert.deepEqual(await seeds(text), expected, text);
    const first = await store.findRun(runs[0].name);
    assert.deepEqual([first.tags, first.note], [['keep'], 'the first']);
  });

  test('lists are sorted, cut, and leave out the archive', async () => {
    const store = await fresh();
    await store.putSweep(plan('a', [{ seed: 0 }, { seed: 1 }, { seed: 2 }]));
    await finishAll(store, 'a', 2);
    const seeds = async (query: Parameters<Store['listRuns']>[0]) => {
      const { runs, total } = await store.listRuns(query);
      return [runs.map(({ settings }) => settings.seed), total];
    };
    assert.deepEqual(await seeds({ sort: 'test', descending: true }), [[1, 0, 2], 3]);
    assert.deepEqual(await seeds({ sort: 'test' }), [[0, 1, 2], 3]);
    assert.deepEqual(await seeds({ descending: true, limit: 1 }), [[2], 3]);
    assert.deepEqual(await seeds({ offset: 1 }), [[1, 2], 3]);
    const { runs } = await store.listRuns();
    await store.archive([runs[1].id], true);
    assert.deepEqual(await seeds({}), [[0, 2], 2]);
    assert.deepEqual(await seeds({ archived: true }), [[0, 1, 2], 3]);
    // Whoever asks for a run again takes it out of the archive.
    await store.putSweep(plan('b', [{ seed: 1 }]));
    assert.deepEqual(await seeds({}), [[0, 1, 2], 3]);
  });
}
