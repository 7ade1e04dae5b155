import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite } from 'node:test';
import { conformanceSuite } from '../test-conformance.ts';

suite('the store on SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'undertone-store-'));
  let stores = 0;
  conformanceSuite(async () => join(folder, `${++stores}.db`));
  after(() => rmSync(folder, { recursive: true, force: true }));
});
