/** The page of `undertone reproduce` in a real browser. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../scripts/bring-tools.ts';
import type { Chart } from '../src/claims/charts/chart.ts';
import type { Verdict } from '../src/claims/claim.ts';
import { type JudgedClaim, writeResults } from '../src/claims/index.ts';
import { browserFlags } from './browser/flags.ts';

const executablePath = findChromium();

const rows = ['one', 'two'].flatMap((part) =>
  ['α = 0.1', 'α = 0.2'].flatMap((alpha, series) =>
    [17, 33, 65, 129, 257].map((width, i) => {
      const error = 0.9 - 0.1 * i + 0.05 * series;
      return { part, alpha, width, error, low: error - 0.05, high: error + 0.05 };
    }),
  ),
);
const chart: Chart = {
  key: 'error',
  title: 'Error against width',
  caption: 'A caption with the settings: P = 31.',
  kind: 'lines',
  rows,
  x: { column: 'width', label: 'width M', scale: 'log', base: 2 },
  y: { column: 'error', label: 'test error', share: true },
  low: 'low',
  high: 'high',
  series: { column: 'alpha', label: '' },
  facet: { column: 'part', label: '' },
  lines: [{ axis: 'y', value: 0.97, label: 'chance' }],
};

function judged(id: string, verdict: Verdict): JudgedClaim {
  const criteria = [
    {
      text: 'the error <falls>',
      expected: '> 0',
      measured: '3 [2, 4]',
      holds: verdict === 'reproduced',
    },
  ];
  return {
    result: {
      ...{ id, title: `Claim ${id}`, claim: 'Something is so.', source: 'somebody', verdict },
      ...{ measured: '3', expected: '> 0', reason: null, seeds: [0, 1], seconds: 12, criteria },
      ...{ assumed: ['a choice'], remarks: ['A remark.'], runs: [] },
    },
    findings: { criteria, charts: [chart] },
  };
}

describe('the page of the claims', {
  skip: executablePath === null ? 'no Chromium' : false,
}, () => {
  if (executablePath === null) return;
  const folder = mkdtempSync(join(tmpdir(), 'undertone-claims-'));
  const complaints: string[] = [];
  let browser: Browser;
  let page: Page;

  before(async () => {
    const claims = [judged('first', 'reproduced'), judged('second', 'not reproduced')];
    const files = writeResults(
      folder,
      { preset: 'quick', claims: claims.map(({ result }) => result), runs: [] },
      claims,
    );
    browser = await chromium.launch({ executablePath, args: browserFlags });
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(files.page).href);
  });

  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('logs no complaint and shows each claim with its verdict and its figure', async () => {
    assert.deepEqual(complaints, []);
    assert.deepEqual(await page.locator('.claim .verdict').allTextContents(), [
      '✓ reproduced',
      '✗ not reproduced',
    ]);
    assert.equal(await page.locator('svg.chart').count(), 2);
    assert.equal(await page.locator('.claim').first().getByText('the error <falls>').count(), 1);
  });

  test('no words of a figure lie on each other', async () => {
    const overlaps = await page.evaluate(() => {
      const boxes = [...document.querySelectorAll('svg.chart')]
        .slice(0, 1)
        .flatMap((svg) =>
          [...svg.querySelectorAll('text')]
            .filter((text) => text.textContent?.trim())
            .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() })),
        );
      return boxes.flatMap((x, i) =>
        boxes
          .slice(i + 1)
          .filter(
            (y) =>
              Math.min(x.box.right, y.box.right) - Math.max(x.box.left, y.box.left) > 1 &&
              Math.min(x.box.bottom, y.box.bottom) - Math.max(x.box.top, y.box.top) > 3,
          )
          .map((y) => `${x.text} / ${y.text}`),
      );
    });
    assert.deepEqual(overlaps, []);
  });

  test('the links of a figure lead to its files', async () => {
    const links = await page.locator('.files a').all();
    assert.equal(links.length, 6);
    for (const link of links) {
      assert.ok(existsSync(join(folder, (await link.getAttribute('href')) ?? '')));
    }
  });

  test('a phone does not have to scroll sideways', async () => {
    await page.setViewportSize({ width: 375, height: 800 });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
  });
});
