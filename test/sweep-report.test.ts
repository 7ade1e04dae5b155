/** `undertone report SWEEP` through the command line. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { undertone } from './run-undertone.ts';
import { storeStudy, studyRuns } from './stored-study.ts';

let folder = '';
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'undertone-sweep-report-'));
  await storeStudy(join(folder, 'undertone.db'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const report = (...args: string[]) => undertone(folder, 'report', ...args);

test('one self-contained page with every figure, the table of all runs and the reasons of failed ones', async () => {
  const { code, stdout, stderr } = await report('small');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Report: small\.html \(9 runs, 8 done\)$/m);
  const page = readFileSync(join(folder, 'small.html'), 'utf8');
  for (const key of [
    'double-descent',
    'heat-width-noiseRatio',
    'curves-test',
    'curves-noisyTrain',
    'parallel',
  ]) {
    assert.match(page, new RegExp(`<figure id="${key}"[\\s\\S]*?<svg `), key);
  }
  assert.match(page, /α = 0\.5/);
  const rows = /<table data-sortable>[\s\S]*?<\/table>/.exec(page)?.[0].match(/<tr class/g) ?? [];
  assert.equal(rows.length, studyRuns + 1);
  assert.match(page, /Task &quot;xor&quot; needs a power of two as the modulus/);
  // Nothing is loaded, and only the page's own script may run.
  assert.doesNotMatch(page, /(src|href)="(?!data:|#)/);
  assert.match(page, /Content-Security-Policy" content="default-src 'none'/);
});

test('numbers behind the figure are means over seeds with their interval', async () => {
  const { stdout } = await report('small', '--json');
  const study = JSON.parse(stdout);
  const at = (width: number, noiseRatio: number) =>
    study.runs
      .filter(
        // biome-ignore lint/suspicious/noExplicitAny: JSON as a reader gets it.
        ({ status, settings }: any) =>
          status === 'done' && settings.width === width && settings.noiseRatio === noiseRatio,
      )
      // biome-ignore lint/suspicious/noExplicitAny: JSON as a reader gets it.
      .map(({ values }: any) => values['triad-filtration.test'] as number);
  const values = at(33, 0.5);
  assert.equal(values.length, 2);
  await report('small', '--metric', 'triad-filtration.test', '--out', 'triads.html');
  const page = readFileSync(join(folder, 'triads.html'), 'utf8');
  const figure = /<figure id="heat-width-noiseRatio"[\s\S]*?<\/figure>/.exec(page)?.[0] ?? '';
  const row = /<tr><th scope="row">33<\/th><td>0\.5<\/td><td>2<\/td><td>([^<]*)<\/td>/.exec(figure);
  const mean = (100 * (values[0] + values[1])) / 2;
  assert.ok(Math.abs(Number.parseFloat(row?.[1] ?? '') - mean) <= 0.05, `${row?.[1]} and ${mean}`);
});

test('another setting on the x axis, and only the runs that pass a filter', async () => {
  const { code, stderr } = await report(
    'small',
    '--x',
    'noiseRatio',
    '--filter',
    'width=33',
    '--out',
    'noise.html',
  );
  assert.equal(code, 0, stderr);
  const page = readFileSync(join(folder, 'noise.html'), 'utf8');
  assert.match(page, /Test error against noise ratio α/);
  assert.doesNotMatch(page, /heat-/);
});

test('wrong names are refused with the right ones', async () => {
  const sweep = await report('smal');
  assert.equal(sweep.code, 2);
  assert.match(sweep.stderr, /no sweep smal .*did you mean small\?/);
  const x = await report('small', '--x', 'seed');
  assert.equal(x.code, 2);
  assert.match(x.stderr, /setting that varies in small \(noiseRatio, width\)/);
  const metric = await report('small', '--metric', 'tst');
  assert.match(metric.stderr, /got tst\. Did you mean test\?/);
  assert.ok(!existsSync(join(folder, 'smal.html')));
});

test('a folder of that name comes first', async () => {
  mkdirSync(join(folder, 'taken'));
  const { code, stderr } = await report('taken');
  assert.equal(code, 2);
  assert.match(stderr, /taken.*config\.json/);
});
