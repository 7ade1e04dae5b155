import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import { findPostgres, startPostgres, type TestPostgres } from '../../../scripts/test-postgres.ts';
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
  after(() => server.remove());
});
