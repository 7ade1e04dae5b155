/**
 * The speed of a training step: P = 113, 80 % of the pairs, ReLU, AdamW, on every instruction set.
 *
 *   node bench/step.ts [--widths 513,2049] [--rounds 7] [PROTOTYPE.cpp]
 *
 * With the source of a prototype that prints "med X ms" for the arguments WIDTH STEPS THREADS, it is
 * compiled for this machine and run in turn with ours. Then: how two threads scale, what a busy
 * process beside them costs, and the general matrix product. Medians; share of the measured peak.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadAddon } from '../src/compute/native/addon.ts';
import {
  createNativeBackend,
  nativeInstructionSets,
  nativeUnavailable,
} from '../src/compute/native/index.ts';
import type { TrainingSession } from '../src/compute/port.ts';
import { initializeNetwork } from '../src/model/initialize.ts';
import { type Activation, activations } from '../src/model/network.ts';
import { createGenerator } from '../src/task/generator.ts';

const modulus = 113;
const samples = Math.round(0.8 * modulus ** 2);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    widths: { type: 'string', default: '513,2049' },
    rounds: { type: 'string', default: '7' },
  },
});
const widths = values.widths.split(',').map(Number);
const rounds = Number(values.rounds);

function median(times: number[]): number {
  return times.toSorted((x, y) => x - y)[Math.floor(times.length / 2)];
}

function openSession(
  instructionSet: string,
  threads: number,
  width: number,
  activation: Activation = 'relu',
): TrainingSession {
  const generator = createGenerator(0, 'bench');
  const pairs = generator
    .shuffle(Uint32Array.from({ length: modulus ** 2 }, (_, pair) => pair))
    .slice(0, samples)
    .sort();
  return createNativeBackend({ instructionSet, threads }).train({
    activation,
    loss: 'cross-entropy',
    optimizer: {
      name: 'adamw',
      learningRate: 1e-3,
      weightDecay: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    },
    rows: {
      a: Uint16Array.from(pairs, (pair) => Math.floor(pair / modulus)),
      b: Uint16Array.from(pairs, (pair) => pair % modulus),
      label: Uint16Array.from(pairs, () => generator.below(modulus)),
    },
    initial: initializeNetwork(modulus, width, generator),
    tied: false,
    freezeFirstLayer: false,
  });
}

/** Median milliseconds of a step. */
function stepTime(session: TrainingSession, steps: number): number {
  session.run(1);
  return median(
    Array.from({ length: steps }, () => {
      const start = performance.now();
      session.run(1);
      return performance.now() - start;
    }),
  );
}

/** Medians over rounds in which each contestant runs once, in turn. */
function alternate(contestants: (() => number)[]): number[] {
  const times: number[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    contestants.forEach((run, i) => {
      times[i].push(run());
    });
  }
  return times.map(median);
}

function stepsFor(width: number): number {
  return Math.max(7, Math.round(10000 / width));
}

function peakOf(instructionSet: string): number {
  const { addon } = loadAddon();
  if (addon === null) throw new Error('no addon');
  const engine = addon.openEngine(instructionSet, 1);
  return Math.max(...Array.from({ length: 15 }, () => addon.peak(engine)));
}

function describeStep(ms: number, width: number, peak: number): string {
  // Three products of 2·n·M·P operations: forward, and back into each layer.
  const gflops = (6 * samples * width * modulus) / ms / 1e6;
  return `${ms.toFixed(2)} ms, ${gflops.toFixed(0)} GFLOP/s, ${Math.round((100 * gflops) / peak)} % of peak`;
}

function compilePrototype(source: string, folder: string): string {
  const program = join(folder, 'prototype');
  const flags = '-O3 -std=c++17 -ffp-contract=off -fno-math-errno -pthread -march=native'.split(
    ' ',
  );
  execFileSync(process.env.CXX ?? 'c++', [...flags, source, '-o', program], { stdio: 'inherit' });
  return program;
}

