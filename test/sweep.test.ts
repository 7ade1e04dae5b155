/** Sweeps through the command line: planned, run, changed, stopped, killed, shared by several processes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openStore } from '../src/store/index.ts';
import { createGenerator } from '../src/task/index.ts';
import { inFolder, undertone } from './run-undertone.ts';

const program = fileURLToPath(new URL('../bin/undertone.js', import.meta.url));

interface Status {
  readonly name: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly runs: readonly {
    readonly name: string;
    readonly status: string;
    readonly axes: Readonly<Record<string, unknown>>;
    readonly hash: string | null;
    readonly error: string | null;
    readonly extracted: Readonly<Record<string, unknown>> | null;
  }[];
}

/** A sweep file of `seeds` tiny runs. */
const sweepFile = (seeds: number, steps: number, more = '') => `name: tiny
base: { modulus: 11, width: 17, steps: ${steps} }
grid:
  seed: { from: 0, count: ${seeds} }
${more}`;

async function sweep(folder: string, ...args: string[]): Promise<Status> {
  const { stdout, stderr } = await undertone(folder, 'sweep', ...args, '--json');
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

const hashes = ({ runs }: Status) => runs.map(({ hash }) => hash);

/** Starts a sweep; `stop` ends it with a signal and waits for that. */
function start(folder: string, ...args: string[]) {
  const child = spawn(process.execPath, [program, 'sweep', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  );
  return { child, ended, output: () => output };
}

describe('a sweep through the command line', { concurrency: 1 }, () => {
  test('plans, runs, finds what is there, and takes changes to the file', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'tiny.yaml');
      writeFileSync(file, sweepFile(3, 40, 'extract: [scan, raw]'));
      const planned = await undertone(folder, 'sweep', file, '--plan');
      assert.match(planned.stdout, /tiny: 3 runs, about .* of training on \d+ cores?, 1 MB/);
      assert.match(planned.stdout, /seed: 0, 1, 2/);
      const first = await sweep(folder, file);
      assert.equal(first.counts.done, 3);
      assert.equal(new Set(hashes(first)).size, 3);
      assert.equal(typeof first.runs[0].extracted?.['raw.test'], 'number');
      assert.equal(typeof first.runs[0].extracted?.['scan.log10PValue'], 'number');
      // The weights are those of `train`.
      const trained = await undertone(
        folder,
        ...'train --modulus 11 --width 17 --steps 40 --seed 2 --out run --json'.split(' '),
      );
      assert.equal(JSON.parse(trained.stdout).hash, first.runs[2].hash);
      writeFileSync(file, sweepFile(5, 40, 'extract: [scan, raw]'));
      const again = await undertone(folder, 'sweep', file);
      assert.match(again.stderr, /5 runs .* 2 new · 3 found · 2 left to run/);
      assert.match(again.stdout, /tiny: 5 of 5 runs done/);
      const second = await sweep(folder, file);
      assert.deepEqual(hashes(second).slice(0, 3), hashes(first));
      const status = await undertone(folder, 'sweep', 'status');
      assert.match(status.stdout, /tiny +done +5 +5/);
    }));

  test('goes on when a run fails, says why, and tries again only when asked', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'tiny.yaml');
      const text = (rates: string) => `name: tiny
base: { modulus: 11, width: 17, steps: 60, optimizer: sgd, activation: quadratic }
grid: { learningRate: ${rates} }`;
      writeFileSync(file, text('[0.1, 1.0e9, 0.2]'));
      const outcome = await undertone(folder, 'sweep', file);
      assert.equal(outcome.code, 1);
      assert.match(outcome.stdout, /2 of 3 runs done, 1 failed/);
      assert.match(outcome.stdout, /failed: [a-z-]+\d+: The training diverged: by step \d+/);
      assert.match(outcome.stdout, /--retry-failed/);
      const quiet = await undertone(folder, 'sweep', file);
      assert.match(quiet.stderr, /0 left to run/);
      const retried = await undertone(folder, 'sweep', file, '--retry-failed');
      assert.match(retried.stderr, /1 to run again/);
      assert.equal(retried.code, 1);
    }));

  test('stops at Ctrl-C, says how to go on, and goes on to the same bits', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'tiny.yaml');
      writeFileSync(file, sweepFile(4, 30_000));
      const { child, ended, output } = start(folder, file, '--workers', '2');
      while (!/done/.test(output())) await sleep(20);
      await sleep(400);
      child.kill('SIGINT');
      const { code, output: said } = await ended;
      assert.equal(code, 1);
      assert.match(said, /Stopping .* kept at a checkpoint/);
      assert.match(said, /Stopped\. Go on with: npx undertone sweep/);
      const status = await sweep(folder, 'status', 'tiny');
      assert.equal(status.counts.running, 0);
      assert.ok(status.counts.stopped > 0, JSON.stringify(status.counts));
      const resumed = await sweep(folder, file);
      const whole = await sweep(folder, file, '--store', 'other.db');
      assert.deepEqual(hashes(resumed), hashes(whole));
    }));

  test('killed at 20 random moments it finishes every run once, to the bits of an undisturbed one', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'tiny.yaml');
      writeFileSync(file, sweepFile(24, 20_000));
      const undisturbed = await sweep(folder, file, '--store', 'undisturbed.db');
      const random = createGenerator(1, 'kills');
      let store = await openStore(join(folder, 'undertone.db'));
      for (let kill = 0; kill < 20; kill++) {
        const { child, ended } = start(folder, file, '--checkpoint-seconds', '0.05', '--json');
        // At work: its runs are in its hands.
        const isAtWork = async () =>
          (await store.owners()).some((owner) => owner.includes(`:${child.pid}:`));
        while (!(await isAtWork()) && child.exitCode === null) await sleep(10);
        await sleep(400 * random.uniform());
        assert.equal(child.exitCode, null, 'the sweep was over before the last kill');
        child.kill('SIGKILL');
        await ended;
      }
      await store.close();
      const finished = await sweep(folder, file);
      assert.deepEqual(finished.counts, { ...finished.counts, done: 24, running: 0, queued: 0 });
      assert.deepEqual(hashes(finished), hashes(undisturbed));
      store = await openStore(join(folder, 'undertone.db'));
      const { runs } = await store.listRuns();
      assert.ok(runs.reduce((sum, { attempt }) => sum + attempt, 0) >= 24 + 20);
      const series = await store.series(runs.map(({ id }) => id));
      const whole = await openStore(join(folder, 'undisturbed.db'));
      for (const run of runs) {
        const other = await whole.findRun(run.name);
        assert.deepEqual(series.get(run.id), (await whole.series([other.id])).get(other.id));
      }
      await whole.close();
      await store.close();
    }));

  test('three processes share one sweep without an error', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'tiny.yaml');
      writeFileSync(file, sweepFile(30, 300));
      const outcomes = await Promise.all(
        [1, 2, 3].map(() => start(folder, file, '--workers', '1').ended),
      );
      for (const { code, output } of outcomes) assert.equal(code, 0, output);
      const status = await sweep(folder, 'status', 'tiny');
      assert.equal(status.counts.done, 30);
      const store = await openStore(join(folder, 'undertone.db'));
      const { runs } = await store.listRuns();
      assert.deepEqual([...new Set(runs.map(({ attempt }) => attempt))], [1]);
      await store.close();
    }));

  test('paused from another process it waits, resumed it goes on; cancelled it ends, and the file goes on', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'tiny.yaml');
      writeFileSync(file, sweepFile(4, 50_000_000));
      const first = start(folder, file);
      const until = async (isThere: (counts: Status['counts']) => boolean) => {
        for (;;) {
          const outcome = await undertone(folder, 'sweep', 'status', 'tiny', '--json');
          if (outcome.code === 0 && isThere(JSON.parse(outcome.stdout).counts)) return;
          await sleep(50);
        }
      };
      await until(({ running }) => running > 0);
      const paused = await undertone(folder, 'sweep', 'pause', 'tiny');
      assert.match(paused.stdout, /paused/);
      await until(({ running }) => running === 0);
      assert.equal(first.child.exitCode, null, 'it waits');
      const nearest = await undertone(folder, 'sweep', 'resume', 'tinny');
      assert.equal(nearest.code, 2);
      assert.match(nearest.stderr, /did you mean tiny/);
      const resumed = await undertone(folder, 'sweep', 'resume', 'tiny');
      assert.match(resumed.stdout, /active/);
      await until(({ running }) => running > 0);
      const cancelled = await undertone(folder, 'sweep', 'cancel', 'tiny');
      assert.match(cancelled.stdout, /cancelled/);
      const { code, output } = await first.ended;
      assert.equal(code, 1);
      assert.match(output, /tiny: paused/);
      assert.match(output, /The sweep was cancelled\. Go on with: npx undertone sweep/);
      const again = start(folder, file, '--json');
      await until(({ running }) => running > 0);
      again.child.kill('SIGINT');
      assert.match((await again.ended).output, /The sweep was cancelled; it goes on now/);
    }));

  test('bad files and options are refused with what to do', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'bad.yaml');
      writeFileSync(file, 'base: { modulus: 11 }\ngrid: { widht: [1] }\n');
      const unknown = await undertone(folder, 'sweep', file);
      assert.equal(unknown.code, 2);
      assert.match(unknown.stderr, /bad\.yaml:2:\d+: .*widht/);
      writeFileSync(file, sweepFile(1, 1));
      const detached = await undertone(folder, 'sweep', file, '--detach');
      assert.equal(detached.code, 2);
      assert.match(detached.stderr, /postgres:\/\//);
      const none = await undertone(folder, 'sweep', 'status');
      assert.equal(none.code, 2);
      assert.match(none.stderr, /There is no store undertone\.db yet/);
      writeFileSync(join(folder, 'text.db'), 'x'.repeat(5000));
      const text = await undertone(folder, 'sweep', file, '--store', 'text.db');
      assert.equal(text.code, 2);
      assert.match(text.stderr, /text\.db is no store/);
    }));
});
