import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectBackend } from '../compute/index.ts';
import { openWorkerPool } from '../sweep/worker-pool.ts';
import { createGenerator } from '../task/generator.ts';
import { arrangeSymbols } from './alphabets.ts';
import { audit } from './audit.ts';
import { labelEvidence } from './label-evidence.ts';
import { orderEvidence, orderEvidenceInWorkers } from './order-evidence.ts';
import { readSymbolTable } from './read-table.ts';
import { cellsOfText, csvTable } from './test-tables.ts';

const backend = selectBackend({ backend: 'reference', threads: 1 });

test('a shuffled addition table has no rule in that order, an ordered one has', () => {
  const places = createGenerator(5, 'shuffled').shuffle(
    Uint8Array.from({ length: 17 }, (_, i) => i),
  );
  const inverse = new Uint8Array(17);
  places.forEach((place, i) => {
    inverse[place] = i;
  });
  const p = (rule?: (a: number, b: number) => number) => {
    const { cells, alphabets } = cellsOfText(
      csvTable({ modulus: 17, noiseRatio: 0, seed: 1, ...(rule === undefined ? {} : { rule }) }),
    );
    const labels = labelEvidence(cells, backend);
    return {
      labels: labels.log10PValue,
      order: orderEvidence(labels.rule, cells, alphabets, 0).log10PValue,
    };
  };
  const shuffled = p((a, b) => places[(inverse[a] + inverse[b]) % 17]);
  // What makes the second look necessary: the labels alone would have named a rule.
  assert.ok(shuffled.labels < -2 && shuffled.order > -2, JSON.stringify(shuffled));
  const ordered = p();
  assert.ok(ordered.labels < -100 && ordered.order < -10, JSON.stringify(ordered));
});

test('workers say of the order of the symbols what one thread says, with progress, and stop', async (t) => {
  const pool = openWorkerPool({ workers: 2 });
  t.after(() => pool.close());
  // b has an alphabet of its own.
  const text = csvTable({ modulus: 11, noiseRatio: 0.4, seed: 3, withTruth: false });
  const { cells, alphabets } = cellsOfText(text.replaceAll(/^(\d+),(\d+),/gm, '$1,b$2,'));
  const { rule } = labelEvidence(cells, backend);
  const shares: number[] = [];
  const onProgress = (share: number) => shares.push(share);
  const found = await orderEvidenceInWorkers(rule, cells, alphabets, { seed: 4, onProgress }, pool);
  assert.deepEqual(found, orderEvidence(rule, cells, alphabets, 4));
  assert.equal(found?.alphabets.length, 2);
  assert.equal(shares.length, 2 * 19);
  assert.deepEqual(
    shares,
    shares.toSorted((x, y) => x - y),
  );
  assert.equal(shares.at(-1), 1);

  const controller = new AbortController();
  const stopping = {
    ...{ seed: 4, signal: controller.signal },
    onProgress: () => controller.abort(),
  };
  assert.equal(await orderEvidenceInWorkers(rule, cells, alphabets, stopping, pool), null);
  assert.equal(await orderEvidenceInWorkers(rule, cells, alphabets, stopping, pool), null);
});

test('an audit tells of its progress to the end, and can be stopped while it asks for the order', async () => {
  const table = readSymbolTable(
    [Buffer.from(csvTable({ modulus: 7, noiseRatio: 0.2, seed: 3, withTruth: false }))],
    't.csv',
  );
  const alphabets = arrangeSymbols(table);
  const options = { compute: backend, seed: 0, level: 0.01, workers: 2 };
  const shares: number[] = [];
  const found = await audit(table, alphabets, {
    ...options,
    onProgress: (share) => shares.push(share),
  });
  assert.equal(found?.verdict?.rule?.text, 'c = a + b (mod 7)');
  assert.deepEqual(
    shares,
    shares.toSorted((x, y) => x - y),
  );
  assert.equal(shares.at(-1), 1);
  // The networks take nine tenths of it, and every random order counts after them.
  assert.ok(shares.filter((share) => share > 0.9).length > 15);

  const controller = new AbortController();
  const stopped = await audit(table, alphabets, {
    ...options,
    signal: controller.signal,
    onProgress: (share) => {
      if (share > 0.9) controller.abort();
    },
  });
  assert.equal(stopped, null);
});
