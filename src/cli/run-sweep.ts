import process from 'node:process';
import type { BackendName } from '../compute/index.ts';
import { InputError } from '../errors.ts';
import { isServer, type Store, type SweepRecord, type SweepRun } from '../store/index.ts';
import {
  estimateSweep,
  openWorkerPool,
  readSweepFile,
  runSweep,
  type SweepEnd,
  type SweepPlan,
  wantedRuns,
} from '../sweep/index.ts';
import { axesText } from './axes-text.ts';
import { interruptible } from './interrupt.ts';
import { backendFor } from './options.ts';
import { type StoreOption, storeFlag, withStore } from './store-option.ts';
import { showBoard } from './sweep-board.ts';
import { statusJson } from './sweep-status.ts';
import { duration, notice, percent, styled, table } from './terminal.ts';

export interface SweepOptions extends StoreOption {
  readonly plan?: boolean;
  readonly workers?: number;
  readonly backend: BackendName;
  readonly checkpointSeconds?: number;
  readonly retryFailed?: boolean;
  readonly force?: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
}

/** Plans, runs and sums up the sweep of a file. */
export async function runSweepFile(file: string, options: SweepOptions): Promise<void> {
  if (options.force && options.retryFailed) {
    throw new InputError(
      '--force runs everything again, also what failed: leave out --retry-failed.',
    );
  }
  const plan = readSweepFile(file);
  plan.notices.forEach(notice);
  if (options.detach && !isServer(options.store ?? '')) {
    throw new InputError(
      `--detach needs a store that other machines reach, --store postgres://…, not ${options.store ?? 'a file'}.`,
    );
  }
  if (options.checkpointSeconds !== undefined && options.checkpointSeconds <= 0) {
    throw new InputError(
      `--checkpoint-seconds must be more than 0, not ${options.checkpointSeconds}.`,
    );
  }
  // Says where it falls back; each worker has a backend of one thread of its own.
  const { threads } = backendFor({ backend: options.backend });
  const pool = openWorkerPool({ workers: options.workers ?? threads, backend: options.backend });
  try {
    if (options.plan) return await showPlan(plan, pool, options);
    await withStore(options, 'write', async (store) => {
      const { sweep, runs } = await putIn(store, plan, options);
      if (options.detach) return await detach(store, sweep, options);
      const end = await runHere(store, sweep, runs, pool, options);
      await conclude(store, plan, end, options);
    });
  } finally {
    await pool.close();
  }
}

/** Puts the plan into the store and says what is new and what is left. */
async function putIn(
  store: Store,
  plan: SweepPlan,
  { force, retryFailed }: SweepOptions,
): Promise<{ sweep: SweepRecord; runs: readonly SweepRun[] }> {
  const { sweep, added, found, dropped } = await store.putSweep(wantedRuns(plan));
  const again = force
    ? await store.requeue(sweep.id, 'all')
    : retryFailed
      ? await store.requeue(sweep.id, 'failed')
      : 0;
  const { runs } = await store.sweepRuns(sweep.id);
  const left = runs.filter(isOpen).length;
  notice(
    [
      `${plan.name}: ${plural(runs.length, 'run')} in ${store.place}`,
      ...(added > 0 ? [`${added} new`] : []),
      ...(found > 0 && added > 0 ? [`${found} found`] : []),
      ...(dropped > 0 ? [`${dropped} no longer in the file`] : []),
      ...(again > 0 ? [`${again} to run again`] : []),
      ...(left < runs.length ? [`${left} left to run`] : []),
    ].join(' · '),
  );
  if (dropped > 0 && found === 0) {
    notice(
      `The store had a sweep ${plan.name} of which no run is in this file. If that was another study, give this one a name of its own (name: …) and run the other file again.`,
    );
  }
  if (sweep.state !== 'active') {
    notice(`The sweep was ${sweep.state}; it goes on now.`);
    await store.setSweepState(sweep.id, 'active');
  }
  return { sweep, runs };
}

const isOpen = ({ run }: SweepRun) => run.status !== 'done' && run.status !== 'failed';

async function showPlan(
  plan: SweepPlan,
  pool: ReturnType<typeof openWorkerPool>,
  { json }: SweepOptions,
): Promise<void> {
  const estimate = await estimateSweep(
    plan.runs.map(({ settings }) => settings),
    pool,
  );
  const { name, axes, extract, runs } = plan;
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ name, runs: runs.length, axes, extract, workers: pool.workers, estimate })}\n`,
    );
    return;
  }
  const values = (list: readonly unknown[]) =>
    list.length <= 8
      ? list.map((value) => value ?? 'none').join(', ')
      : `${list.slice(0, 4).join(', ')}, … ${list.at(-1)} (${list.length} values)`;
  process.stdout.write(
    [
      `${styled('bold', name)}: ${plural(runs.length, 'run')}, about ${duration(estimate.seconds)} of training on ${plural(pool.workers, 'core')}, ${megabytes(estimate.bytes)} of memory`,
      ...axes.map((axis) => `  ${axis.name}: ${values(axis.values)}`),
      ...(extract.length > 0 ? [`  taken out of each: ${extract.join(', ')} (takes longer)`] : []),
      '',
    ].join('\n'),
  );
}

/** Hands the runs to workers, on this and other machines. */
async function detach(store: Store, sweep: SweepRecord, options: SweepOptions): Promise<void> {
  const { enqueueSweep } = await import('../sweep/cluster/enqueue-sweep.ts');
  const waiting = await enqueueSweep(store, options.store as string, sweep.id);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(statusJson(await store.sweepStatus(sweep.name)))}\n`);
    return;
  }
  const flag = storeFlag(options, store);
  process.stdout.write(
    [
      `${plural(waiting, 'run')} of ${sweep.name} wait for workers. Start as many as you like, on any machine:`,
      `  npx undertone worker${flag}`,
      `How far it is: npx undertone sweep status ${sweep.name}${flag}`,
      '',
    ].join('\n'),
  );
}