function prototypeTime(program: string, width: number, threads: number): number {
  const output = execFileSync(program, [String(width), String(stepsFor(width)), String(threads)], {
    encoding: 'utf8',
  });
  return Number(/med ([\d.]+) ms/.exec(output)?.[1]);
}

function compareWithPrototype(program: string, instructionSet: string): void {
  console.log(`\nOurs and the prototype in turn, ${rounds} rounds, one thread, ${instructionSet}`);
  for (const width of widths) {
    const session = openSession(instructionSet, 1, width);
    const [ours, theirs] = alternate([
      () => stepTime(session, stepsFor(width)),
      () => prototypeTime(program, width, 1),
    ]);
    session.dispose();
    console.log(
      `  M=${width}: ours ${ours.toFixed(2)} ms, prototype ${theirs.toFixed(2)} ms, ratio ${(ours / theirs).toFixed(3)}`,
    );
  }
}

function compareThreads(instructionSet: string): void {
  console.log(`\nOne and two threads in turn, and two beside a busy process, ${instructionSet}`);
  for (const width of widths) {
    const [single, double] = [1, 2].map((threads) => openSession(instructionSet, threads, width));
    const steps = stepsFor(width);
    const [one, two] = alternate([() => stepTime(single, steps), () => stepTime(double, steps)]);
    const neighbour = spawn(process.execPath, ['-e', 'for (;;);']);
    const [disturbed] = alternate([() => stepTime(double, 4 * steps)]);
    neighbour.kill('SIGKILL');
    console.log(
      `  M=${width}: one ${one.toFixed(2)} ms, two ${two.toFixed(2)} ms (${(one / two).toFixed(2)}× as fast), two beside a busy process ${disturbed.toFixed(2)} ms (${(disturbed / two).toFixed(2)}× the time)`,
    );
    for (const session of [single, double]) session.dispose();
  }
}

function compareActivations(instructionSet: string): void {
  console.log(`\nActivations in turn, one thread, ${instructionSet}, M=${widths[0]}`);
  const sessions = activations.map((name) => openSession(instructionSet, 1, widths[0], name));
  const times = alternate(sessions.map((session) => () => stepTime(session, stepsFor(widths[0]))));
  activations.forEach((name, i) => {
    console.log(`  ${name}: ${times[i].toFixed(2)} ms, ${(times[i] / times[0]).toFixed(2)}× ReLU`);
  });
}

function measureProduct(instructionSet: string, peak: number): void {
  const { addon } = loadAddon();
  if (addon === null) return;
  const engine = addon.openEngine(instructionSet, 1);
  const shares = [512, 513, 1024].map((size) => {
    const [a, b, c] = [0.5, 0.25, 0].map((value) => new Float32Array(size * size).fill(value));
    const times = Array.from({ length: 3 * rounds }, () => {
      const start = performance.now();
      addon.multiply(engine, a, b, c, size, size, size, false, false);
      return performance.now() - start;
    });
    return `${size}³ ${Math.round((100 * 2 * size ** 3) / median(times) / 1e6 / peak)} %`;
  });
  console.log(`  matrix product, share of peak: ${shares.join(', ')}`);
}

const missing = nativeUnavailable();
if (missing !== null) {
  console.error(missing);
  process.exit(1);
}
console.log(`${cpus()[0].model}, ${availableParallelism()} cores; P=${modulus}, n=${samples}`);
for (const instructionSet of nativeInstructionSets()) {
  const peak = peakOf(instructionSet);
  console.log(`\n${instructionSet}, one thread, measured peak ${peak.toFixed(0)} GFLOP/s`);
  for (const width of [17, 129, ...widths]) {
    const session = openSession(instructionSet, 1, width);
    const [ms] = alternate([() => stepTime(session, stepsFor(width))]);
    console.log(`  M=${width}: ${describeStep(ms, width, peak)}`);
    session.dispose();
  }
  measureProduct(instructionSet, peak);
}
const best = nativeInstructionSets()[0];
compareActivations(best);
if (availableParallelism() > 1) compareThreads(best);
if (positionals[0] !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'undertone-bench-'));
  try {
    compareWithPrototype(compilePrototype(positionals[0], folder), best);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
