/**
 * Interruptions through the real command line: killed at any moment, stopped by Ctrl-C, with a damaged
 * checkpoint: `train --resume` ends at the bits of a run that nothing interrupted.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nativeUnavailable } from '../src/compute/native/index.ts';
import { wasmUnavailable } from '../src/compute/wasm/index.ts';
import { readRun, runFiles } from '../src/format/index.ts';
import { createGenerator } from '../src/task/index.ts';

const program = fileURLToPath(new URL('../bin/undertone.js', import.meta.url));
const root = fs.mkdtempSync(join(tmpdir(), 'undertone-'));
after(() => fs.rmSync(root, { recursive: true }));

/** Long enough to be interrupted many times: some hundred checkpoints. */
const size = ['--modulus', '7', '--width', '8', '--steps', '4000'];
const often = ['--checkpoint-every', '10'];

interface Started {
  readonly child: ChildProcess;
  /** Exit code, null where a signal ended it, with what it printed. */
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, [program, 'train', ...args], { cwd: root });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

async function finish(...args: string[]) {
  const outcome = await start(...args, '--json').ended;
  assert.equal(outcome.code, 0, outcome.stderr);
  return { ...outcome, hash: JSON.parse(outcome.stdout).hash as string };
}

/** Steps of the checkpoints in a run's folder, ascending. */
function checkpointSteps(name: string): number[] {
  const folder = join(root, name, runFiles.checkpoints);
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .map((file) => Number(/^step-(\d+)\./.exec(file)?.[1] ?? -1))
    .filter((step) => step >= 0)
    .sort((x, y) => x - y);
}

/** Waits until a run has a checkpoint of at least that step, or has ended. */
async function reached(name: string, step: number, { child }: Started): Promise<void> {
  while ((checkpointSteps(name).at(-1) ?? -1) < step && child.exitCode === null) {
    await setTimeout(2);
  }
}

/** Starts a run and ends it by a signal once it has a checkpoint of at least that step. */
async function interrupt(name: string, signal: NodeJS.Signals, step: number, args: string[]) {
  const started = start('--out', name, ...args);
  await reached(name, step, started);
  started.child.kill(signal);
  return started.ended;
}

function assertSameFiles(name: string, other: string): void {
  for (const file of [runFiles.metrics, runFiles.model, runFiles.dataset, runFiles.config]) {
    const [actual, expected] = [name, other].map((run) => fs.readFileSync(join(root, run, file)));
    assert.ok(actual.equals(expected), file);
  }
}

const missing = nativeUnavailable();
const variants: { name: string; args: string[]; skip: string | false }[] = [
  { name: 'reference', args: ['--backend', 'reference'], skip: false },
  {
    name: 'tracked',
    args: ['--backend', 'reference', '--track', 'evidence', '--measure-every', '50'],
    skip: false,
  },
  { name: 'native', args: ['--backend', 'native', '--threads', '2'], skip: missing ?? false },
  {
    name: 'native-batches',
    args: [
      ...['--backend', 'native', '--threads', '1', '--batch-size', '5', '--tied', '--hidden-bias'],
      ...['--schedule', 'warmup-cosine', '--warmup-steps', '500', '--init', 'gaussian:0.5'],
    ],
    skip: missing ?? false,
  },
];

