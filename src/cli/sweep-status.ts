import process from 'node:process';
import type { SweepRun, SweepStatus } from '../store/index.ts';
import { axesText } from './axes-text.ts';
import { type StoreOption, withStore } from './store-option.ts';
import { notice, styled, table } from './terminal.ts';

type Options = StoreOption & { readonly json?: boolean };

/** `sweep status`: all sweeps in a table, or one with what failed. */
export async function sweepStatus(name: string | null, options: Options): Promise<void> {
  await withStore(options, 'read', async (store) => {
    if (name === null) {
      const sweeps = await store.listSweeps();
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ sweeps: sweeps.map((sweep) => statusJson(sweep)) })}\n`
          : `${listText(sweeps)}\n`,
      );
      return;
    }
    const sweep = await store.sweepStatus(name);
    const { runs, damaged } = await store.sweepRuns(sweep.id);
    damaged.forEach(notice);
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ ...statusJson(sweep, runs), damaged })}\n`
        : `${[listText([sweep]), ...detailLines(runs)].join('\n')}\n`,
    );
  });
}

/** `sweep pause`, `resume`, `cancel`. */
export async function changeSweep(
  what: 'pause' | 'resume' | 'cancel',
  name: string,
  options: Options,
): Promise<void> {
  await withStore(options, 'read', async (store) => {
    const { id } = await store.findSweep(name);
    const state = { pause: 'paused', resume: 'active', cancel: 'cancelled' } as const;
    await store.setSweepState(id, state[what]);
    if (what === 'resume' && store.kind === 'postgres') {
      // Its jobs went by while it was paused.
      const { enqueueSweep } = await import('../sweep/cluster/enqueue-sweep.ts');
      await enqueueSweep(store, options.store as string, id);
    }
    const sweep = await store.sweepStatus(name);
    process.stdout.write(
      options.json ? `${JSON.stringify(statusJson(sweep))}\n` : `${listText([sweep])}\n`,
    );
  });
}

/** A sweep as JSON; with its runs where they are given. */
export function statusJson(sweep: SweepStatus, runs?: readonly SweepRun[]): object {
  const { name, state, counts, filename, created, updated } = sweep;
  const status = { name, state, counts, filename, created, updated };
  if (runs === undefined) return status;
  return {
    ...status,
    runs: runs.map(({ run, axes }) => ({
      name: run.name,
      status: run.status,
      axes,
      settings: run.settings,
      metrics: run.metrics,
      extracted: run.extracted,
      hash: run.hash,
      step: run.step,
      seconds: run.seconds,
      error: run.error,
    })),
  };
}

function listText(sweeps: readonly SweepStatus[]): string {
  if (sweeps.length === 0) return 'No sweeps yet: undertone sweep FILE makes one.';
  return table([
    ['sweep', 'state', 'runs', 'done', 'running', 'waiting', 'stopped', 'failed'],
    ...sweeps.map(({ name, state, counts }) => {
      const { done, running, queued, stopped, failed } = counts;
      const total = done + running + queued + stopped + failed;
      const isDone = done === total && state === 'active';
      return [
        styled('bold', name),
        isDone ? 'done' : state,
        ...[total, done, running, queued, stopped, failed].map(String),
      ];
    }),
  ]);
}

function detailLines(runs: readonly SweepRun[]): string[] {
  const of = (status: string) => runs.filter(({ run }) => run.status === status);
  const running = of('running').map(
    ({ run, axes }) =>
      `running: ${run.name}  ${axesText(axes)}  step ${run.step} of ${run.settings.steps}, on ${run.owner?.split(':')[0] ?? '?'}`,
  );
  const failed = of('failed').map(
    ({ run, axes }) => `failed: ${run.name}  ${axesText(axes)}: ${run.error}`,
  );
  return running.length + failed.length === 0 ? [] : ['', ...running, ...failed];
}
