import { after, before, suite } from 'node:test';
import { findPostgres, startPostgres, type TestPostgres } from '../../../scripts/test-postgres.ts';
import { conformanceSuite } from '../test-conformance.ts';

const skip = findPostgres() === null && 'PostgreSQL is not on this machine';

suite('the store on PostgreSQL', { skip }, () => {
  let server: TestPostgres;
  before(async () => {
    server = await startPostgres();
  });
  conformanceSuite(() => server.createDatabase());
  after(() => server.remove());
});