describe('an interrupted training', () => {
  for (const { name, args, skip } of variants) {
    test(`ends at the same files after kills at any moment: ${name}`, { skip }, async () => {
      const whole = await finish('--out', `${name}-whole`, ...size, ...args);
      const generator = createGenerator(1, name);
      const run = `${name}-killed`;
      let kills = 0;
      for (let attempt = 0, last = 0; attempt < 6 && last < 3600; attempt++) {
        const resume = attempt === 0 ? [...size, ...args] : ['--resume'];
        const target = last + 10 + generator.below(600);
        const started = start('--out', run, ...resume, ...often);
        await reached(run, target, started);
        await setTimeout(generator.below(12));
        started.child.kill('SIGKILL');
        if ((await started.ended).code === null) kills++;
        last = checkpointSteps(run).at(-1) ?? last;
      }
      assert.ok(kills > 1);
      const resumed = await finish('--out', run, '--resume');
      assert.match(resumed.stderr, /Going on from step \d+ of 4000|is done/);
      assert.equal(resumed.hash, whole.hash);
      assertSameFiles(run, `${name}-whole`);
      assert.deepEqual(
        fs.readdirSync(join(root, run)).sort(),
        [runFiles.config, runFiles.dataset, runFiles.metrics, runFiles.model].sort(),
      );
    });
  }

  const reference = ['--backend', 'reference'];
  const plain = [...size, ...reference];

  test('killed before its first checkpoint it starts over, and says so', async () => {
    const started = start('--out', 'early', ...plain, '--checkpoint-every', '1000000');
    while (
      !fs.existsSync(join(root, 'early', runFiles.dataset)) &&
      started.child.exitCode === null
    ) {
      await setTimeout(2);
    }
    started.child.kill('SIGKILL');
    await started.ended;
    const { stderr, hash } = await finish('--out', 'early', '--resume');
    assert.match(stderr, /no checkpoint to use in early: starting over/);
    assert.equal(hash, (await finish('--out', 'early-whole', ...plain)).hash);
    assertSameFiles('early', 'early-whole');
  });

  test('Ctrl-C leaves a run that can be read and says how to go on', async () => {
    const args = [...plain, '--measure-every', '30'];
    const { code, stderr, stdout } = await interrupt('stopped', 'SIGINT', 50, [...args, ...often]);
    assert.equal(code, 1, stderr);
    assert.match(
      stderr,
      /Stopped at step \d+ of 4000.* npx undertone train --out stopped --resume/,
    );
    assert.match(stdout, /Weights: [0-9a-f]{64}/);
    const step = readRun(join(root, 'stopped')).metrics.at(-1)?.step;
    assert.equal(checkpointSteps('stopped').at(-1), step);
    const { hash } = await finish('--out', 'stopped', '--resume');
    assert.equal(hash, (await finish('--out', 'stopped-whole', ...args)).hash);
    assertSameFiles('stopped', 'stopped-whole');
  });

  test('a damaged newest checkpoint is named and the one before it used', async () => {
    await interrupt('damaged', 'SIGKILL', 100, [...plain, ...often]);
    // Three where the kill came between a write and the removal of the oldest.
    const steps = checkpointSteps('damaged').slice(-2);
    assert.equal(steps.length, 2);
    const [older, newest] = steps.map((step) => `step-${step}.safetensors`);
    const file = join(root, 'damaged', runFiles.checkpoints, newest);
    const bytes = fs.readFileSync(file);
    bytes[bytes.length - 5] ^= 1;
    fs.writeFileSync(file, bytes);
    const { stderr, hash } = await finish('--out', 'damaged', '--resume');
    assert.match(stderr, new RegExp(`${newest} is damaged.*checksum`));
    assert.match(stderr, new RegExp(`Going on from step ${steps[0]} `), older);
    assert.equal(hash, (await finish('--out', 'damaged-whole', ...plain)).hash);
  });

  test('flags that contradict it are refused, flags that agree are not', async () => {
    await interrupt('flags', 'SIGKILL', 20, [...plain, ...often]);
    const before = checkpointSteps('flags');
    for (const [flags, says] of [
      [['--width', '9'], /--width is 9 here and 8 in the run flags; leave it out/],
      [['--tied'], /--tied is true here and false in the run/],
      [['--measure-every', '3'], /--measure-every is 3 here and none in the run/],
      [['--track', 'evidence'], /--track is "evidence" here and none in the run/],
    ] as const) {
      const { code, stderr } = await start('--out', 'flags', '--resume', ...flags).ended;
      assert.equal(code, 2);
      assert.match(stderr, says);
    }
    assert.deepEqual(checkpointSteps('flags'), before);
    const agreeing = ['--width', '8', '--steps', '4000', '--backend', 'reference'];
    await finish('--out', 'flags', '--resume', ...agreeing);
  });

  test('single precision is not continued in double', { skip: missing ?? false }, async () => {
    await interrupt('precision', 'SIGKILL', 20, [...size, '--backend', 'native', ...often]);
    const { code, stderr } = await start('--out', 'precision', '--resume', ...reference).ended;
    assert.equal(code, 2);
    assert.match(stderr, /can’t continue a training in single precision.*--backend/);
  });

  test('what the native kernel began, WebAssembly ends at the same bits', {
    skip: missing ?? wasmUnavailable() ?? false,
  }, async () => {
    const args = [...size, '--backend', 'native', '--batch-size', '9'];
    await interrupt('began', 'SIGKILL', 50, [...args, ...often]);
    const { hash } = await finish('--out', 'began', '--resume', '--backend', 'wasm');
    assert.equal(hash, (await finish('--out', 'began-whole', ...args)).hash);
  });

  test('a run that is done says so and stays as it is', async () => {
    const { hash } = await finish('--out', 'done', '--steps', '3', '--modulus', '5', ...reference);
    const times = () =>
      fs
        .readdirSync(join(root, 'done'))
        .map((name) => fs.statSync(join(root, 'done', name)).mtimeMs);
    const before = times();
    const again = await finish('--out', 'done', '--resume');
    assert.match(again.stderr, /The run done is done: all its 3 steps are taken/);
    assert.equal(again.hash, hash);
    assert.deepEqual(times(), before);
  });

  test('without a run or without --out there is nothing to go on with', async () => {
    for (const [args, says] of [
      [['--resume'], /give its folder with --out/],
      [['--resume', '--out', 'nowhere'], /no run to go on with in nowhere .*leave out --resume/],
    ] as const) {
      const { code, stderr } = await start(...args).ended;
      assert.equal(code, 2);
      assert.match(stderr, says);
    }
  });

  test('one that diverges at once leaves no folder; later it names its last checkpoint', async () => {
    const bad = ['--activation', 'quadratic', '--optimizer', 'sgd', ...reference];
    const small = ['--modulus', '5', '--width', '6', '--steps', '500'];
    const atOnce = await start(...small, ...bad, '--learning-rate', '1e30', '--out', 'a/b').ended;
    assert.equal(atOnce.code, 1);
    assert.match(atOnce.stderr, /diverged: by step \d+ .*--learning-rate/);
    assert.ok(!fs.existsSync(join(root, 'a')));
    const args = [...small, ...bad, '--learning-rate', '30', '--checkpoint-every', '1'];
    const later = await start(...args, '--out', 'later').ended;
    assert.equal(later.code, 1);
    const last = checkpointSteps('later').at(-1);
    assert.match(later.stderr, new RegExp(`last good checkpoint is that of step ${last}\\.`));
  });
});
