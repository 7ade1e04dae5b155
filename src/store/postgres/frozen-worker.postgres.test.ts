import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import { findPostgres, startPostgres, type TestPostgres } from '../../../scripts/test-postgres.ts';
import { completeSettings } from '../../train/settings.ts';
import { openStore } from '../open-store.ts';
import { releaseLost } from '../waiting.ts';
import { openPostgres } from './open.ts';

const skip = findPostgres() === null && 'PostgreSQL is not on this machine';

suite('runs of lost workers', { skip }, () => {
  let server: TestPostgres;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.remove());

  test('a worker that froze in the middle of a write holds up no run but its own', async () => {
    const url = await server.createDatabase();
    const store = await openStore(url);
    const frozen = await openPostgres(url);
    // As of a server that has been up for long.
    const other = { ...frozen, couldHear: sql<boolean>`true` };
    const { sweep } = await store.putSweep({
      name: 'a',
      filename: 'a.yaml',
      text: '',
      runs: [0, 1].map((seed) => ({
        run: {
          settings: completeSettings({ modulus: 11, width: 17, steps: 20, seed }),
          dataset: null,
          measureEvery: null,
          extract: [],
          keep: 'weights',
        },
        axes: {},
      })),
    });
    const [first, second] = await store.claimNext(sweep.id, 2, 'w');
    await sql`update runs set heartbeat = 0`.execute(frozen.db);
    await frozen.db.transaction().execute(async (change) => {
      await sql`update runs set step = 1 where id = ${first.run.id}`.execute(change);
      assert.deepEqual(await releaseLost(other), [second.run.id]);
    });
    assert.deepEqual(await releaseLost(other), [first.run.id]);
    assert.equal((await store.findRun(first.run.name)).status, 'stopped');
    await frozen.close();
    await store.close();
  });
});
