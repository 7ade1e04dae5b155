/**
 * How often a scan of logits finds a rule in transformers trained on pure noise, where there is none: the
 * false-positive table of docs/coherence.md, section 6. Labels are uniform over all P; every network has a
 * seed of its own.
 *
 *   node bench/calibration-transformer.ts [--modulus 23] [--width 32] [--hidden 64] [--steps 300]
 *     [--networks 200] [--first-seed 1] [--learning-rate 3e-3] [--weight-decay 1] [--levels 0.05,0.01]
 *
 * Prints Markdown rows: the share of networks that reach a nominal level, with its 95 % interval (Wilson),
 * rules with k1 = k2 calibrated among themselves (as `scan` does it for transformers), and not.
 */
import { parseArgs } from 'node:util';
import { standardiseRows } from '../src/analysis/evidence.ts';
import {
  answerScores,
  calibrate,
  carried,
  logitScores,
  maskOf,
  type PairMask,
  type PartScore,
} from '../src/analysis/index.ts';
import { chanceCounts, roundingOf } from '../src/analysis/null-shapes.ts';
import { answersOfLogits } from '../src/analysis/transformer-evidence.ts';
import { selectBackend } from '../src/compute/index.ts';
import {
  answersOf,
  createOptimizer,
  createTape,
  crossEntropy,
  frozen,
  initializeTransformer,
  transformerLogits,
} from '../src/tape/index.ts';
import { accuracy, rolesOf } from '../src/task/dataset.ts';
import { generateDataset } from '../src/task/generate.ts';
import { createGenerator } from '../src/task/generator.ts';
import { parseOperation } from '../src/task/operation.ts';
import { markdownTable } from './alternate.ts';
import { shareText } from './share-text.ts';

const { values } = parseArgs({
  options: {
    modulus: { type: 'string', default: '23' },
    width: { type: 'string', default: '32' },
    hidden: { type: 'string', default: '64' },
    steps: { type: 'string', default: '300' },
    networks: { type: 'string', default: '200' },
    'first-seed': { type: 'string', default: '1' },
    'learning-rate': { type: 'string', default: '3e-3' },
    'weight-decay': { type: 'string', default: '1' },
    levels: { type: 'string', default: '0.05,0.01' },
  },
});
const modulus = Number(values.modulus);
const width = Number(values.width);
const steps = Number(values.steps);
const networks = Number(values.networks);
const levels = values.levels.split(',').map(Number);
const backend = selectBackend({ threads: 1 });
const additionRule = { k1: 1, k2: 1, shift: 0 };

interface Found {
  /** log10 p of the best rule of all, both kinds of evidence combined. */
  readonly best: number;
  /** c = a + b on held-out pairs, fixed beforehand. */
  readonly heldOut: { readonly logits: PartScore; readonly answers: PartScore };
}

/** Both ways to calibrate one network: rules with k1 = k2 apart, and all alike. */
function measure(seed: number): { apart: Found; alike: Found; memorised: number } {
  const dataset = generateDataset(parseOperation('add', modulus), {
    ...{ noiseRatio: 1, noiseKind: 'uniform-all', trainFraction: 0.8, validationFraction: 0 },
    seed,
  });
  const roles = rolesOf(dataset);
  const { train, heldOut } = roles;
  if (train === null || heldOut === null) throw new Error('expected both kinds of pairs');
  const shape = { modulus, width, heads: 4, hiddenWidth: Number(values.hidden) };
  const transformer = initializeTransformer(shape, createGenerator(seed, 'transformer'));
  const optimizer = createOptimizer(
    {
      ...{ name: 'adamw', beta1: 0.9, beta2: 0.98, epsilon: 1e-8 },
      learningRate: Number(values['learning-rate']),
      weightDecay: Number(values['weight-decay']),
    },
    Object.values(transformer.weights),
  );
  const a = train.pair.map((pair) => Math.floor(pair / modulus));
  const b = train.pair.map((pair) => pair % modulus);
  const tape = createTape(backend.multiply);
  for (let step = 0; step < steps; step++) {
    tape.backward(crossEntropy(tape, transformerLogits(tape, transformer, a, b), train.label));
    optimizer.step();
  }
  const output = transformerLogits(
    createTape(backend.multiply),
    frozen(transformer),
    dataset.a,
    dataset.b,
  );
  const logits = standardiseRows(output.data, modulus);
  const answers = answersOfLogits(output.data, modulus);
  const of = (symmetricApart: boolean): Found => {
    const on = (mask: PairMask, pairs: number) => {
      const inLogits = logitScores(logits, modulus, mask, backend);
      const counts = answerScores(answers, modulus, mask, backend);
      return [
        calibrate(inLogits, 2, roundingOf(inLogits), true, { symmetricApart }),
        calibrate(counts, 2, chanceCounts(pairs, modulus), true, { symmetricApart }),
      ];
    };
    const best = on(null, modulus ** 2).map((kind) => kind.best().evidence.log10PValue);
    const [inLogits, inAnswers] = on(maskOf(heldOut.pair, modulus), heldOut.pair.length);
    return {
      best: Math.min(...best),
      heldOut: {
        logits: inLogits.partScore(additionRule, true),
        answers: inAnswers.partScore(additionRule, true),
      },
    };
  };
  return {
    apart: of(true),
    alike: of(false),
    memorised: accuracy(answersOf(output), train) ?? 0,
  };
}

const found = Array.from({ length: networks }, (_, i) => measure(Number(values['first-seed']) + i));
const memorised = found.reduce((sum, network) => sum + network.memorised, 0) / networks;
const which = `${networks} at P = ${modulus}, d = ${width}, ${steps} steps (${(100 * memorised).toFixed(0)} % of labels memorised)`;
const rows = (['apart', 'alike'] as const).flatMap((method) =>
  levels.map((level) => {
    const passes = (log10P: (one: Found) => number, threshold = level) =>
      shareText(
        found.filter((one) => log10P(one[method]) <= Math.log10(threshold)).length,
        networks,
      );
    // One kind alone: without the correction for two.
    const alone = (kind: 'logits' | 'answers') =>
      passes(({ heldOut }) => heldOut[kind].log10PValue, 2 * level);
    const verdict = (wanted: string) =>
      shareText(
        found.filter((one) => {
          const { logits, answers } = one[method].heldOut;
          return carried({ pairs: 0, logits, answers }, level).verdict === wanted;
        }).length,
        networks,
      );
    return [
      which,
      method === 'apart' ? 'k1 = k2 among themselves' : 'all rules alike',
      `${level}`,
      passes(({ best }) => best),
      alone('logits'),
      alone('answers'),
      verdict('carried'),
      verdict('against'),
    ];
  }),
);
console.log(
  markdownTable([
    [
      'networks',
      'calibrated',
      'level',
      'a rule is found',
      'logits',
      'answers',
      'carried',
      'against',
    ],
    ...rows,
  ]),
);
