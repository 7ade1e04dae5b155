/**
 * Not speed: what `--track evidence` shows of trainings, and how often it shows something where there is nothing
 * (docs/coherence.md, section 7).
 *
 *   node bench/evidence.ts curves [--modulus 31] [--width 257] [--noise-ratios 0,0.1,0.8] [--steps 10000]
 *     [--at 10,100,1000,10000] [--seeds 5] [--threads 1]
 *   node bench/evidence.ts noise [--modulus 31] [--width 129] [--steps 300] [--at 10,30,100,300]
 *     [--networks 400] [--first-seed 1] [--threads 1]
 *
 *   node bench/evidence.ts sample [--modulus 31] [--width 257] [--noise-ratios 0,0.1,0.8] [--steps 1000]
 *     [--samples 100] [--threads 1]
 *
 * `curves`: mean over seeds with the 95 % interval of Student's t. `noise`: networks trained on labels that are
 * uniform over all P; share whose z for c = a + b is beyond that of a one-sided p of 0.05 and 0.01, with Wilson's
 * 95 % interval. `sample`: how far z lies from that of the full calibration, by the sample of other rules.
 */
import { parseArgs } from 'node:util';
import {
  answerScores,
  calibrate,
  evidenceTracker,
  logitScores,
  maskOf,
  type RuleScores,
  standardisedLogits,
  triadScores,
} from '../src/analysis/index.ts';
import { chanceCounts, roundingOf } from '../src/analysis/null-shapes.ts';
import { zOfUpperTail } from '../src/analysis/tails.ts';
import { interval } from '../src/claims/statistics/interval.ts';
import { selectBackend } from '../src/compute/index.ts';
import { rolesOf } from '../src/task/index.ts';
import type { MetricsRow } from '../src/train/index.ts';
import { datasetOf, initialNetworkOf } from '../src/train/prepare.ts';
import { completeSettings, type PartialSettings } from '../src/train/settings.ts';
import { problemOf } from '../src/train/step-speed.ts';
import { train } from '../src/train/trainer.ts';
import { markdownTable } from './alternate.ts';
import { shareText } from './share-text.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    modulus: { type: 'string', default: '31' },
    width: { type: 'string' },
    steps: { type: 'string' },
    at: { type: 'string' },
    'noise-ratios': { type: 'string', default: '0,0.1,0.8' },
    seeds: { type: 'string', default: '5' },
    networks: { type: 'string', default: '400' },
    samples: { type: 'string', default: '100' },
    'first-seed': { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
  },
});
const modulus = Number(values.modulus);
const backend = selectBackend({ threads: Number(values.threads) });
const numbers = (text: string) => text.split(',').map(Number);
const kinds = ['weights', 'logits', 'answers', 'heldOutLogits', 'heldOutAnswers'] as const;

async function tracked(given: PartialSettings): Promise<readonly MetricsRow[]> {
  const settings = completeSettings({ modulus, ...given });
  const dataset = datasetOf(settings);
  const track = evidenceTracker({
    rule: { k1: 1, k2: 1, shift: 0 },
    modulus,
    activation: settings.activation,
    heldOut: rolesOf(dataset).heldOut,
    seed: settings.seed,
    compute: backend,
  });
  const initial = initialNetworkOf(settings);
  return (await train({ settings, dataset, initial, backend, track })).metrics;
}

/** The last measurement at or before a step. */
function rowAt(rows: readonly MetricsRow[], step: number): MetricsRow {
  const row = rows.findLast((measured) => measured.step <= step);
  if (row === undefined) throw new Error(`no measurement up to step ${step}`);
  return row;
}

