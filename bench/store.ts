/**
 * How fast a large store answers: 10,000 runs with 500 measurements each. It is written through the store's own
 * interface, then listed, filtered, drawn and exported.
 *
 *   node bench/store.ts [FILE.db|postgres://…] [--runs 10000] [--points 500] [--write]
 *
 * Without a place the store is made in a folder that goes away with it. One that is there is read as it is.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { learningCurves, studyRun, sweepStudy } from '../src/report/sweep/index.ts';
import { openStore, parseFilter, type RunResult, type Store } from '../src/store/index.ts';
import { completeSettings } from '../src/train/settings.ts';
import { machine, markdownTable, publish } from './alternate.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '10000' },
    points: { type: 'string', default: '500' },
    write: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const points = Number(values.points);
const folder = mkdtempSync(join(tmpdir(), 'undertone-bench-'));
const rows: string[][] = [];
const place = positionals[0] ?? join(folder, 'store.db');

const store = await openStore(place);
try {
  const { total } = await store.listRuns({ limit: 1 });
  if (total === 0) await fill(store);
  const { runs: found } = await store.listRuns();
  const filter = parseFilter('width>=513 noiseRatio=0.8 status=done');
  const newest = { sort: 'created', descending: true } as const;
  await report('all runs', () => store.listRuns());
  await report('the 40 newest, as undertone runs', () => store.listRuns({ ...newest, limit: 40 }));
  await report('a filter, 40 newest', () => store.listRuns({ ...newest, filter, limit: 40 }));
  await report('a filter, all that pass', () => store.listRuns({ filter }));
  const middle = found[Math.floor(found.length / 2)];
  await report('the curve of one run, read and drawn', async () => {
    const series = await store.series([middle.id]);
    const run = studyRun(middle, series.get(middle.id) ?? []);
    learningCurves(sweepStudy({ name: 'x', filename: 'x', damaged: [] }, [run]), null, 'test');
  });
  const hundred = found.slice(0, 100).map(({ id }) => id);
  await report('the series of 100 runs', () => store.series(hundred));
  const title = store.kind === 'sqlite' ? 'SQLite' : 'PostgreSQL';
  publish(
    `A large store (${title})`,
    [
      `${machine()}. ${found.length.toLocaleString('en')} runs with ${points} measurements each; 15 goes, in milliseconds.`,
      markdownTable([['', 'median', 'fastest', 'first', 'CPU of this process'], ...rows]),
      ...(store.kind === 'sqlite' ? [exportOnce('csv'), exportOnce('parquet')] : []),
    ].join('\n\n'),
    values.write,
  );
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}

async function report(what: string, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  const busy: number[] = [];
  for (let go = 0; go < 15; go++) {
    const before = process.cpuUsage();
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    busy.push((user + system) / 1000);
  }
  const [first] = times;
  for (const list of [times, busy]) list.sort((x, y) => x - y);
  rows.push([what, ...[times[7], times[0], first, busy[7]].map((time) => time.toFixed(1))]);
}

/** In a process of its own, whose largest memory is told. */
function exportOnce(format: string): string {
  const program = fileURLToPath(new URL('../bin/undertone.js', import.meta.url));
  const code = `process.argv.splice(1, 0, ${JSON.stringify(program)});
    process.on('exit', () => console.error('peak ' + process.resourceUsage().maxRSS));
    await import(${JSON.stringify(program)});`;
  const out = join(folder, `export-${format}`);
  const start = performance.now();
  const args = ['export', '--store', place, '--format', format, '--out', out];
  const { stderr, stdout } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', code, '--', ...args],
    {
      encoding: 'utf8',
    },
  );
  const seconds = (performance.now() - start) / 1000;
  const peak = Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024;
  const wrote = stdout.trim().replace(/^[^:]*: /, '');
  return `Export as ${format}: ${seconds.toFixed(1)} s, at most ${peak.toFixed(0)} MiB of memory; ${wrote}.`;
}

/** A grid as a study has it, finished by the store's own writes; the numbers are made up. */
async function fill(into: Store): Promise<void> {
  const widths = [33, 65, 129, 257, 513, 1025, 2049, 4097];
  const wanted = Array.from({ length: runs }, (_, i) => {
    const width = widths[i % widths.length];
    const noiseRatio = [0.2, 0.4, 0.6, 0.8][Math.floor(i / widths.length) % 4];
    const seed = Math.floor(i / (4 * widths.length));
    const settings = completeSettings({ width, noiseRatio, seed, steps: points - 1 });
    const run = { settings, dataset: null, measureEvery: 1, extract: [], keep: 'metrics' as const };
    return { run, axes: { width, noiseRatio, seed } };
  });
  const start = performance.now();
  const { sweep } = await into.putSweep({
    name: 'bench',
    filename: 'bench',
    text: '',
    runs: wanted,
  });
  for (let claims = await into.claimNext(sweep.id, 50, 'bench'); claims.length > 0; ) {
    for (const { run } of claims) await into.finish(run, resultOf(run.id));
    claims = await into.claimNext(sweep.id, 50, 'bench');
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `written in ${seconds.toFixed(0)} s, ${((1000 * seconds) / runs).toFixed(1)} ms a run`,
  );
}

function resultOf(id: number): RunResult {
  const series = Array.from({ length: points }, (_, step) => {
    const learned = 1 - Math.exp(-step / (50 + (id % 100)));
    return {
      step,
      loss: 4 * (1 - learned) + 0.01,
      cleanTrain: learned,
      noisyTrain: learned ** 2,
      noisyTrue: 0.1 * learned,
      validation: 0.5 * learned,
      test: 0.4 * learned,
    };
  });
  const made = { undertone: '0', node: '0', machine: 'bench', backend: 'none', instructionSet: '' };
  const extracted = {
    'triad-filtration.test': 0.9,
    'scan.rule': 'c = a + b (mod 113)',
    'scan.log10PValue': -50,
  };
  return {
    hash: id.toString(16).padStart(64, '0'),
    series,
    model: null,
    extracted,
    made,
    seconds: 1,
  };
}
