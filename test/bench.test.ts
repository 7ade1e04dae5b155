/** `undertone bench` through the command line: the shape of its answer, never how fast this machine is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BenchResult } from '../src/cli/bench.ts';
import { nativeUnavailable } from '../src/compute/native/index.ts';
import { inFolder, undertone } from './run-undertone.ts';

async function bench(...flags: string[]): Promise<BenchResult> {
  return await inFolder(async (folder) => {
    const { code, stdout } = await undertone(folder, 'bench', ...flags, '--json');
    assert.equal(code, 0);
    return JSON.parse(stdout);
  });
}

test('bench measures each width against the peak of the native kernel', {
  skip: nativeUnavailable() ?? false,
}, async () => {
  const result = await bench('--modulus', '31', '--width', '17,64', '--threads', '1');
  assert.equal(result.backend, 'native');
  assert.equal(result.threads, 1);
  assert.match(result.machine, /cores/);
  assert.match(result.isa, /^(avx512|avx2|neon)$/);
  assert.ok(result.peakGflops !== null && result.peakGflops > 0);
  assert.deepEqual(
    result.rows.map(({ modulus, width }) => [modulus, width]),
    [
      [31, 17],
      [31, 64],
    ],
  );
  for (const { modulus, width, msPerStep, gflops, fractionOfPeak } of result.rows) {
    // 769 of the 961 pairs train: 80 %, rounded.
    const operations = 6 * 769 * width * modulus;
    assert.ok(Math.abs(gflops - operations / msPerStep / 1e6) < 1e-9 * gflops);
    // Above 1 only where the clock speeds up between the two measurements: never twofold.
    assert.ok(fractionOfPeak !== null && fractionOfPeak > 0 && fractionOfPeak < 2);
    assert.ok(Math.abs(fractionOfPeak - gflops / (result.peakGflops ?? 0)) < 1e-9);
  }
});

test('bench knows no peak of the reference backend and says so', async () => {
  const flags = ['--backend', 'reference', '--modulus', '5', '--width', '3'];
  const result = await bench(...flags);
  assert.equal(result.backend, 'reference');
  assert.equal(result.peakGflops, null);
  assert.equal(result.rows[0].fractionOfPeak, null);
  assert.ok(result.rows[0].gflops > 0);
  await inFolder(async (folder) => {
    const { stdout, stderr } = await undertone(folder, 'bench', ...flags);
    assert.match(stdout, /not known for this backend/);
    assert.match(stdout, /ms per step/);
    assert.match(stderr, /^bench: \d+ steps/);
  });
});

for (const [flags, says] of [
  [['--width', '513,x'], /widths separated by commas/],
  [['--width', '0'], /Setting width/],
  [['--modulus', '2'], /Setting modulus/],
  [['--backend', 'cuda'], /backend/],
] as const) {
  test(`bench refuses ${flags.join(' ')}`, async () => {
    await inFolder(async (folder) => {
      const { code, stdout, stderr } = await undertone(folder, 'bench', ...flags);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, says);
    });
  });
}
