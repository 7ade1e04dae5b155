/**
 * How often a scan finds a rule in networks trained on pure noise, where there is none: the false-positive
 * table of docs/analysis.md. Labels are uniform over all P; every network has a seed of its own.
 *
 *   node bench/calibration.ts [--modulus 31] [--widths 65,129,257] [--steps 600] [--networks 60]
 *     [--first-seed 1] [--levels 0.05,0.01] [--threads 1]
 *
 * `--networks` is their number at each width. Prints Markdown rows: the share of networks that reach a
 * nominal level with its 95 % interval (Wilson).
 */
import { parseArgs } from 'node:util';
import {
  answerScores,
  calibrate,
  carried,
  logitScores,
  maskOf,
  type PartEvidence,
  type PartScore,
  scan,
  standardisedLogits,
  triadScores,
} from '../src/analysis/index.ts';
import { chanceCounts, roundingOf } from '../src/analysis/null-shapes.ts';
import { selectBackend } from '../src/compute/index.ts';
import { rolesOf } from '../src/task/index.ts';
import { datasetOf } from '../src/train/prepare.ts';
import { completeSettings, type Settings } from '../src/train/settings.ts';
import { problemOf } from '../src/train/step-speed.ts';
import { markdownTable } from './alternate.ts';

const { values } = parseArgs({
  options: {
    modulus: { type: 'string', default: '31' },
    widths: { type: 'string', default: '65,129,257' },
    steps: { type: 'string', default: '600' },
    networks: { type: 'string', default: '60' },
    'first-seed': { type: 'string', default: '1' },
    levels: { type: 'string', default: '0.05,0.01' },
    threads: { type: 'string', default: '1' },
  },
});
const modulus = Number(values.modulus);
const widths = values.widths.split(',').map(Number);
const steps = Number(values.steps);
const networks = Number(values.networks);
const firstSeed = Number(values['first-seed']);
const levels = values.levels.split(',').map(Number);
const backend = selectBackend({ threads: Number(values.threads) });
const additionRule = { k1: 1, k2: 1, shift: 0 };

/** log10 p of one network, by what it is of. */
interface Found {
  /** The best rule of all: each kind of evidence alone, and combined as `scan` does it. */
  readonly weights: number;
  readonly logits: number;
  readonly answers: number;
  readonly combined: number;
  /** c = a + b on held-out pairs: a rule that was fixed beforehand. */
  readonly heldOut: PartEvidence;
  /** What `scan` says of its own rule on held-out pairs, by level. */
  readonly verdicts: ReadonlyMap<number, string | undefined>;
}

function measure(settings: Settings): Found {
  const roles = rolesOf(datasetOf(settings));
  const session = backend.train(problemOf(settings));
  session.run(settings.steps);
  const network = session.network();
  session.dispose();
  const results = levels.map(
    (level) => scan(network, settings.activation, roles, backend, { level }).result,
  );
  if (roles.heldOut === null) throw new Error('expected held-out pairs');

  const logits = standardisedLogits(network, settings.activation, backend);
  const answers = backend.answers(network, settings.activation);
  const mask = maskOf(roles.heldOut.pair, modulus);
  const ofLogits = (part: Uint8Array | null, kinds: number) => {
    const scores = logitScores(logits, modulus, part, backend);
    return calibrate(scores, kinds, roundingOf(scores), true);
  };
  const ofAnswers = (part: Uint8Array | null, pairs: number, kinds: number) =>
    calibrate(
      answerScores(answers, modulus, part, backend),
      kinds,
      chanceCounts(pairs, modulus),
      true,
    );
  const triads = calibrate(triadScores(network, backend), 1, { spread: 1, skewness: 0 }, true);
  const pairs = roles.heldOut.pair.length;
  const [{ evidence }] = results;
  return {
    weights: triads.best().evidence.log10PValue,
    logits: ofLogits(null, 1).best().evidence.log10PValue,
    answers: ofAnswers(null, modulus ** 2, 1).best().evidence.log10PValue,
    combined: Math.min(
      evidence.weights.log10PValue,
      evidence.logits?.log10PValue ?? 0,
      evidence.answers?.log10PValue ?? 0,
    ),
    heldOut: {
      pairs,
      logits: ofLogits(mask, 2).partScore(additionRule, true),
      answers: ofAnswers(mask, pairs, 2).partScore(additionRule, true),
    },
    verdicts: new Map(results.map(({ level, carried }) => [level, carried?.verdict])),
  };
}

/** Share and its 95 % interval by Wilson's formula. */
function share(count: number, total: number): string {
  const z = 1.96;
  const centre = (count + (z * z) / 2) / (total + z * z);
  const margin = (z * Math.sqrt((count * (total - count)) / total + (z * z) / 4)) / (total + z * z);
  const [low, high] = [Math.max(0, centre - margin), centre + margin];
  return `${(count / total).toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}

const found: Found[] = [];
for (const width of widths) {
  for (let i = 0; i < networks; i++) {
    const settings = completeSettings({
      modulus,
      width,
      steps,
      noiseRatio: 1,
      noiseKind: 'uniform-all',
      seed: firstSeed + found.length,
    });
    found.push(measure(settings));
  }
  console.error(`M = ${width}: ${networks} networks`);
}

const which = `${found.length} at P = ${modulus}, M = ${widths.join(' / ')}, ${steps} steps`;
const rows = (columns: readonly ((network: Found, level: number) => boolean)[]) =>
  levels.map((level) => [
    which,
    `${level}`,
    ...columns.map((passes) =>
      share(found.filter((network) => passes(network, level)).length, found.length),
    ),
  ]);
const reaches = (log10PValue: number, level: number) => log10PValue <= Math.log10(level);
/** One kind alone: without the correction for two. */
const alone = ({ log10PValue }: PartScore, level: number) => reaches(log10PValue, 2 * level);
const verdict = (part: PartEvidence, level: number) => carried(part, level).verdict;

console.log('\nA rule is found, among all rules:\n');
console.log(
  markdownTable([
    ['networks', 'level', 'weights', 'logits', 'answers', 'combined'],
    ...rows([
      ({ weights }, level) => reaches(weights, level),
      ({ logits }, level) => reaches(logits, level),
      ({ answers }, level) => reaches(answers, level),
      ({ combined }, level) => reaches(combined, level),
    ]),
  ]),
);
console.log('\nHeld-out pairs, c = a + b fixed beforehand; last, the rule that the scan picked:\n');
console.log(
  markdownTable([
    ['networks', 'level', 'logits', 'answers', 'carried', 'against', 'scan: carried'],
    ...rows([
      ({ heldOut }, level) => alone(heldOut.logits, level),
      ({ heldOut }, level) => alone(heldOut.answers, level),
      ({ heldOut }, level) => verdict(heldOut, level) === 'carried',
      ({ heldOut }, level) => verdict(heldOut, level) === 'against',
      ({ verdicts }, level) => verdicts.get(level) === 'carried',
    ]),
  ]),
);
