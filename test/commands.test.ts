/** The commands end to end, through the command line that a user has. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ExtractionResult, MethodName, ScanResult } from '../src/analysis/results.ts';
import { nativeUnavailable } from '../src/compute/native/index.ts';
import { readModel, readRun } from '../src/format/index.ts';
import type { Control } from '../src/report/study.ts';
import { inFolder, undertone } from './run-undertone.ts';

const checkpoint = fileURLToPath(new URL('checkpoints/pytorch-add-p59-noise80', import.meta.url));

function method(result: ExtractionResult, name: MethodName) {
  const found = result.methods.find((candidate) => candidate.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

test('the quick demo: a network that memorised its wrong labels gives up the rule it holds', async () => {
  await inFolder(async (folder) => {
    const { code, stdout } = await undertone(folder, 'demo', '--quick', '--json');
    assert.equal(code, 0);
    const result = JSON.parse(stdout);
    const extraction: ExtractionResult = result.extraction;
    // In CI the native kernel must have been built; the conformance suite skips it elsewhere, with the reason.
    if (nativeUnavailable() === null) assert.equal(result.backend.name, 'native');

    const raw = method(extraction, 'raw');
    assert.ok((raw.cleanTrain ?? 0) >= 0.99 && (raw.noisyTrain ?? 0) >= 0.99);
    assert.ok((raw.test ?? 1) <= 0.03);
    assert.ok((method(extraction, 'frequency-filtration-quadratic').test ?? 0) >= 0.85);
    assert.equal(extraction.rule?.text, 'c = a + b (mod 59)');

    // 348 test pairs at chance 1/59: the mean is 5.9 right answers, 18 (5.2 %) is beyond 1 in 10,000.
    for (const control of result.controls as Control[]) {
      if (control.kind === 'trained') continue;
      assert.ok(control.available, control.label);
      assert.ok((control.frequencyFiltration ?? 1) <= 0.052, control.label);
      assert.ok((control.triadFiltration ?? 1) <= 0.052, control.label);
    }
    const page = readFileSync(join(folder, result.report), 'utf8');
    assert.match(page, /c = a \+ b \(mod 59\)/);
  });
});

test('on the reference backend the demo still runs, says so, and finds the rule', async () => {
  await inFolder(async (folder) => {
    const args = ['demo', '--quick', '--backend', 'reference', '--out', 'slow'];
    const { code, stdout, stderr } = await undertone(folder, ...args);
    assert.equal(code, 0);
    assert.match(stderr, /slower than the native kernel/);
    assert.match(stdout, /Rule identified by the scan: c = a \+ b \(mod 31\)/);
    assert.ok(existsSync(join(folder, 'slow', 'report.html')));
  });
});

test('extract reads what PyTorch trained', async () => {
  await inFolder(async (folder) => {
    const { code, stdout } = await undertone(
      folder,
      ...['extract', `${checkpoint}.safetensors`, '--dataset', `${checkpoint}.csv`],
      ...['--task', 'add', '--activation', 'relu', '--json'],
    );
    assert.equal(code, 0);
    const result: ExtractionResult = JSON.parse(stdout);
    assert.equal(result.modulus, 59);
    assert.equal(result.width, 513);
    const raw = method(result, 'raw');
    assert.equal(raw.test, 6 / 696);
    assert.deepEqual([raw.cleanTrain, raw.noisyTrain, raw.noisyTrue], [1, 1, 0]);
    // An independent implementation gives 0.627 and 0.723 over all pairs; on the 696 test pairs the
    // standard error of such a share is 0.018.
    const near = (name: MethodName, expected: number) => {
      const { test: actual } = method(result, name);
      assert.ok(Math.abs((actual ?? 0) - expected) < 3 * 0.018, `${name}: ${actual}`);
    };
    near('frequency-filtration', 0.627);
    near('triad-filtration', 0.723);
    // The file has no validation rows to choose k on.
    assert.equal(method(result, 'ipr-partition').test, null);
    assert.match(method(result, 'ipr-partition').note ?? '', /validation/);
  });
});

test('scan finds the rule in a file alone', async () => {
  await inFolder(async (folder) => {
    const { code, stdout } = await undertone(
      folder,
      ...['scan', `${checkpoint}.safetensors`, '--json'],
    );
    assert.equal(code, 0);
    const result: ScanResult = JSON.parse(stdout);
    assert.deepEqual(result.rule, { k1: 1, k2: 1, shift: 0, text: 'c = a + b (mod 59)' });
    assert.ok(Math.abs(result.evidence.weights.T - 39.5) < 0.1);
    assert.equal(result.heldOut, null);
  });
});

test('extract and scan read .npz and .pt files to the same answers, and say on standard error how', async () => {
  await inFolder(async (folder) => {
    const file = (name: string) => fileURLToPath(new URL(`checkpoints/${name}`, import.meta.url));
    const answers = async (name: string) => {
      const options = ['--activation', 'relu', '--json'];
      const extracted = await undertone(folder, 'extract', file(name), ...options);
      assert.equal(extracted.code, 0, extracted.stderr);
      const scanned = await undertone(folder, 'scan', file(name), ...options);
      assert.equal(scanned.stderr, extracted.stderr);
      return { extract: extracted.stdout, scan: scanned.stdout, notices: scanned.stderr };
    };
    const { notices, ...expected } = await answers('small.safetensors');
    assert.equal(notices, '');
    assert.equal(JSON.parse(expected.extract).width, 8);
    assert.deepEqual(await answers('compressed.npz'), { ...expected, notices: '' });
    assert.deepEqual(await answers('legacy.pth'), { ...expected, notices: '' });
    const training = await answers('training.pt');
    assert.match(training.notices, /^The network is the state dict "model_state_dict" of the file/);
    assert.deepEqual(training, { ...expected, notices: training.notices });
    const turned = await answers('turned.npz');
    assert.match(turned.notices, /^U is stored as \[P, M\] = \[5, 8\]: transposed to \[M, P\]\.\n/);
    assert.deepEqual(turned, { ...expected, notices: turned.notices });
  });
});

test('a network of pure noise has no rule: scan says so and exits with 1', async () => {
  await inFolder(async (folder) => {
    const noise = ['--noise-kind', 'uniform-all', '--noise-ratio', '1'];
    const size = ['--modulus', '31', '--width', '257', '--steps', '300'];
    const trained = await undertone(folder, 'train', ...noise, ...size, '--out', 'noise');
    assert.equal(trained.code, 0, trained.stderr);
    const scanned = await undertone(folder, 'scan', 'noise', '--json');
    assert.equal(scanned.code, 1);
    const result: ScanResult = JSON.parse(scanned.stdout);
    assert.equal(result.rule, null);
    assert.equal(result.significant, false);
    const { stdout } = await undertone(folder, 'scan', 'noise');
    assert.match(stdout, /No significant rule/);
  });
});

test('train, report and extract --save work on one run directory, and a seed repeats its bits', async () => {
  await inFolder(async (folder) => {
    const args = ['--task', 'linear:2,3', '--modulus', '23', '--width', '65', '--steps', '120'];
    const first = await undertone(folder, 'train', ...args, '--out', 'one', '--threads', '1');
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual(readdirSync(join(folder, 'one')).sort(), [
      'config.json',
      'dataset.csv',
      'metrics.csv',
      'model.safetensors',
    ]);
    await undertone(folder, 'train', ...args, '--out', 'two', '--threads', '2');
    const run = readRun(join(folder, 'one'));
    assert.deepEqual(run.network, readRun(join(folder, 'two')).network);
    assert.equal(run.metrics.at(-1)?.step, 120);

    const report = await undertone(folder, 'report', 'one', 'two', '--out', 'both.html');
    assert.equal(report.code, 0, report.stderr);
    assert.ok(readFileSync(join(folder, 'both.html'), 'utf8').includes('linear:2,3'));

    const extracted = await undertone(folder, 'extract', 'one', '--save', 'parts');
    assert.equal(extracted.code, 0, extracted.stderr);
    const part = (name: string) =>
      readModel(readFileSync(join(folder, 'parts', name)), name).network;
    const [G, R] = [part('G.safetensors'), part('R.safetensors')];
    for (const name of ['U', 'V', 'W', 'mu'] as const) {
      run.network[name].forEach((weight, i) => {
        // G and R are each rounded to single precision.
        assert.ok(Math.abs(G[name][i] + R[name][i] - weight) <= 2 ** -23 * (1 + Math.abs(weight)));
      });
    }
    const again = await undertone(folder, 'extract', 'one', '--save', 'parts');
    assert.equal(again.code, 2, 'an existing folder is never written over');
  });
});

test('standard output is plain text when it is not a terminal', async () => {
  await inFolder(async (folder) => {
    const { stdout } = await undertone(folder, 'scan', `${checkpoint}.safetensors`);
    assert.ok(!stdout.includes('\u001b'));
    assert.match(stdout, /Rule identified by the scan: c = a \+ b \(mod 59\)/);
  });
});
