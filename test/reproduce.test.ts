/** `undertone reproduce` through the real command line; what its claims find is src/claims' own business. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { training } from '../src/claims/cells/cell.ts';
import { selectBackend } from '../src/compute/index.ts';
import { weightsHash } from '../src/format/index.ts';
import { datasetOf, initialNetworkOf } from '../src/train/prepare.ts';
import { train } from '../src/train/trainer.ts';
import { inFolder, undertone } from './run-undertone.ts';

const program = fileURLToPath(new URL('../bin/undertone.js', import.meta.url));

test('all claims, of the paper and beyond, are listed with their sources', () =>
  inFolder(async (folder) => {
    const { code, stdout } = await undertone(folder, 'reproduce', '--list', '--json');
    assert.equal(code, 0);
    const { claims } = JSON.parse(stdout) as { claims: { id: string; source: string }[] };
    assert.deepEqual(
      claims.map(({ id }) => id),
      [
        'double-descent',
        'noise-first',
        'mnist-noise-first',
        'rule-inside',
        'frequency-filtration',
        'transformer-filtration',
        'neuron-partition',
        'misspecification',
        'network-or-filter',
        'methods',
        'calibration',
        'power',
        'stored-or-carried',
        'transformer-evidence',
        'groups',
        'without-basis',
      ],
    );
    assert.ok(claims.every(({ source }) => source.length > 0));
  }));

test('an unknown claim or preset is refused with those there are, an --out that is a file with its name', () =>
  inFolder(async (folder) => {
    const claim = await undertone(folder, 'reproduce', 'grokking');
    assert.equal(claim.code, 2);
    assert.match(claim.stderr, /no claim "grokking": expected double-descent, /);
    const preset = await undertone(folder, 'reproduce', '--preset', 'slow');
    assert.equal(preset.code, 2);
    assert.match(preset.stderr, /quick, standard, paper/);
    assert.deepEqual(readdirSync(folder), []);
    writeFileSync(join(folder, 'taken'), '');
    const out = await undertone(folder, 'reproduce', '--out', 'taken');
    assert.equal(out.code, 2);
    assert.match(out.stderr, /taken can't be a folder for results/);
  }));

test('Ctrl-C keeps what is done and says how to go on', () =>
  inFolder(async (folder) => {
    const child = spawn(process.execPath, [program, 'reproduce', 'double-descent'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const ended = new Promise<number | null>((resolve) => {
      child.on('close', resolve);
    });
    const runs = join(folder, 'reproduce', 'quick', 'runs');
    const isUnderWay = () => {
      try {
        return readdirSync(runs).length > 2;
      } catch {
        return false;
      }
    };
    while (!isUnderWay()) await setTimeout(50);
    child.kill('SIGINT');
    assert.equal(await ended, 1, stderr);
    const [, done] =
      /Stopped with (\d+) of \d+ runs done; the same command goes on/.exec(stderr) ?? [];
    const kept = readdirSync(runs).filter((key) =>
      readdirSync(join(runs, key)).includes('cell.json'),
    );
    assert.equal(kept.length, Number(done));
  }));

test('a published run is run again to the same hash; one that was tampered with is not', () =>
  inFolder(async (folder) => {
    const cell = training({ modulus: 7, width: 17, steps: 50 });
    const { settings } = cell;
    const { network } = await train({
      settings,
      dataset: datasetOf(settings),
      initial: initialNetworkOf(settings),
      backend: selectBackend(),
    });
    const line = { key: cell.key, kind: 'training', input: cell.input, seconds: 1 };
    const write = (hash: string) => {
      const content = {
        preset: 'quick',
        claims: [{ id: 'some-claim', runs: [cell.key] }],
        runs: [{ ...line, weightsHash: hash }],
      };
      writeFileSync(join(folder, 'results.json'), JSON.stringify(content));
    };
    write(weightsHash(network));
    const check = (...args: string[]) =>
      undertone(folder, 'reproduce', '--check', 'results.json', ...args);
    const same = await check(cell.key.slice(0, 6));
    assert.equal(same.code, 0, same.stderr);
    assert.match(same.stdout, /1 of 1 ended at the published weights/);
    write('0'.repeat(64));
    const other = await check('--json');
    assert.equal(other.code, 1);
    const { checked } = JSON.parse(other.stdout) as {
      checked: { same: boolean; measured: string }[];
    };
    assert.deepEqual([checked[0].same, checked[0].measured], [false, weightsHash(network)]);
    const none = await check('some-other-claim');
    assert.equal(none.code, 2);
    assert.match(none.stderr, /no run "some-other-claim".*some-claim/);
    assert.deepEqual(readdirSync(folder), ['results.json']);
  }));
