import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import { findPostgres, startPostgres, type TestPostgres } from '../../../scripts/test-postgres.ts';
import { completeSettings } from '../../train/settings.ts';
import { openStore } from '../open-store.ts';
import { conformanceSuite } from '../test-conformance.ts';
import { openPostgres } from './open.ts';

const skip = findPostgres() === null && 'PostgreSQL is not on this machine';

suite('the store on PostgreSQL', { skip }, () => {
  let server: TestPostgres;
  before(async () => {
    server = await startPostgres();
  });
  conformanceSuite(() => server.createDatabase());

  test('a server that dies between two statements ends the transaction, not the program', async () => {
    const dialect = await openPostgres(await server.createDatabase());
    const ask = sql<{ answer: number }>`select 1 as answer`;
    await assert.rejects(
      dialect.db.transaction().execute(async (change) => {
        await ask.execute(change);
        await server.stop('immediate');
        await ask.execute(change);
      }),
    );
    await server.start();
    const { rows } = await dialect.attempt(() => ask.execute(dialect.db));
    assert.deepEqual(rows, [{ answer: 1 }]);
    await dialect.close();
  });

  test('a worker that freezes within a transaction holds nobody up, and not its run for ever', async () => {
    const url = await server.createDatabase();
    const store = await openStore(url);
    const frozen = await openPostgres(url);
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
    const claims = await store.claimNext(sweep.id, 2, 'w');
    const longAgo = sql`update runs set heartbeat = 0`;
    await longAgo.execute(frozen.db);
    await frozen.db.transaction().execute(async (change) => {
      await sql`update runs set step = 1 where id = ${claims[0].run.id}`.execute(change);
      const { rows } = await sql<{
        limit: string;
      }>`select current_setting('idle_in_transaction_session_timeout') as limit`.execute(change);
      assert.equal(rows[0].limit, '10s');
      assert.deepEqual(await store.releaseLost(), [claims[1].run.id]);
    });
    assert.deepEqual(await store.releaseLost(), [claims[0].run.id]);
    await frozen.close();
    await store.close();
  });
  after(() => server.remove());
});