async function runHere(
  store: Store,
  sweep: SweepRecord,
  runs: readonly SweepRun[],
  pool: ReturnType<typeof openWorkerPool>,
  options: SweepOptions,
): Promise<SweepEnd> {
  const open = runs.filter(isOpen);
  if (open.length === 0) return 'finished';
  if (!options.json || process.stderr.isTTY) {
    const { seconds, bytes } = await estimateSweep(
      open.map(({ run }) => run.settings),
      pool,
    );
    notice(
      `About ${duration(seconds)} of training on ${plural(pool.workers, 'core')}, ${megabytes(bytes)} of memory. Ctrl-C stops; the same command${options.force ? ' without --force' : ''} goes on.`,
    );
  }
  const board = showBoard({
    title: sweep.name,
    total: runs.length,
    done: runs.filter(({ run }) => run.status === 'done').length,
    axes: new Map(runs.map(({ run, axes }) => [run.id, axes])),
    steps: new Map(open.map(({ run }) => [run.id, run.settings.steps])),
    workers: pool.workers,
  });
  try {
    return await interruptible(
      (signal) =>
        runSweep({
          store,
          sweepId: sweep.id,
          pool,
          signal,
          segmentSeconds: options.checkpointSeconds ?? 30,
          onEvent: (event) => board.event(event),
        }),
      'what runs is kept at a checkpoint',
    );
  } finally {
    board.stop();
  }
}

/** Says how the sweep ended, with reasons; exit code 1 where not everything is done. */
async function conclude(
  store: Store,
  plan: SweepPlan,
  end: SweepEnd,
  options: SweepOptions,
): Promise<void> {
  const status = await store.sweepStatus(plan.name);
  const { runs, damaged } = await store.sweepRuns(status.id);
  damaged.forEach(notice);
  const failed = runs.filter(({ run }) => run.status === 'failed');
  const done = runs.filter(({ run }) => run.status === 'done');
  if (done.length < runs.length || damaged.length > 0) process.exitCode = 1;
  if (options.json) {
    process.stdout.write(`${JSON.stringify(statusJson(status, runs))}\n`);
    return;
  }
  const best = done
    .filter(({ run }) => run.metrics?.test !== null)
    .toSorted((x, y) => (y.run.metrics?.test ?? 0) - (x.run.metrics?.test ?? 0))
    .slice(0, 5);
  const elsewhere = storeFlag(options, store);
  const lines = [
    `${styled('bold', plan.name)}: ${done.length} of ${plural(runs.length, 'run')} done${failed.length > 0 ? `, ${failed.length} failed` : ''}`,
  ];
  if (best.length > 0) {
    lines.push(
      '',
      table([
        ['best by test', 'clean train', 'noisy train', 'test', 'seconds'],
        ...best.map(({ run, axes }) => [
          `${run.name}  ${axesText(axes)}`,
          percent(run.metrics?.cleanTrain ?? null),
          percent(run.metrics?.noisyTrain ?? null),
          percent(run.metrics?.test ?? null),
          run.seconds.toFixed(1),
        ]),
      ]),
    );
  }
  if (failed.length > 0) {
    lines.push('', ...failed.slice(0, 10).map(({ run }) => `failed: ${run.name}: ${run.error}`));
    if (failed.length > 10) lines.push(`… and ${failed.length - 10} more`);
    lines.push(
      `Run them again with: npx undertone sweep ${plan.filename} --retry-failed${elsewhere}`,
    );
  }
  if (end !== 'finished') {
    const what = end === 'cancelled' ? 'The sweep was cancelled' : 'Stopped';
    lines.push('', `${what}. Go on with: npx undertone sweep ${plan.filename}${elsewhere}`);
  } else {
    lines.push(
      '',
      `List:    npx undertone runs sweep=${plan.name}${elsewhere}`,
      `Figures: npx undertone report ${plan.name}${elsewhere}`,
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

function plural(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

function megabytes(bytes: number): string {
  return bytes < 1e9
    ? `${Math.max(1, Math.round(bytes / 1e6))} MB`
    : `${(bytes / 1e9).toFixed(1)} GB`;
}
