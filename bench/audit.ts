/**
 * Finding wrong labels: `undertone audit` beside confident learning (cleanlab), loss ranking and forgetting events,
 * on the same tables of c = a + b, scored as the field does.
 *
 *   node bench/audit.ts [--python PATH] [--moduli 31,59] [--noise-ratios 0.1,0.2,0.4,0.6,0.8,0.9,0.95]
 *     [--seeds 3] [--first-seed 1] [--share 0.8] [--threads 1] [--audit-only] [--write]
 *
 * PATH is a Python with cleanlab (`python3 -m venv venv && venv/bin/pip install cleanlab`). The baselines get the
 * setting that is best on average at each modulus and noise ratio, chosen by the true labels, apart for each
 * measure; and those that only rank get the true number of wrong labels as their threshold. The audit has one
 * setting and no such help.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { arrangeSymbols, audit, auditReport, readSymbolTable } from '../src/audit/index.ts';
import { type DetectionScores, detectionScores } from '../src/audit/scores.ts';
import { csvTable } from '../src/audit/test-tables.ts';
import { interval } from '../src/claims/statistics/interval.ts';
import { selectBackend } from '../src/compute/index.ts';
import { markdownTable, publish } from './alternate.ts';
import { confidentLearning, type Scoring, trainingDynamics } from './label-error-baselines.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    moduli: { type: 'string', default: '31,59' },
    'noise-ratios': { type: 'string', default: '0.1,0.2,0.4,0.6,0.8,0.9,0.95' },
    seeds: { type: 'string', default: '3' },
    'first-seed': { type: 'string', default: '1' },
    share: { type: 'string', default: '0.8' },
    threads: { type: 'string', default: '1' },
    'audit-only': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const threads = Number(values.threads);
const backend = selectBackend({ threads });
const measures = ['precision', 'recall', 'f1', 'auroc', 'averagePrecision'] as const;
const titles = ['precision', 'recall', 'F1', 'AUROC', 'average precision'];
type Scores = Pick<DetectionScores, (typeof measures)[number]>;

const hasCleanlab = spawnSync(values.python, ['-c', 'import cleanlab']).status === 0;
if (!hasCleanlab) {
  console.error(
    `${values.python} has no cleanlab: confident learning is left out. To install it: ${values.python} -m pip install cleanlab`,
  );
}

/** A table with its rows as numbers and as text. */
function tableOf(modulus: number, noiseRatio: number, seed: number) {
  const text = csvTable({ modulus, noiseRatio, seed, share: Number(values.share) });
  const lines = text.trimEnd().split('\n').slice(1);
  const column = (i: number) => Uint16Array.from(lines, (line) => Number(line.split(',')[i]));
  const rows = { a: column(0), b: column(1), label: column(2) };
  const truth = column(3);
  return { text, rows, isWrong: Array.from(truth, (each, i) => each !== rows.label[i]) };
}

/** The audit's scores; where it cannot tell, every row scores alike and none is flagged. */
async function auditScores(text: string, seed: number) {
  const table = readSymbolTable([Buffer.from(text)], 'table');
  const alphabets = arrangeSymbols(table);
  const found = await audit(table, alphabets, {
    compute: backend,
    seed,
    level: 0.01,
    workers: threads,
  });
  if (found === null) throw new Error('the audit was stopped');
  const report = auditReport(table, alphabets, found);
  const truth = new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [a, b, label, trueLabel] = line.split(',');
        return [`${a},${b}`, label !== trueLabel];
      }),
  );
  const scores = detectionScores(
    report.rows.map(({ a, b, wrong, likelyWrong, rows }) => ({
      score: wrong ?? 0,
      flagged: likelyWrong,
      isWrong: truth.get(`${a},${b}`) === true,
      rows,
    })),
  );
  return { scores, found: report.found, repaired: report.scores?.repaired ?? null };
}

/** Those without a threshold of their own flag as many rows as are wrong. */
function baselineScores({ scores, flagged }: Scoring, isWrong: readonly boolean[]): Scores {
  const wrong = isWrong.filter(Boolean).length;
  const order = Array.from(isWrong.keys()).sort((x, y) => scores[y] - scores[x] || x - y);
  const top = new Set(order.slice(0, wrong));
  return detectionScores(
    isWrong.map((each, row) => ({
      score: scores[row],
      flagged: flagged === null ? top.has(row) : flagged[row],
      isWrong: each,
      rows: 1,
    })),
  );
}

/** Every setting of a method with its scores, one for each seed. */
type BySetting = Map<string, Scores[]>;

/** Mean with its 95 % interval at the setting whose mean is best. */
function best(settings: BySetting, measure: (typeof measures)[number]): string {
  const means = [...settings].flatMap(([setting, scores]) => {
    const known = scores.map((each) => each[measure]).filter((value) => value !== null);
    return known.length === 0 ? [] : [{ setting, ...interval(known) }];
  });
  if (means.length === 0) return '–';
  const { mean, low, high, setting } = means.reduce((x, y) => (y.mean > x.mean ? y : x));
  chosen.set(setting, (chosen.get(setting) ?? 0) + 1);
  const within = [low, high].map((value) => Math.min(1, Math.max(0, value)).toFixed(2));
  return `${mean.toFixed(3)} [${within.join(', ')}]`;
}

const chosen = new Map<string, number>();
const sections: string[] = [];
let version = '';
for (const modulus of values.moduli.split(',').map(Number)) {
  const rows: string[][] = [['α', 'method', ...titles]];
  for (const noiseRatio of values['noise-ratios'].split(',').map(Number)) {
    const methods = new Map<string, BySetting>();
    const add = (method: string, setting: string, scores: Scores) => {
      const settings = methods.get(method) ?? new Map<string, Scores[]>();
      methods.set(method, settings);
      settings.set(setting, [...(settings.get(setting) ?? []), scores]);
    };
    let found = 0;
    for (let i = 0; i < Number(values.seeds); i++) {
      const seed = Number(values['first-seed']) + i;
      const { text, rows: trained, isWrong } = tableOf(modulus, noiseRatio, seed);
      const audited = await auditScores(text, seed);
      if (audited.found) found++;
      add('audit', '', audited.scores);
      if (values['audit-only']) continue;
      const scorings = trainingDynamics(backend, trained, modulus, seed);
      if (hasCleanlab) {
        const confident = confidentLearning(backend, trained, modulus, seed, values.python);
        version = confident.version;
        scorings.push(...confident.scorings);
      }
      for (const scoring of scorings) {
        add(scoring.method, scoring.setting, baselineScores(scoring, isWrong));
      }
      console.error(`P = ${modulus}, α = ${noiseRatio}, seed ${seed}`);
    }
    for (const [method, settings] of methods) {
      const name =
        method === 'audit' ? `**audit** (rule found in ${found} of ${values.seeds})` : method;
      rows.push([String(noiseRatio), name, ...measures.map((each) => best(settings, each))]);
    }
  }
  sections.push(`P = ${modulus}:`, markdownTable(rows));
  console.error([...chosen].map(([setting, times]) => `${setting}: ${times}`).join('\n'));
  chosen.clear();
}
const seeds = Array.from(
  { length: Number(values.seeds) },
  (_, i) => Number(values['first-seed']) + i,
);
publish(
  'Wrong labels found',
  [
    `Tables of c = a + b, ${values.share} of the pairs given, seeds ${seeds.join(', ')}; mean and 95 % interval over seeds${version === '' ? '' : `; cleanlab ${version}`}.`,
    ...sections,
  ].join('\n\n'),
  values.write,
);
