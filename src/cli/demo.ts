import { basename, join } from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { extract } from '../analysis/index.ts';
import type { Backend } from '../compute/index.ts';
import {
  claimRunDirectory,
  type RunResults,
  runConfig,
  runFiles,
  writeFileAtomic,
  writeRun,
} from '../format/index.ts';
import { rolesOf } from '../task/dataset.ts';
import { datasetOf, initialNetworkOf } from '../train/prepare.ts';
import { completeSettings, type Settings } from '../train/settings.ts';
import { controlsText } from './controls-text.ts';
import { extractionText } from './extraction-text.ts';
import { interruptible } from './interrupt.ts';
import {
  addComputeOptions,
  backendFor,
  type ComputeOptions,
  freeRunDirectory,
  integer,
} from './options.ts';
import { scanText } from './scan-text.ts';
import { studyInputs } from './study-inputs.ts';
import { duration, notice, percent, styled } from './terminal.ts';
import { trainWithProgress } from './training-run.ts';

interface DemoOptions extends ComputeOptions {
  readonly quick?: boolean;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function demoCommand(): Command {
  const command = new Command('demo')
    .description(
      'The main job: train on 80 % wrong labels, read out the rule the network holds all the same, show the controls.',
    )
    .option('--quick', 'a smaller network: P=59, M=513, under 15 seconds')
    .option('--seed <n>', 'seed of split, noise and initial weights', integer, 0)
    .option('--out <dir>', 'run directory (default: a new one under runs/)')
    .option('--json', 'print the result as one JSON document');
  return addComputeOptions(command)
    .addHelpText('after', '\nExample:\n  $ undertone demo --quick')
    .action(runDemo);
}

async function runDemo(options: DemoOptions): Promise<void> {
  const start = performance.now();
  const backend = backendFor(options);
  const settings = demoSettings(backend, options.quick ?? false, options.seed);
  const dataset = datasetOf(settings);
  const initial = initialNetworkOf(settings);
  const config = runConfig(settings, backend);
  const path = options.out ?? freeRunDirectory(options.quick ? 'demo-quick' : 'demo');
  const release = claimRunDirectory(path, config);

  const roles = rolesOf(dataset);
  const wrong = roles.noisyTrain?.pair.length ?? 0;
  const rows = wrong + (roles.cleanTrain?.pair.length ?? 0);
  notice(
    `Training on ${wrong.toLocaleString('en')} wrong labels out of ${rows.toLocaleString('en')}: P=${settings.modulus}, M=${settings.width}, ${settings.steps} steps, ${backendText(backend)}.`,
  );
  const controlled = controlSettings(settings);
  const { outcome, control } = await interruptible(async (signal) => {
    const shared = { settings, dataset, initial, backend, signal };
    const outcome = await trainWithProgress({ ...shared, title: 'network' });
    if (outcome.stopped) return { outcome, control: null };
    const control = await trainWithProgress({
      ...shared,
      title: 'random-feature control',
      settings: controlled,
      freezeFirstLayer: true,
    });
    return { outcome, control: control.stopped ? null : control };
  }).catch((error: unknown) => {
    release();
    throw error;
  });
  const { learningRate, steps } = controlled;
  const results: RunResults = {
    network: outcome.network,
    metrics: outcome.metrics,
    dataset,
    randomFeatures: control === null ? null : { network: control.network, learningRate, steps },
  };
  writeRun(path, config, results);
  if (control === null) {
    const where = outcome.stopped
      ? `at step ${outcome.step} of ${settings.steps}`
      : 'in the control';
    notice(`Stopped ${where}; what there is stands in ${path}.`);
    process.exitCode = 1;
    return;
  }
  const extraction = extract(outcome.network, settings.activation, roles, backend, {});
  // Loaded here because the plotting library takes a quarter of a second that other commands don't need.
  const { collectStudy, renderReport } = await import('../report/index.ts');
  const inputs = studyInputs(basename(path), { config, ...results }, extraction);
  const study = collectStudy(inputs, backend);
  const report = join(path, runFiles.report);
  writeFileAtomic(report, renderReport([study]));

  const seconds = (performance.now() - start) / 1000;
  const last = outcome.metrics[outcome.metrics.length - 1];
  if (options.json) {
    const { result } = extraction;
    process.stdout.write(
      `${JSON.stringify({ run: path, report, seconds, settings, backend: config.backend, metrics: last, extraction: result, controls: study.controls })}\n`,
    );
    return;
  }
  const chance = 1 / settings.modulus;
  process.stdout.write(
    [
      '',
      `The network memorised ${percent(last.noisyTrain)} of its wrong labels and answers ${percent(last.test)} of the test set (chance: ${percent(chance)}).`,
      'What the same weights know underneath:',
      '',
      extractionText(extraction.result),
      '',
      scanText(extraction.result.scan),
      '',
      controlsText(study),
      '',
      `${styled('bold', 'Report:')} ${report}`,
      `Run:    ${path} (${duration(seconds)} on ${backendText(backend)})`,
      '',
    ].join('\n'),
  );
}

/** What two cores finish in two minutes (quick: fifteen seconds or so) on the backend at hand. */
const sizes = {
  native: {
    full: { modulus: 113, width: 2049, steps: 600 },
    quick: { modulus: 59, width: 513, steps: 2000 },
  },
  wasm: {
    full: { modulus: 113, width: 2049, steps: 200 },
    quick: { modulus: 59, width: 513, steps: 1000 },
  },
  reference: {
    full: { modulus: 31, width: 513, steps: 600 },
    quick: { modulus: 31, width: 513, steps: 200 },
  },
} as const;

function demoSettings(backend: Backend, quick: boolean, seed: number): Settings {
  if (backend.name !== 'native') {
    notice('This is slower than the native kernel: running a smaller job than it would.');
  }
  return completeSettings({ ...sizes[backend.name][quick ? 'quick' : 'full'], seed });
}

/**
 * The random-feature control learns W and μ alone, which is slower: ten times the learning rate for half
 * the steps (and at least 200) memorises as much as the network does.
 */
function controlSettings(settings: Settings): Settings {
  return {
    ...settings,
    learningRate: 10 * settings.learningRate,
    steps: Math.max(200, Math.ceil(settings.steps / 2)),
  };
}

const backendTitles = {
  native: 'native kernel',
  wasm: 'WebAssembly kernel',
  reference: 'reference backend',
} as const;

function backendText({ name, instructionSet, threads }: Backend): string {
  return `${backendTitles[name]} (${instructionSet}), ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}
