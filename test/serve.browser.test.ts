/** The lab in a real browser, over a store with finished runs and sweeps that go on. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../scripts/bring-tools.ts';
import type { LabServer } from '../src/serve/index.ts';
import { openStore } from '../src/store/index.ts';
import { browserFlags } from './browser/flags.ts';
import {
  ask,
  fillStore,
  longSweep,
  startTestServer,
  type TestFolder,
  testFolder,
} from './serve-lab.ts';

const executablePath = findChromium();
const limit = { timeout: 120_000 };

describe('the lab', { ...limit, skip: executablePath === null ? 'no Chromium' : false }, () => {
  if (executablePath === null) return;
  const built = mkdtempSync(join(tmpdir(), 'undertone-lab-page-'));
  const complaints: string[] = [];
  const requests: string[] = [];
  let folder: TestFolder;
  let place: string;
  let lab: LabServer;
  let browser: Browser;
  let page: Page;

  const open = async (address: string) => {
    const opened = await browser.newPage({ viewport: { width: 1360, height: 900 } });
    opened.setDefaultTimeout(60_000);
    opened.on('console', (message) => {
      // That a request was refused is what some of these tests are about.
      const isRefusal = /^Failed to load resource: .* (400|401|503|ERR_\w+)/.test(message.text());
      if (['error', 'warning'].includes(message.type()) && !isRefusal)
        complaints.push(message.text());
    });
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('request', (request) => requests.push(request.url()));
    await opened.goto(address);
    return opened;
  };
  const go = async (hash: string) => {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
  };
  const rows = () => page.locator('tbody tr[data-run]');
  const waitForRows = (count: number) =>
    page.waitForFunction(
      (n) => document.querySelectorAll('tbody tr[data-run]').length === n,
      count,
    );
  const write = async (text: string) => {
    await page.locator('#sweep-text').fill(text);
  };

  before(async () => {
    const vite = join('node_modules', 'vite', 'bin', 'vite.js');
    const options = ['--outDir', built, '--emptyOutDir', '--logLevel', 'error'];
    execFileSync(process.execPath, [vite, 'build', 'lab', ...options], { stdio: 'inherit' });
    folder = testFolder();
    place = join(folder.path, 'lab.db');
    await fillStore(place);
    lab = await startTestServer(folder, {
      page: built,
      keeper: { patience: 3000, every: 200 },
      tell: (text) => {
        if (text.startsWith('unexpected')) complaints.push(text);
      },
    });
    browser = await chromium.launch({ executablePath, args: browserFlags });
    page = await open(lab.url);
    // Whoever loads the page anew loses this.
    await page.evaluate(() => {
      document.documentElement.dataset.loaded = 'once';
    });
  });

  after(async () => {
    await browser?.close();
    await lab?.close();
    folder.remove();
    rmSync(built, { recursive: true, force: true });
  });

  test('lists runs, filters them, and says where a filter is wrong', async () => {
    await waitForRows(4);
    assert.equal(await page.locator('[data-total]').textContent(), '4\u00a0runs');
    await page.locator('#filter').fill('width>=16 status=done');
    await waitForRows(2);
    assert.match(page.url(), /#\/runs\?filter=width%3E%3D16\+status%3Ddone$/);
    await page.locator('#filter').fill('width>=16 widht=3');
    const wrong = await page.locator('[data-filter-error]').textContent();
    assert.match(wrong ?? '', /position 11: .*Did you mean width\?[\s\S]*\n {12}\^$/);
    await page.locator('#filter').fill('');
    await waitForRows(4);
    assert.equal(await page.locator('[data-filter-error]').count(), 0);
  });

  test('sorts by test accuracy, from the keyboard', async () => {
    await page.getByRole('button', { name: 'test' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() =>
      document.querySelector('th[aria-sort=descending]')?.textContent?.includes('test'),
    );
    await page.waitForURL(/sort=test/);
    const { runs } = (await ask(lab.port, '/api/runs?sort=test')).json;
    await page.waitForFunction(
      (name) => document.querySelector('tbody tr')?.getAttribute('data-run') === name,
      runs[0].name,
    );
  });

  test('compares ticked runs: seeds together, figures as files', async () => {
    await page.getByLabel('Tick all that are shown').check();
    await page.getByRole('link', { name: 'Compare 4' }).click();
    await page.locator('.uplot').waitFor();
    assert.equal(await page.locator('[role=img]').count(), 1);
    const bodies = page.locator('tbody tr');
    assert.equal(await bodies.count(), 2);
    assert.match((await bodies.first().textContent()) ?? '', /2 seeds/);
    await page.getByRole('button', { name: 'every run' }).click();
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 4);
    await page.getByRole('button', { name: 'seeds together' }).click();
    const figure = page.locator('[data-figure=curves-test]');
    const saved = new Map<string, Buffer>();
    for (const kind of ['SVG', 'PNG', 'CSV']) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        figure.getByRole('button', { name: kind }).click(),
      ]);
      assert.equal(download.suggestedFilename(), `undertone-curves-test.${kind.toLowerCase()}`);
      saved.set(kind, readFileSync(await download.path()));
    }
    assert.match(String(saved.get('SVG')), /^<svg[^>]*>[\s\S]*width 16[\s\S]*<\/svg>$/);
    assert.doesNotMatch(String(saved.get('SVG')), /var\(--/);
    assert.equal(saved.get('PNG')?.subarray(1, 4).toString(), 'PNG');
    assert.match(String(saved.get('CSV')), /^run,step,test,lowest,highest,runs\nwidth 8,0,/);
    await page.goBack();
    await waitForRows(4);
  });

  test('shows a sweep: against width, over two axes, with any metric', async () => {
    await go('#/sweeps');
    await page.getByRole('link', { name: 'tiny', exact: true }).click();
    await page.locator('[data-figure=sweep-test-against-width] svg').waitFor();
    const heat = page.locator('[data-figure=sweep-test-over-width-and-seed]');
    await heat.locator('svg').waitFor();
    assert.equal(await heat.locator('[data-cells]').getAttribute('data-cells'), '4');
    await heat.getByLabel('metric').selectOption('cleanTrain');
    await page.locator('[data-figure=sweep-cleanTrain-over-width-and-seed] svg').waitFor();
    await page.locator('[data-figure^=sweep-cleanTrain]').getByLabel('across').selectOption('seed');
    await page.locator('[data-figure=sweep-cleanTrain-over-seed-and-width] svg').waitFor();
  });

  test('a sweep is written, its mistakes are shown where they are, it is started, and its progress appears by itself', async () => {
    await go('#/new');
    await write('name: from-page\nbase:\n  modulus: 11\n  stepps: 10\n');
    const problem = page.locator('[data-problem]');
    await problem.waitFor();
    assert.equal(await problem.textContent(), 'line 4, column 3');
    assert.ok(await page.locator('.start').isDisabled());
    await problem.click();
    const caret = await page
      .locator('#sweep-text')
      .evaluate((area: HTMLTextAreaElement) => area.selectionStart);
    assert.equal(caret, 'name: from-page\nbase:\n  modulus: 11\n  '.length);
    await write(
      'name: from-page\nbase: { modulus: 13, steps: 6000 }\ngrid:\n  width: [16, 32]\n  noiseRatio: [0, 0.2, 0.4]\n',
    );
    await page.locator('[data-plan="6"]').waitFor();
    await page.getByText(/of training on 1\swork/).waitFor();
    await page.getByRole('button', { name: 'Start from-page' }).click();
    await page.waitForURL(/#\/sweeps\/from-page$/);
    const counts = async () =>
      Number.parseInt((await page.locator('[data-counts] b').textContent()) ?? '', 10);
    await page.waitForFunction(
      () => document.querySelector('tbody [data-status=running]') !== null,
    );
    const seen = new Set<number>();
    while ((await counts()) < 6) {
      seen.add(await counts());
      await page.waitForTimeout(50);
    }
    assert.ok(
      [...seen].some((done) => done > 0),
      [...seen].join(),
    );
    await page.waitForFunction(
      () => document.querySelector('[data-cells]')?.getAttribute('data-cells') === '6',
    );
    assert.equal(await page.locator('tbody [data-status=done]').count(), 6);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.loaded), 'once');
  });

  test('a sweep is paused, goes on, and is cancelled', async () => {
    await go('#/new');
    await write(longSweep('endless'));
    await page.getByRole('button', { name: 'Start endless' }).click();
    await page.locator('tbody [data-status=running]').waitFor();
    await page.getByRole('button', { name: 'Pause: endless' }).click();
    await page.locator('[data-state=paused]').waitFor();
    await page.locator('tbody [data-status=stopped]').waitFor();
    await page.getByRole('button', { name: 'Go on: endless' }).click();
    await page.locator('tbody [data-status=running]').waitFor();
    await page.getByRole('button', { name: 'Cancel: endless' }).click();
    await page.locator('[data-state=cancelled]').waitFor();
    const { state, counts } = (await ask(lab.port, '/api/sweeps/endless')).json;
    assert.deepEqual(
      [state, counts.running, counts.queued, counts.stopped],
      ['cancelled', 0, 0, 3],
    );
  });

  test('what another program does shows as well', async () => {
    const store = await openStore(place);
    const { id } = await store.findSweep('tiny');
    await go('#/sweeps/tiny');
    await page.waitForFunction(
      () => document.querySelectorAll('tbody [data-status=done]').length === 4,
    );
    await store.requeue(id, 'all');
    const [claim] = await store.claimNext(id, 1, 'elsewhere:1:1');
    await store.heartbeat([{ ...claim.run, step: 30 }]);
    const row = page.locator(`tr[data-run=${claim.run.name}]`);
    await row.locator('[role=progressbar][aria-valuenow="50"]').waitFor();
    await store.fail(claim.run, 'it was not to be');
    await row.locator('[data-status=failed]').waitFor();
    await page.getByText('it was not to be').first().waitFor();
    await page.getByRole('button', { name: 'Retry failed: tiny' }).click();
    await page.waitForFunction(
      () => document.querySelectorAll('tbody [data-status=done]').length === 4,
    );
    await store.close();
  });

  test('a run is shown with its command, made again with another seed, and opened in the playground', async () => {
    await go('#/runs?filter=sweep%3Dtiny');
    await waitForRows(4);
    const name = (await rows().first().getAttribute('data-run')) ?? '';
    await page.getByRole('link', { name, exact: true }).click();
    const detail = (await ask(lab.port, `/api/runs/${name}`)).json;
    await page.locator('.uplot').waitFor();
    assert.equal(await page.locator('[data-command]').textContent(), detail.command);
    assert.equal(await page.locator('[data-hash]').textContent(), detail.hash);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Weights, safetensors' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), `${name}.safetensors`);
    await page.getByRole('button', { name: /^Again with seed/ }).click();
    await page.waitForFunction(
      (before) => document.querySelector('h1')?.textContent !== before,
      name,
    );
    await page.locator('.title [data-status=done]').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Open in the playground' }).click();
    const opened = await page.locator('[data-opened]').textContent();
    assert.match(opened ?? '', new RegExp(`${name}\\.safetensors.*P = 11.*121 rows`));
    await page.goBack();
    await page.locator('[data-command]').waitFor();
  });

  test('says that the store is gone, and goes on when it is back', async () => {
    const copy = join(folder.path, 'copy.db');
    const store = await openStore(place);
    await store.close();
    copyFileSync(place, copy);
    await go('#/runs');
    await rows().first().waitFor();
    renameSync(place, join(folder.path, 'gone.db'));
    const trouble = page.locator('[data-trouble]');
    await trouble.waitFor();
    assert.match((await trouble.textContent()) ?? '', /is gone; put it back/);
    copyFileSync(copy, place);
    await trouble.waitFor({ state: 'detached' });
    await rows().first().waitFor();
  });

  test('axe finds nothing on any page in either theme, and a phone need not scroll sideways', async () => {
    const { runs } = (await ask(lab.port, '/api/runs?filter=sweep%3Dtiny')).json;
    const names = runs.map(({ name }: { name: string }) => name);
    const pages: [string, string][] = [
      ['#/runs', 'tbody tr'],
      ['#/runs?filter=widht%3D3', '[data-filter-error]'],
      ['#/runs?filter=width%3D77', '.empty'],
      [`#/runs/${names[0]}`, '.uplot'],
      [`#/compare?runs=${names}`, '.uplot'],
      ['#/compare', '.empty'],
      ['#/sweeps', 'li'],
      ['#/sweeps/tiny', '[data-cells] svg'],
      ['#/new', '[data-plan]'],
    ];
    for (const [hash, ready] of pages) {
      await go(hash);
      await page.locator(ready).first().waitFor();
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
        assert.deepEqual(found, [], `${hash} ${colorScheme}`);
      }
      await page.setViewportSize({ width: 390, height: 844 });
      const overflow = () =>
        page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
      // Figures take the new width a frame later.
      for (let tries = 0; tries < 40 && (await overflow()) > 0; tries++) await sleep(50);
      assert.equal(await overflow(), 0, hash);
      await page.setViewportSize({ width: 1360, height: 900 });
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('a server that ends is missed; the page goes on when it is there again', async () => {
    await go('#/sweeps');
    await page.locator('li[data-sweep]').first().waitFor();
    const { port } = lab;
    await lab.close();
    const trouble = page.locator('[data-trouble]');
    await trouble.waitFor();
    assert.match((await trouble.textContent()) ?? '', /doesn’t answer/);
    lab = await startTestServer(folder, { page: built, port });
    await trouble.waitFor({ state: 'detached' });
  });

  test('asks for the token once', async () => {
    const token = 'a-token-for-tests-0123456789';
    const guarded = await startTestServer(folder, { page: built, token });
    try {
      const visitor = await open(`http://127.0.0.1:${guarded.port}/`);
      await visitor.getByLabel('Token').fill('not-the-token');
      await visitor.keyboard.press('Enter');
      await visitor.getByText('This is not the token').waitFor();
      await visitor.getByLabel('Token').fill(token);
      await visitor.keyboard.press('Enter');
      await visitor.locator('tbody tr').first().waitFor();
      await visitor.close();
      const linked = await browser.newContext();
      const follower = await linked.newPage();
      await follower.goto(guarded.url);
      await follower.locator('tbody tr').first().waitFor();
      assert.doesNotMatch(follower.url(), /token/);
      await linked.close();
    } finally {
      await guarded.close();
    }
  });

  test('asks no other host for anything and logs no complaint', () => {
    assert.deepEqual(complaints, []);
    const foreign = requests.filter(
      (url) =>
        !url.startsWith('http://127.0.0.1:') &&
        !url.startsWith('blob:') &&
        !url.startsWith('data:'),
    );
    assert.deepEqual(foreign, []);
  });
});
