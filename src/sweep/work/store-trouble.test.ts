/** A sweep whose store is in trouble: a full disk, a damaged row, damaged bytes. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { migrate } from '../../store/migrate.ts';
import { storeOf } from '../../store/open-store.ts';
import { openSqlite } from '../../store/sqlite/open.ts';
import { completeSettings } from '../../train/settings.ts';
import { openWorkerPool } from '../worker-pool.ts';
import { runSweep, type SweepEvent } from './run-sweep.ts';

const folder = mkdtempSync(join(tmpdir(), 'undertone-trouble-'));
const pool = openWorkerPool({ workers: 2 });
after(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A store with a sweep of `count` tiny runs. */
async function prepared(name: string, count: number) {
  const path = join(folder, name);
  const dialect = openSqlite(path);
  await migrate(dialect, () => {});
  const store = storeOf(dialect);
  const { sweep } = await store.putSweep({
    name: 'tiny',
    filename: 'tiny.yaml',
    text: '',
    runs: Array.from({ length: count }, (_, seed) => ({
      run: {
        settings: completeSettings({ modulus: 13, width: 65, steps: 20, seed }),
        dataset: null,
        measureEvery: null,
        extract: [],
        keep: 'weights',
      },
      axes: { seed },
    })),
  });
  const pages = async (most: number) => {
    await sql`pragma max_page_count = ${sql.lit(most)}`.execute(dialect.db);
  };
  const run = async (onEvent: (event: SweepEvent) => void = () => {}) =>
    runSweep({
      store,
      sweepId: sweep.id,
      pool,
      signal: new AbortController().signal,
      onEvent,
    });
  return { path, dialect, store, sweep, pages, run };
}

test('on a full disk a run is marked and waits; with space again it is retried, and nothing else is harmed', async () => {
  const { store, sweep, pages, run, dialect } = await prepared('full.db', 6);
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(dialect.db);
  const full = rows[0].page_count + 12;
  await pages(full);
  const troubles: string[] = [];
  let freed = false;
  await run((event) => {
    if (event.kind !== 'trouble') return;
    troubles.push(event.message);
    if (troubles.length < 2 || freed) return;
    freed = true;
    void pages(1_000_000);
  });
  assert.ok(troubles.length >= 2);
  assert.match(troubles[0], /the disk is full\. Free some space; what was written before is safe/);
  const { runs } = await store.sweepRuns(sweep.id);
  assert.deepEqual([...new Set(runs.map(({ run: { status } }) => status))], ['done']);
  assert.ok(runs.some(({ run: { attempt } }) => attempt > 1));
  for (const { run: one } of runs) assert.notEqual(await store.artifact(one.id, 'model'), null);
  await store.close();
});

test('where the disk stays full the sweep ends with the reason, and what was done stays done', async () => {
  const { store, sweep, pages, run, dialect } = await prepared('stays-full.db', 6);
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(dialect.db);
  await pages(rows[0].page_count + 12);
  await assert.rejects(run(), /the disk is full/);
  const { runs } = await store.sweepRuns(sweep.id);
  const done = runs.filter(({ run: one }) => one.status === 'done');
  assert.ok(done.length > 0 && done.length < 6, `${done.length} done`);
  const waiting = runs.filter(({ run: one }) => one.status !== 'done');
  assert.ok(waiting.some(({ run: one }) => /disk is full/.test(one.error ?? '')));
  await pages(1_000_000);
  await run();
  assert.equal((await store.sweepStatus('tiny')).counts.done, 6);
  await store.close();
});

test('a damaged row is named and hides no other; damaged weights are named when they are asked for', async () => {
  const { path, store, sweep, run } = await prepared('damaged.db', 4);
  const { runs: planned } = await store.sweepRuns(sweep.id);
  const [first, second] = planned.map(({ run: one }) => one);
  const database = new DatabaseSync(path);
  const damage = (text: string, ...values: (string | number)[]) =>
    database.prepare(text).run(...values);
  damage('update runs set settings = ? where id = ?', '{"modulus": 2', first.id);
  await run();
  const { runs, damaged } = await store.sweepRuns(sweep.id);
  assert.deepEqual(
    runs.map(({ run: { status } }) => status),
    ['done', 'done', 'done'],
  );
  assert.equal(damaged.length, 1);
  assert.match(damaged[0], new RegExp(`${first.name} is damaged .* settings`));
  const list = await store.listRuns();
  assert.deepEqual([list.runs.length, list.damaged.length, list.total], [3, 1, 4]);
  await assert.rejects(store.findRun(first.name), /damaged/);
  damage("update artifacts set bytes = x'00ff' where run_id = ?", second.id);
  await assert.rejects(
    store.artifact(second.id, 'model'),
    new RegExp(`The model of the run ${second.name} is damaged`),
  );
  database.close();
  await store.deleteRuns([first.id]);
  assert.equal((await store.listRuns()).damaged.length, 0);
  await store.close();
});
