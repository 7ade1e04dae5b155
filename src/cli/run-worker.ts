import process from 'node:process';
import { type BackendName, selectBackend } from '../compute/index.ts';
import { InputError } from '../errors.ts';
import { isServer, openStore } from '../store/index.ts';
import { openWorkerPool, runWorker, type WorkerEvent, type WorkerSummary } from '../sweep/index.ts';
import { interruptible } from './interrupt.ts';
import { duration, notice } from './terminal.ts';
import { showWorker } from './worker-status.ts';

export interface WorkerCommandOptions {
  readonly store: string;
  readonly workers?: number;
  readonly backend: BackendName;
  readonly checkpointSeconds: number;
  readonly untilEmpty?: boolean;
  readonly json?: boolean;
}

/** `worker`: works on runs until it is stopped or, if asked, none is left. */
export async function work(options: WorkerCommandOptions): Promise<void> {
  const { store: place, checkpointSeconds: segmentSeconds, untilEmpty = false } = options;
  if (!isServer(place)) {
    throw new InputError(
      `Workers take runs from a store on a PostgreSQL server, postgres://USER@HOST:PORT/DATABASE, not from ${place}; on one machine use: npx undertone sweep FILE`,
    );
  }
  // Says now, and once, if that backend can't be had.
  const { name, instructionSet } = selectBackend({
    backend: options.backend,
    threads: 1,
    onFallback: notice,
  });
  const pool = openWorkerPool({ workers: options.workers, backend: options.backend });
  const store = await openStore(place, { onBackup: notice });
  const start = performance.now();
  const status = showWorker();
  const onEvent = (event: WorkerEvent) => {
    if (event.kind === 'ready') {
      const threads = `${pool.workers} ${pool.workers === 1 ? 'thread' : 'threads'}`;
      status.say(`Worker ${process.pid}: ${threads}, ${name} (${instructionSet}), ${store.place}`);
    }
    status.update(event);
  };
  let summary: WorkerSummary;
  try {
    summary = await interruptible(
      (signal) =>
        runWorker({ store, url: place, pool, signal, untilEmpty, segmentSeconds, onEvent }),
      'its runs go on elsewhere from where they are',
    );
  } finally {
    status.stop();
    // What hangs on a server that is away holds nobody up.
    setTimeout(() => process.exit(), 1000).unref();
    await pool.close();
  }
  const took = (performance.now() - start) / 1000;
  notice(summaryText(summary, took));
  if (options.json) process.stdout.write(`${JSON.stringify({ ...summary, seconds: took })}\n`);
  if (summary.abandoned > 0) process.exitCode = 1;
  await store.close();
}

function summaryText(summary: WorkerSummary, seconds: number): string {
  const { done, failed, givenBack, lost, abandoned } = summary;
  const parts = [
    `${done} done`,
    failed > 0 ? `${failed} failed` : '',
    givenBack > 0 ? `${givenBack} given back` : '',
    lost > 0 ? `${lost} went into other hands` : '',
    abandoned > 0
      ? `${abandoned} could not be given back, for the store was away; others go on with them from their last checkpoint`
      : '',
  ];
  return `Worker ${process.pid} ended after ${duration(seconds)}: ${parts.filter((part) => part !== '').join(', ')}.`;
}