/** "12.3 [11.1, 13.5]", or without an interval for one value. */
function meanWithInterval(all: readonly (number | null | undefined)[], digits: number): string {
  const known = all.filter((value) => typeof value === 'number');
  if (known.length < all.length) return '–';
  const { mean, low, high, count } = interval(known);
  if (count < 2) return mean.toFixed(digits);
  return `${mean.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

async function curves(): Promise<void> {
  const steps = Number(values.steps ?? 10_000);
  const at = numbers(values.at ?? '10,100,1000,10000');
  const seeds = Array.from({ length: Number(values.seeds) }, (_, seed) => seed);
  const threshold = zOfUpperTail(Math.log10(0.01 / 2));
  const body: string[][] = [];
  const crossings: string[][] = [];
  for (const noiseRatio of numbers(values['noise-ratios'])) {
    const runs: (readonly MetricsRow[])[] = [];
    for (const seed of seeds) {
      runs.push(await tracked({ width: Number(values.width ?? 257), steps, noiseRatio, seed }));
      console.error(`α = ${noiseRatio}, seed ${seed}`);
    }
    for (const step of at) {
      const rows = runs.map((run) => rowAt(run, step));
      body.push([
        `${noiseRatio}`,
        `${rows[0].step}`,
        meanWithInterval(
          rows.map(({ test }) => (test === null ? null : 100 * test)),
          1,
        ),
        meanWithInterval(
          rows.map(({ evidence }) => evidence?.T),
          1,
        ),
        meanWithInterval(
          rows.map(({ evidence }) => evidence?.triadEnergy),
          2,
        ),
        ...kinds.map((kind) =>
          meanWithInterval(
            rows.map(({ evidence }) => evidence?.[kind]),
            1,
          ),
        ),
      ]);
    }
    const first = (run: readonly MetricsRow[], holds: (row: MetricsRow) => boolean) => {
      const after = run.findLastIndex((row) => !holds(row)) + 1;
      return after < run.length ? String(run[after].step) : 'never';
    };
    crossings.push([
      `${noiseRatio}`,
      runs
        .map((run) => first(run, ({ evidence }) => (evidence?.heldOutLogits ?? 0) > threshold))
        .join(', '),
      runs.map((run) => first(run, ({ test }) => (test ?? 0) >= 0.5)).join(', '),
      runs
        .map((run) =>
          first(run, ({ evidence }) =>
            [evidence?.weights, evidence?.logits, evidence?.answers].some(
              (z) => (z ?? 0) > zOfUpperTail(Math.log10(0.01 / 3)),
            ),
          ),
        )
        .join(', '),
    ]);
  }
  console.log(
    markdownTable([
      ['α', 'step', 'test, %', 'T', 'triad energy', ...kinds.map((kind) => `z: ${kind}`)],
      ...body,
    ]),
  );
  console.log('\nFirst measured step from which on to the end, by seed:\n');
  console.log(
    markdownTable([
      ['α', `held-out logits above ${threshold.toFixed(2)}`, 'test ≥ 50 %', 'all pairs above 2.71'],
      ...crossings,
    ]),
  );
}

async function noise(): Promise<void> {
  const steps = Number(values.steps ?? 300);
  const at = numbers(values.at ?? '10,30,100,300');
  const networks = Number(values.networks);
  const runs: (readonly MetricsRow[])[] = [];
  for (let i = 0; i < networks; i++) {
    runs.push(
      await tracked({
        ...{ width: Number(values.width ?? 129), steps, noiseRatio: 1, noiseKind: 'uniform-all' },
        seed: Number(values['first-seed']) + i,
      }),
    );
    if (i % 50 === 49) console.error(`${i + 1} networks`);
  }
  const body = [0.05, 0.01].flatMap((level) => {
    const threshold = zOfUpperTail(Math.log10(level));
    return at.map((step) => {
      const evidence = runs.map((run) => rowAt(run, step).evidence);
      const beyond = (sign: number) => (kind: (typeof kinds)[number]) =>
        shareText(evidence.filter((row) => sign * (row?.[kind] ?? 0) > threshold).length, networks);
      return [
        `${level}`,
        `${rowAt(runs[0], step).step}`,
        ...kinds.map(beyond(1)),
        ...kinds.slice(3).map(beyond(-1)),
      ];
    });
  });
  console.log(
    markdownTable([
      ['level', 'step', ...kinds, ...kinds.slice(3).map((kind) => `${kind}, against`)],
      ...body,
    ]),
  );
}

/** z against all rules, and the mean and standard deviation of z by samples over it. */
function sample(): void {
  const rule = { k1: 1, k2: 1, shift: 0 };
  const body: string[][] = [];
  for (const noiseRatio of numbers(values['noise-ratios'])) {
    const settings = completeSettings({ modulus, width: Number(values.width ?? 257), noiseRatio });
    const { heldOut } = rolesOf(datasetOf(settings));
    if (heldOut === null) throw new Error('expected held-out pairs');
    const session = backend.train(problemOf(settings));
    session.run(Number(values.steps ?? 1000));
    const network = session.network();
    session.dispose();
    const { activation } = settings;
    const rows = standardisedLogits(network, activation, backend);
    const answers = backend.answers(network, activation);
    const mask = maskOf(heldOut.pair, modulus);
    // The tracker compares a + b with a sample of all rules, as here; a scan would with those of k1 = k2 alone.
    const z = (scores: RuleScores, least: Parameters<typeof calibrate>[2]) =>
      calibrate(scores, 1, least, true, { symmetricApart: false }).evidence(rule).z;
    const ofLogits = (part: Uint8Array | null) => {
      const scores = logitScores(rows, modulus, part, backend);
      return z(scores, roundingOf(scores));
    };
    const ofAnswers = (part: Uint8Array | null, pairs: number) =>
      z(answerScores(answers, modulus, part, backend), chanceCounts(pairs, modulus));
    const full = {
      weights: z(triadScores(network, backend), { spread: 1, skewness: 0 }),
      logits: ofLogits(null),
      answers: ofAnswers(null, modulus ** 2),
      heldOutLogits: ofLogits(mask),
      heldOutAnswers: ofAnswers(mask, heldOut.pair.length),
    };
    const sampled = Array.from({ length: Number(values.samples) }, (_, seed) => {
      const options = { rule, modulus, activation, heldOut, seed, compute: backend };
      return evidenceTracker(options)(network).evidence;
    });
    for (const kind of kinds) {
      const ratios = sampled.map((evidence) => (evidence[kind] ?? Number.NaN) / full[kind]);
      const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
      const variance =
        ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / (ratios.length - 1);
      const deviation = `${(100 * Math.sqrt(variance)).toFixed(1)} %`;
      body.push([`${noiseRatio}`, kind, full[kind].toFixed(1), mean.toFixed(3), deviation]);
    }
  }
  console.log(
    markdownTable([
      ['α', 'evidence', 'z, all rules', 'z by a sample: times', 'standard deviation'],
      ...body,
    ]),
  );
}

if (positionals[0] === 'curves') await curves();
else if (positionals[0] === 'noise') await noise();
else if (positionals[0] === 'sample') sample();
else console.error('Say what: curves, noise or sample.');
