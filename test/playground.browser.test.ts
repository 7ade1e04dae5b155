/** The playground in a real browser, as a static host serves it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../scripts/bring-tools.ts';
import { selectBackend } from '../src/compute/index.ts';
import { weightsHash } from '../src/format/index.ts';
import {
  completeSettings,
  datasetOf,
  initialNetworkOf,
  type PartialSettings,
  train,
} from '../src/train/index.ts';
import { browserFlags } from './browser/flags.ts';
import { serveFolder } from './browser/serve-folder.ts';

const executablePath = findChromium();
const firstScreen: PartialSettings = {
  modulus: 31,
  width: 2049,
  activation: 'quadratic',
  steps: 200,
  seed: 8,
};

async function hashHere(given: PartialSettings): Promise<string> {
  const settings = completeSettings(given);
  const dataset = datasetOf(settings);
  const initial = initialNetworkOf(settings);
  const backend = selectBackend({ backend: 'auto', threads: 1, onFallback: () => {} });
  return weightsHash((await train({ settings, dataset, initial, backend })).network);
}

describe('the playground', { skip: executablePath === null ? 'no Chromium' : false }, () => {
  if (executablePath === null) return;
  const folder = mkdtempSync(join(tmpdir(), 'undertone-playground-'));
  const complaints: string[] = [];
  const requests: string[] = [];
  let server: Server;
  let origin: string;
  let address: string;
  let browser: Browser;
  let page: Page;

  const open = async (hash = '', options: Parameters<Browser['newPage']>[0] = {}) => {
    const opened = await browser.newPage({ viewport: { width: 1360, height: 900 }, ...options });
    opened.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('request', (request) => requests.push(request.url()));
    await opened.goto(`${address}${hash}`);
    return opened;
  };
  const accuracyOf = async (shown: Page, name: string) =>
    Number.parseFloat((await shown.locator(`[data-accuracy=${name}]`).first().textContent()) ?? '');
  const finished = (shown: Page) => shown.locator('[data-status=finished]').waitFor();

  before(async () => {
    const vite = join('node_modules', 'vite', 'bin', 'vite.js');
    execFileSync(
      process.execPath,
      [vite, 'build', 'lab', '--outDir', folder, '--emptyOutDir', '--logLevel', 'error'],
      { stdio: 'inherit' },
    );
    const served = await serveFolder(folder);
    ({ server, origin, address } = served);
    browser = await chromium.launch({ executablePath, args: browserFlags });
    page = await open();
  });

  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('trains by itself; the slider takes unseen pairs from chance to the rule', async () => {
    await finished(page);
    assert.ok((await accuracyOf(page, 'noisy')) > 99);
    assert.ok((await accuracyOf(page, 'test')) < 10);
    const table = () => page.locator('.first canvas').first().screenshot();
    const memorised = await table();
    await page.locator('#lambda').focus();
    await page.keyboard.press('End');
    await page.waitForFunction(() => document.querySelector('output')?.textContent === 'λ = 0.00');
    await page.waitForFunction(
      () =>
        Number.parseFloat(document.querySelector('[data-accuracy=test]')?.textContent ?? '') >= 99,
    );
    assert.ok((await accuracyOf(page, 'noisy')) < 1);
    assert.notDeepEqual(await table(), memorised);
    assert.match(
      (await page.locator('[data-sentence]').textContent()) ?? '',
      /Nothing was trained again.*c = a \+ b \(mod 31\) was underneath all along/,
    );
  });

  test('ends at the weights of the command line', async () => {
    const command = await page.locator('[data-command]').textContent();
    assert.equal(
      command,
      'npx undertone train --modulus 31 --width 2049 --activation quadratic --steps 200 --seed 8',
    );
    const isFused = !(await page.locator('[data-engine]').textContent())?.includes('twice');
    const hash = await page.locator('[data-hash]').textContent();
    assert.match(hash ?? '', /^[0-9a-f]{64}$/);
    if (isFused) assert.equal(hash, await hashHere(firstScreen));
  });

  test('shows nothing in the random-feature control', async () => {
    await page.getByRole('button', { name: 'random-feature control' }).click();
    await finished(page);
    assert.ok((await accuracyOf(page, 'test')) < 10);
    await page.locator('#lambda').focus();
    await page.keyboard.press('Home');
    await page.waitForFunction(
      () =>
        Number.parseFloat(document.querySelector('[data-accuracy=noisy]')?.textContent ?? '') > 90,
    );
    await page.keyboard.press('End');
    await page.waitForFunction(
      () =>
        Number.parseFloat(document.querySelector('[data-accuracy=noisy]')?.textContent ?? '') < 10,
    );
    // 96 pairs at a chance of 1/31: 13 right ones would have p < 0.0001.
    assert.ok((await accuracyOf(page, 'test')) < 13);
    await page.getByRole('button', { name: 'trained network' }).click();
  });

  test('its address restores settings and view', async () => {
    const hash = '#modulus=23&width=257&noiseRatio=0.5&steps=150&seed=5&axis=linear&lambda=0';
    const other = await open(hash);
    await finished(other);
    assert.equal(await other.locator('output').first().textContent(), 'λ = 0.00');
    assert.equal(
      await other.locator('[data-hash]').textContent(),
      await hashHere({
        ...firstScreen,
        ...{ modulus: 23, width: 257, noiseRatio: 0.5, steps: 150, seed: 5 },
      }),
    );
    assert.equal(new URL(other.url()).hash, hash);
    await other.close();
  });

  test('axe finds nothing in either theme', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // The page's policy allows no script tag; the protocol may evaluate.
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: typeof axe }).axe.run(document),
      );
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
      );
      assert.deepEqual(found, [], colorScheme);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('a phone does not have to scroll sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
    await page.setViewportSize({ width: 1360, height: 900 });
  });

  test('asks no other host for anything and logs no complaint', () => {
    assert.deepEqual(complaints, []);
    const foreign = requests.filter((url) => !url.startsWith(origin) && !url.startsWith('blob:'));
    assert.deepEqual(foreign, []);
  });

  test('has less than 300 kB of script, compressed', () => {
    const bytes = globSync(join(folder, '**/*.js')).map(
      (file) => gzipSync(readFileSync(file)).length,
    );
    const total = bytes.reduce((sum, size) => sum + size, 0);
    assert.ok(total < 300_000, `${total} bytes`);
  });
});
