import { availableParallelism, cpus } from 'node:os';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import type { Backend } from '../compute/index.ts';
import { completeSettings } from '../train/settings.ts';
import {
  median,
  problemOf,
  stepMilliseconds,
  stepOperations,
  stepsWithin,
} from '../train/step-speed.ts';
import { addComputeOptions, backendFor, type ComputeOptions, integer } from './options.ts';
import { showProgress } from './progress.ts';
import { percent, styled, table } from './terminal.ts';

interface BenchOptions extends ComputeOptions {
  readonly modulus: number;
  readonly width: readonly number[];
  readonly json?: boolean;
}

interface BenchRow {
  readonly modulus: number;
  readonly width: number;
  readonly msPerStep: number;
  readonly gflops: number;
  readonly fractionOfPeak: number | null;
}

export interface BenchResult {
  readonly machine: string;
  readonly backend: Backend['name'];
  /** Instruction set. */
  readonly isa: string;
  readonly threads: number;
  /** Null for a backend that has no such number. */
  readonly peakGflops: number | null;
  readonly rows: readonly BenchRow[];
}

export function benchCommand(): Command {
  const command = new Command('bench')
    .description('Speed of a training step on this machine, against its measured peak.')
    .option('--modulus <P>', 'number of tokens and classes', integer, 113)
    .option('--width <M,...>', 'hidden neurons, one or several widths', widths, [129, 513, 2049])
    .option('--json', 'print the result as one JSON document');
  return addComputeOptions(command)
    .addHelpText('after', '\nExample:\n  $ undertone bench --width 513,2049 --threads 1')
    .action(runBench);
}

function widths(text: string): number[] {
  const parts = text.split(',');
  if (parts.some((part) => !/^\d{1,9}$/.test(part))) {
    throw new InvalidArgumentError('Expected widths separated by commas, such as 513,2049.');
  }
  return parts.map(Number);
}

function runBench(options: BenchOptions): void {
  const backend = backendFor(options);
  const result = measure(backend, options.modulus, options.width);
  process.stdout.write(`${options.json ? JSON.stringify(result) : benchText(result)}\n`);
}

const rounds = 9;
const millisecondsPerSample = 100;

/** Medians over rounds in which the peak and every width are measured once, in turn. */
function measure(backend: Backend, modulus: number, widths: readonly number[]): BenchResult {
  const contestants = widths.map((width) => {
    const problem = problemOf(completeSettings({ modulus, width }));
    const session = backend.train(problem);
    const steps = stepsWithin(session, millisecondsPerSample);
    return { problem, session, steps, times: [] as number[] };
  });
  const total = rounds * contestants.reduce((sum, { steps }) => sum + steps, 0);
  const peaks: number[] = [];
  const progress = showProgress('bench', total);
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    const peak = backend.peakGflops?.();
    if (peak !== undefined) peaks.push(peak);
    for (const { session, steps, times } of contestants) {
      times.push(stepMilliseconds(session, steps));
      done += steps;
      progress.update({ step: done, steps: total, latest: null });
    }
  }
  progress.stop();

  const peakGflops = peaks.length === 0 ? null : median(peaks);
  const rows = contestants.map(({ problem, session, times }) => {
    session.dispose();
    const msPerStep = median(times);
    const gflops = stepOperations(problem) / msPerStep / 1e6;
    const fractionOfPeak = peakGflops === null ? null : gflops / peakGflops;
    return { modulus, width: problem.initial.width, msPerStep, gflops, fractionOfPeak };
  });
  return {
    machine: machineText(),
    backend: backend.name,
    isa: backend.instructionSet,
    threads: backend.threads,
    peakGflops,
    rows,
  };
}

/** "AMD EPYC, 2 cores, linux x64, Node 24.21.0": what a timing depends on. */
function machineText(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${model}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}

function benchText(result: BenchResult): string {
  const { backend, isa, threads, peakGflops } = result;
  const peak = peakGflops === null ? 'not known for this backend' : `${gflops(peakGflops)} GFLOP/s`;
  const header = ['modulus', 'width', 'ms per step', 'GFLOP/s', 'of the peak'];
  return [
    result.machine,
    `${backend} backend (${isa}), ${threads} ${threads === 1 ? 'thread' : 'threads'}; measured peak: ${peak}`,
    '',
    table([
      header.map((cell) => styled('bold', cell)),
      ...result.rows.map((row) => [
        String(row.modulus),
        String(row.width),
        row.msPerStep.toPrecision(3),
        gflops(row.gflops),
        percent(row.fractionOfPeak),
      ]),
    ]),
    '',
    styled(
      'dim',
      `Full-batch steps on 80 % of the pairs, ReLU, AdamW. Medians of ${rounds} rounds; 6·n·M·P useful operations a step.`,
    ),
  ].join('\n');
}

function gflops(value: number): string {
  return value < 10 ? value.toPrecision(2) : value.toFixed(0);
}
