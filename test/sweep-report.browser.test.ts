/** The page on a sweep in a real browser: what a reader sees and can do. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../scripts/bring-tools.ts';
import { browserFlags } from './browser/flags.ts';
import { undertone } from './run-undertone.ts';
import { storeStudy, studyRuns } from './stored-study.ts';

const executablePath = findChromium();

describe('the page on a sweep', { skip: executablePath === null ? 'no Chromium' : false }, () => {
  if (executablePath === null) return;
  const folder = mkdtempSync(join(tmpdir(), 'undertone-sweep-page-'));
  const complaints: string[] = [];
  const requests: string[] = [];
  let browser: Browser;
  let page: Page;

  before(async () => {
    await storeStudy(join(folder, 'undertone.db'));
    const reported = await undertone(folder, 'report', 'small');
    assert.equal(reported.code, 0, reported.stderr);
    browser = await chromium.launch({ executablePath, args: browserFlags });
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(join(folder, 'small.html')).href);
  });

  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const column = async (name: string) => {
    const titles = await page.locator('table[data-sortable] thead th').allTextContents();
    const place = titles.indexOf(name) + 1;
    assert.ok(place > 0, `${name} of ${titles.join(', ')}`);
    return await page
      .locator(`table[data-sortable] tbody tr > :nth-child(${place})`)
      .allTextContents();
  };

  test('loads nothing but itself and logs no complaint', () => {
    assert.deepEqual(complaints, []);
    const foreign = requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'));
    assert.deepEqual(foreign, []);
  });

  test('a click on a column sorts by it, another turns it round, by keyboard too; what is missing comes last', async () => {
    const head = page
      .locator('table[data-sortable] thead th', { hasText: 'Test accuracy' })
      .first();
    await head.click();
    const numbers = (cells: readonly string[]) => cells.slice(0, studyRuns).map(Number.parseFloat);
    const rising = await column('Test accuracy');
    assert.deepEqual(
      numbers(rising),
      numbers(rising).toSorted((x, y) => x - y),
    );
    assert.equal(rising.at(-1), '–');
    await head.press('Enter');
    const falling = await column('Test accuracy');
    assert.deepEqual(numbers(falling), numbers(rising).toReversed());
    assert.equal(falling.at(-1), '–');
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
  });

  test('no word of a figure is cut off at its edge, or lies on another', async () => {
    const wrong = await page.evaluate(() =>
      [...document.querySelectorAll<SVGSVGElement>('figure svg')].flatMap((svg) => {
        const frame = svg.getBoundingClientRect();
        const id = svg.closest('figure')?.id;
        const texts = [...svg.querySelectorAll('text')]
          .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 0);
        const cut = texts
          .filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1)
          .map(({ text }) => `${id}: ${text} is cut off`);
        const overlapping = texts.flatMap(({ text, box }, i) =>
          texts
            .slice(i + 1)
            .filter(
              ({ box: other }) =>
                Math.min(box.right, other.right) - Math.max(box.left, other.left) > 2 &&
                Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 4,
            )
            .map((other) => `${id}: ${text} lies on ${other.text}`),
        );
        return [...cut, ...overlapping];
      }),
    );
    assert.deepEqual(wrong, []);
  });

  test('a phone does not have to scroll sideways', async () => {
    await page.setViewportSize({ width: 375, height: 800 });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
    await page.setViewportSize({ width: 1200, height: 900 });
  });
});
