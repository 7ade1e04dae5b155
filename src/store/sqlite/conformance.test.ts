import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, suite, test } from 'node:test';
import { parseFilter } from '../filter.ts';
import { openStore } from '../open-store.ts';
import { attemptSuite } from '../test-attempt-conformance.ts';
import { conformanceSuite, type StorePlaces } from '../test-conformance.ts';
import { listSuite } from '../test-list-conformance.ts';
import { finishAll, plan } from '../test-runs.ts';

suite('the store on SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'undertone-store-'));
  let stores = 0;
  const fresh = async () => join(folder, `${++stores}.db`);
  const execute: StorePlaces['execute'] = async (place, text) => {
    const database = new DatabaseSync(place);
    database.exec(text);
    database.close();
  };
  conformanceSuite({ fresh, execute });
  attemptSuite({ fresh, execute });
  listSuite({ fresh, execute });

  test('the database of another program is refused, and left as it is', async () => {
    const place = await fresh();
    await execute(place, 'create table bookmarks (title text)');
    await assert.rejects(openStore(place), /database of another program, with the table bookmarks/);
    const database = new DatabaseSync(place);
    const tables = database.prepare('select name from sqlite_master').all();
    assert.deepEqual(
      tables.map(({ name }) => name),
      ['bookmarks'],
    );
    database.close();
  });

  test('a damaged row hides no other from a filter or an order', async () => {
    const place = await fresh();
    const store = await openStore(place);
    await store.putSweep(plan('a', [{ seed: 0 }, { seed: 1 }]));
    await finishAll(store, 'a');
    await execute(place, `update runs set settings = '{"mod', metrics = '{"te' where id = 1`);
    const { runs } = await store.listRuns({ filter: parseFilter('width=17'), sort: 'test' });
    assert.deepEqual(
      runs.map(({ id }) => id),
      [2],
    );
    assert.equal((await store.listRuns({ sort: 'test' })).damaged.length, 1);
    await store.close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
});
