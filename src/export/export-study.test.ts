import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '../store/index.ts';
import { completeSettings } from '../train/settings.ts';
import { exportStudy } from './export-study.ts';

test('a signal in the middle is heard, and nothing is left behind', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'undertone-export-'));
  const store = await openStore(join(folder, 'store.db'));
  t.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const runs = Array.from({ length: 100 }, (_, seed) => ({
    run: {
      settings: completeSettings({ modulus: 11, width: 9, seed }),
      dataset: null,
      measureEvery: null,
      extract: [],
      keep: 'metrics' as const,
    },
    axes: { seed },
  }));
  const { sweep } = await store.putSweep({ name: 'x', filename: 'x', text: '', runs });
  const found = await store.sweepRuns(sweep.id);
  const controller = new AbortController();
  const shares: number[] = [];
  // Ctrl-C comes the same way: as an event, which is only seen between two turns of the loop.
  setImmediate(() => controller.abort());
  const out = join(folder, 'new', 'study');
  await assert.rejects(
    exportStudy(store, found.runs, out, {
      formats: ['csv', 'parquet'],
      signal: controller.signal,
      onProgress: (share) => shares.push(share),
    }),
    (error) => error === controller.signal.reason,
  );
  assert.ok((shares.at(-1) ?? 0) < 1);
  assert.deepEqual(
    readdirSync(folder).filter((name) => !name.startsWith('store.db')),
    [],
  );
});
