import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { findPostgres, startPostgres, type TestPostgres } from '../../../scripts/test-postgres.ts';
import { migrations } from '../migrations/index.ts';
import { openStore } from '../open-store.ts';
import { heartbeatLimit } from '../port.ts';
import { attemptSuite } from '../test-attempt-conformance.ts';
import { conformanceSuite, type StorePlaces } from '../test-conformance.ts';
import { listSuite } from '../test-list-conformance.ts';
import { plan } from '../test-runs.ts';
import { openPostgres } from './open.ts';

const skip = findPostgres() === null && 'PostgreSQL is not on this machine';

suite('the store on PostgreSQL', { skip }, () => {
  let server: TestPostgres;
  before(async () => {
    server = await startPostgres();
    started = performance.now();
  });
  const fresh = () => server.createDatabase();
  const execute: StorePlaces['execute'] = async (place, text) => {
    const client = new pg.Client({ connectionString: place });
    await client.connect();
    await client.query(`set search_path = undertone; ${text}`);
    await client.end();
  };
  let started = 0;
  const settled = () =>
    sleep(Math.max(0, heartbeatLimit + 500 - (performance.now() - started))).then(() => {});
  conformanceSuite({ fresh, execute, settled });
  attemptSuite({ fresh, execute, settled });
  listSuite({ fresh, execute });

  test('programs that open a new or an older store at once all get it, with one copy of the older', async () => {
    const place = await fresh();
    const open = (options = {}) => Promise.all([1, 2, 3, 4].map(() => openStore(place, options)));
    for (const store of await open()) await store.close();
    const notices: string[] = [];
    const next = {
      name: '9999-next',
      up: async (db: Parameters<(typeof migrations)[0]['up']>[0]) => {
        await db.schema.alterTable('runs').addColumn('extra', 'text').execute();
      },
    };
    for (const store of await open({
      migrations: [...migrations, next],
      onBackup: (text: string) => notices.push(text),
    })) {
      await store.close();
    }
    assert.equal(notices.length, 1, notices.join());
  });

  test('options in the address are kept beside our own; who may not make a schema can use one', async () => {
    const place = await fresh();
    const store = await openStore(`${place}?options=-c%20statement_timeout%3D50000`);
    await store.putSweep(plan('a', [{ seed: 0 }]));
    await store.close();
    await execute(
      place,
      `create role reader login; grant usage on schema undertone to reader;
       grant all on all tables in schema undertone to reader;
       revoke create on database ${new URL(place).pathname.slice(1)} from public`,
    );
    const reader = await openStore(place.replace('//undertone_owner@', '//reader@'));
    assert.equal((await reader.listRuns()).total, 1);
    await reader.close();
  });

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
  after(() => server.remove());
});
