/** The report in a real browser: what a reader sees and can do. */
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

const executablePath = findChromium();

describe('the report page', { skip: executablePath === null ? 'no Chromium' : false }, () => {
  if (executablePath === null) return;
  const folder = mkdtempSync(join(tmpdir(), 'undertone-page-'));
  const complaints: string[] = [];
  const requests: string[] = [];
  let browser: Browser;
  let page: Page;

  before(async () => {
    const size = ['--modulus', '31', '--width', '513', '--steps', '400'];
    const trained = await undertone(folder, 'train', ...size, '--out', 'run');
    assert.equal(trained.code, 0, trained.stderr);
    const reported = await undertone(folder, 'report', 'run');
    assert.equal(reported.code, 0, reported.stderr);
    browser = await chromium.launch({ executablePath, args: browserFlags });
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(join(folder, 'run', 'report.html')).href);
  });

  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const read = (key: string) => page.locator(`[data-path="${key}"]`).first().textContent();

  test('loads nothing but itself and logs no complaint', () => {
    assert.deepEqual(complaints, []);
    const foreign = requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'));
    assert.deepEqual(foreign, []);
  });

  test('the slider moves from the whole network to the rule, by keyboard', async () => {
    const percentOf = async (key: string) => Number.parseFloat((await read(key)) ?? '');
    assert.equal(await read('lambda'), '1.00');
    const before = { noisy: await percentOf('noisy'), test: await percentOf('test') };
    const image = () => page.locator('.path-field image, .path-field img').first();
    const source = async () =>
      (await image().getAttribute('href')) ?? (await image().getAttribute('src'));
    const first = await source();
    await page.locator('[data-slider] input[type=range]').focus();
    await page.keyboard.press('End');
    assert.equal(await read('lambda'), '0.00');
    assert.ok((await percentOf('noisy')) < before.noisy - 50);
    assert.ok((await percentOf('test')) > before.test + 20);
    assert.notEqual(await source(), first);
  });

  test('no word of a figure is cut off at its edge', async () => {
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll<SVGSVGElement>('figure svg')].flatMap((svg) => {
        const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')]
          .filter((text) => {
            const { left, right, width } = text.getBoundingClientRect();
            return width > 0 && (left < frame.left - 1 || right > frame.right + 1);
          })
          .map((text) => `${svg.closest('figure')?.id}: ${text.textContent}`);
      }),
    );
    assert.deepEqual(cut, []);
  });

  test('a phone does not have to scroll sideways', async () => {
    await page.setViewportSize({ width: 375, height: 800 });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
    await page.setViewportSize({ width: 1200, height: 900 });
  });

  test('follows the reader’s theme, and the button turns it', async () => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background();
    assert.notEqual(light, dark);
    await page.locator('button.theme').click();
    assert.equal(await background(), light);
  });

  test('prints the panels in place of the slider', async () => {
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.path-panels').first().isVisible(), true);
    assert.equal(await page.locator('[data-slider] input[type=range]').first().isVisible(), false);
    await page.emulateMedia({ media: 'screen' });
  });
});
