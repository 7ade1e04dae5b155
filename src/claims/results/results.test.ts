import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openWorkerPool } from '../../sweep/index.ts';
import { training } from '../cells/cell.ts';
import { readPublished } from '../cells/published.ts';
import { runCells } from '../cells/run-cells.ts';
import type { Claim } from '../claim.ts';
import { claims as allClaims } from '../claims.ts';
import { lastRow } from '../statistics/seeds.ts';
import { resultsMarkdown } from './markdown.ts';
import { cellsOf, judgeClaims, runLines } from './results.ts';
import { seedsText } from './seeds-text.ts';
import { writeResults } from './write-results.ts';

const pool = openWorkerPool({ workers: 1 });
const folder = mkdtempSync(join(tmpdir(), 'undertone-results-'));
after(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});
const options = { mnistFolder: null };
const cell = training({ modulus: 5, width: 9, steps: 20 });

/** A claim about one small training that holds where the network is above `bound`. */
function claimOf(id: string, bounds: readonly number[], more: Partial<Claim> = {}): Claim {
  return {
    id,
    title: id,
    claim: `accuracy is above ${bounds}`,
    source: 'nobody',
    assumed: ['that it is | so'],
    seeds: () => [0],
    cells: () => [cell],
    judge: (outputs) => {
      const { cleanTrain } = lastRow(outputs.of(cell));
      return {
        criteria: bounds.map((bound) => ({
          text: 'above',
          expected: `> ${bound}`,
          measured: String(cleanTrain),
          holds: (cleanTrain ?? 0) > bound,
        })),
        charts: [
          {
            key: 'one',
            title: 'One point',
            caption: 'nothing to see',
            kind: 'dots',
            rows: [{ x: 1, y: cleanTrain }],
            x: { column: 'x', label: 'x' },
            y: { column: 'y', label: 'y', share: true },
          },
        ],
      };
    },
    ...more,
  };
}

const claims = [
  claimOf('holds', [-1]),
  claimOf('half', [-1, 2]),
  claimOf('fails', [2]),
  claimOf('absent', [0], { unavailable: () => 'there are no digits' }),
];

test('verdicts say whether all criteria hold, some or none, and why a claim was skipped', async () => {
  const run = await runCells(cellsOf(claims, 'quick', options), { folder, pool });
  const judged = judgeClaims(claims, 'quick', options, run);
  assert.deepEqual(
    judged.map(({ result }) => result.verdict),
    ['reproduced', 'partly', 'not reproduced', 'skipped'],
  );
  assert.equal(judged[3].result.reason, 'there are no digits');
  const result = {
    preset: 'quick' as const,
    claims: judged.map((one) => one.result),
    runs: runLines(judged, run),
  };
  assert.equal(result.runs.length, 1);
  assert.match(result.runs[0].weightsHash ?? '', /^[0-9a-f]{64}$/);

  const files = writeResults(folder, result, judged);
  for (const ending of ['svg', 'csv', 'py']) {
    assert.ok(existsSync(join(files.figures, `fails-one.${ending}`)), ending);
  }
  const page = readFileSync(files.page, 'utf8');
  for (const wanted of ['✗ not reproduced', 'there are no digits', 'figures/half-one.svg']) {
    assert.ok(page.includes(wanted), wanted);
  }
  const table = readFileSync(files.table, 'utf8');
  assert.match(table, /^# Claims, preset quick\n/);
  assert.match(table, /`npx undertone reproduce holds half fails absent --preset quick` on /);
  assert.match(table, /\| \*\*half\*\*: [^|]* \| nobody \| ◐ partly \(1 of 2\) \| 1 \|/);

  const published = readPublished(readFileSync(files.json, 'utf8'), 'results.json');
  assert.deepEqual(
    published.map(({ cell: { key }, weightsHash, claims: ids }) => [key, weightsHash, ids]),
    [[cell.key, result.runs[0].weightsHash, ['holds', 'half', 'fails']]],
  );
});

test('the command names claims unless all are there', () => {
  const [one] = judgeClaims(claims.slice(3), 'standard', options, {
    records: new Map(),
    failures: new Map(),
    stopped: false,
  });
  const all = allClaims.map(({ id }) => ({ ...one.result, id }));
  const textOf = (some: typeof all) =>
    resultsMarkdown({ preset: 'standard', claims: some, runs: [] }, []);
  assert.match(textOf(all), /`npx undertone reproduce --preset standard` on/);
  assert.match(
    textOf(all.slice(1)),
    /`npx undertone reproduce noise-first .* --preset standard` on/,
  );
});

test('seeds in a row are a range', () => {
  assert.equal(seedsText([0, 1, 2, 7, 9, 10, 100, 101, 102]), '0–2, 7, 9, 10, 100–102');
  assert.equal(seedsText([]), '');
});

test('a claim whose runs failed is skipped with the reason', () => {
  const run = {
    records: new Map(),
    failures: new Map([[cell.key, 'the disk is full']]),
    stopped: false,
  };
  const [{ result }] = judgeClaims([claims[0]], 'quick', options, run);
  assert.equal(result.verdict, 'skipped');
  assert.match(result.reason ?? '', /1 of its 1 runs failed.*the disk is full/);
});

test('published results that were cut, changed or are something else are refused by name', () => {
  const text = readFileSync(join(folder, 'results.json'), 'utf8');
  assert.throws(() => readPublished(text.slice(0, 200), 'x.json'), /x\.json: expected JSON/);
  assert.throws(() => readPublished('{"preset":"quick"}', 'x.json'), /x\.json: .*claims is wrong/);
  assert.throws(
    () => readPublished(text.replace('"width": 9', '"width": 10'), 'x.json'),
    /the settings of run [0-9a-f]{12} give another key/,
  );
});
