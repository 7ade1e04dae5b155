/** The playground in a real browser, as a static host serves it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
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
  let small: Page;

  const open = async (hash = '', options: Parameters<Browser['newPage']>[0] = {}) => {
    const opened = await browser.newPage({ viewport: { width: 1360, height: 900 }, ...options });
    opened.setDefaultTimeout(60_000);
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
  /** Drops files on the page, as from a file manager. */
  const drop = async (shown: Page, paths: readonly string[]) => {
    const files = paths.map((path) => ({
      name: basename(path),
      content: readFileSync(path).toString('base64'),
    }));
    const transfer = await shown.evaluateHandle((files) => {
      const data = new DataTransfer();
      for (const { name, content } of files) {
        const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
        data.items.add(new File([bytes], name));
      }
      return data;
    }, files);
    await shown.dispatchEvent('main', 'drop', { dataTransfer: transfer });
  };
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
    small = await open('#width=513&noiseRatio=0.5');
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

  test('a story is chosen by keyboard, and the back button leads out of it', async () => {
    await small.getByRole('button', { name: 'Pure noise' }).focus();
    await small.keyboard.press('Enter');
    await small.getByRole('heading', { level: 1, name: /nothing to find/ }).waitFor();
    assert.match(new URL(small.url()).hash, /noiseRatio=1/);
    await small.locator('[data-command]').filter({ hasText: '--noise-ratio 1' }).waitFor();
    await finished(small);
    await small.locator('#lambda').focus();
    await small.keyboard.press('End');
    const sentence = small.locator('[data-sentence]');
    await sentence.filter({ hasText: 'there was no rule to learn, and none is found' }).waitFor();
    assert.ok((await accuracyOf(small, 'test')) < 13);
    await small.goBack();
    await small.getByRole('heading', { level: 1, name: /taught 50 % wrong answers/ }).waitFor();
    await small.locator('[data-command]').filter({ hasText: '--noise-ratio 0.5' }).waitFor();
    await finished(small);
  });

  test('the instruments look at any step, and at the network without some neurons', async () => {
    const noisy = small.locator('[data-lens] .noisy');
    const whole = noisy.filter({ hasText: /wrong 100\s%/ });
    const less = noisy.filter({ hasText: /wrong [0-9]{1,2}(\.\d)?\s%/ });
    await whole.waitFor();
    await small.getByLabel('Step that is looked at').focus();
    await small.keyboard.press('Home');
    await less.waitFor();
    await small.keyboard.press('End');
    await whole.waitFor();
    const plot = small.locator('[data-figure=scores] .area svg');
    await small.locator('[data-figure=scores]').scrollIntoViewIfNeeded();
    await plot.locator('circle').first().waitFor();
    const box = await plot.boundingBox();
    assert.ok(box !== null);
    await small.mouse.move(box.x + 50, box.y + 14);
    await small.mouse.down();
    await small.mouse.move(box.x + 0.8 * box.width, box.y + 200, { steps: 4 });
    await small.mouse.move(box.x + 0.9 * box.width, box.y + box.height - 46, { steps: 4 });
    await small.mouse.up();
    await less.waitFor();
    await small.getByRole('button', { name: 'all on', exact: true }).click();
    await whole.waitFor();
    const first = small.locator('[data-figure=neurons] .cards button').first();
    await first.scrollIntoViewIfNeeded();
    await first.click();
    await small.getByRole('button', { name: '1 off · switch on' }).click();
    assert.equal(await first.getAttribute('aria-pressed'), 'false');
  });

  test('the scan names the rule, the contest its methods, the controls find nothing', async () => {
    await small.locator('[data-figure=scan]').scrollIntoViewIfNeeded();
    await small.getByRole('heading', { name: 'The weights hold c = a + b (mod 31)' }).waitFor();
    const bar = (figure: string, row: string) =>
      small.locator(`[data-figure=${figure}] tr`, {
        has: small.getByRole('rowheader', { name: row }),
      });
    const contest = await bar('contest', 'frequency filtration, G').textContent();
    assert.match(contest ?? '', /100\s%/);
    await small.locator('[data-figure=controls]').scrollIntoViewIfNeeded();
    for (const name of ['untrained', 'shuffled neurons', 'a wrong rule', 'random features']) {
      const cells = bar('controls', name).locator('td');
      await cells.first().waitFor();
      for (const cell of await cells.allTextContents()) {
        assert.ok(Number.parseFloat(cell) < 15, `${name}: ${cell}`);
      }
    }
  });

  test('a figure is saved as SVG, PNG and CSV', async () => {
    const figure = small.locator('[data-figure=path]');
    await figure.scrollIntoViewIfNeeded();
    await figure.locator('svg').waitFor();
    const saved = async (kind: string) => {
      const waiting = small.waitForEvent('download');
      await figure.getByRole('button', { name: kind }).click();
      return readFileSync(await (await waiting).path());
    };
    const svg = (await saved('SVG')).toString();
    assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    assert.doesNotMatch(svg, /var\(--/);
    assert.deepEqual([...(await saved('PNG')).subarray(1, 4)], [...Buffer.from('PNG')]);
    const [header, ...rows] = (await saved('CSV')).toString().trim().split('\n');
    assert.match(header, /^lambda,right labels,wrong labels/);
    assert.equal(rows.length, 26);
  });

  test('a rate changed in flight changes the training, and the page says so', async () => {
    const other = await open('#modulus=23&width=257&steps=100000&seed=5');
    await other
      .locator('[data-step]')
      .filter({ hasText: /step \d{2,}/ })
      .waitFor();
    const rate = other.getByLabel('learning rate');
    await rate.fill('0');
    await rate.fill('0.0001');
    await rate.press('Enter');
    await other.getByText('The rates were changed on the way').waitFor();
    await other.getByRole('button', { name: 'Pause' }).click();
    await other.locator('[data-status=paused]').waitFor();
    const stepOf = async () =>
      Number(
        (await other.locator('[data-step]').textContent())
          ?.match(/step ([\d,]+)/)?.[1]
          .replace(',', ''),
      );
    const before = await stepOf();
    await other.getByRole('button', { name: 'Step', exact: true }).click();
    await other.waitForFunction(
      (step) =>
        document
          .querySelector('[data-step]')
          ?.textContent?.replaceAll(',', '')
          .includes(`step ${step + 1} `),
      before,
    );
    await other.close();
  });

  test('settings that can’t be are answered in a sentence', async () => {
    const other = await open('#task=xor&modulus=30');
    await other.locator('[data-sentence]').filter({ hasText: 'needs a power of two' }).waitFor();
    await other.close();
  });

  test('a PyTorch checkpoint dropped on the page shows its rule', async () => {
    const files = ['safetensors', 'csv'].map((kind) =>
      join('test', 'checkpoints', `pytorch-add-p59-noise80.${kind}`),
    );
    const zipped = join('test', 'checkpoints', 'training.pt');
    // A network of few neurons, while the last ones of many are shown.
    await small.locator('[data-figure=neurons]').scrollIntoViewIfNeeded();
    await small.getByRole('button', { name: 'Neurons after' }).click();
    await small.getByText('9–16 of 513').waitFor();
    await small.locator('[data-files]').setInputFiles(zipped);
    await small.locator('[data-opened]').filter({ hasText: 'training.pt' }).waitFor();
    await drop(small, files);
    await small.locator('[data-opened]').filter({ hasText: 'P = 59, M = 513' }).waitFor();
    await small.locator('[data-figure=scan]').scrollIntoViewIfNeeded();
    await small.getByRole('heading', { name: 'The weights hold c = a + b (mod 59)' }).waitFor();
    await small.getByLabel('true rule, if known').selectOption('add');
    await small.locator('#lambda').focus();
    await small.keyboard.press('End');
    await small.waitForFunction(
      () =>
        Number.parseFloat(document.querySelector('[data-accuracy=test]')?.textContent ?? '') > 60,
    );
    await small.getByRole('button', { name: 'Back to training' }).first().click();
    await small.locator('[data-command]').filter({ hasText: '--noise-ratio 0.5' }).waitFor();
  });

  test('without a network it trains all the same, and then on two threads to the same bits', async () => {
    const context = await browser.newContext();
    await context.addInitScript(() => {
      Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 3 });
    });
    const other = await context.newPage();
    await other.goto(`${address}#modulus=23&width=65&steps=30`);
    await other.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await finished(other);
    const hash = await other.locator('[data-hash]').textContent();
    await context.setOffline(true);
    await other.reload();
    await finished(other);
    assert.equal(await other.locator('[data-hash]').textContent(), hash);
    assert.equal(await other.evaluate(() => crossOriginIsolated), true);
    assert.match((await other.locator('[data-engine]').textContent()) ?? '', /2 threads/);
    await context.close();
  });

  test('axe finds nothing in either theme', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await small.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // The page's policy allows no script tag; the protocol may evaluate.
      await small.evaluate(axe.source);
      const { violations } = await small.evaluate(() =>
        (globalThis as unknown as { axe: typeof axe }).axe.run(document),
      );
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
      );
      assert.deepEqual(found, [], colorScheme);
    }
  });

  test('a phone does not have to scroll sideways', async () => {
    for (const shown of [page, small]) {
      await shown.setViewportSize({ width: 390, height: 844 });
      const overflow = await shown.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0);
    }
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
