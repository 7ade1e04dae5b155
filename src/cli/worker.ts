import process from 'node:process';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type BackendName, backendNames, selectBackend } from '../compute/index.ts';
import { InputError } from '../errors.ts';
import { isServer, openStore } from '../store/index.ts';
import { openWorkerPool, runWorker, type WorkerEvent, type WorkerSummary } from '../sweep/index.ts';
import { interruptible } from './interrupt.ts';
import { integer, number } from './options.ts';
import { duration, notice } from './terminal.ts';
import { showWorker } from './worker-status.ts';

interface WorkerCommandOptions {
  readonly store: string;
  readonly workers?: number;
  readonly backend: BackendName;
  readonly checkpointSeconds: number;
  readonly untilEmpty?: boolean;
  readonly json?: boolean;
}

export function workerCommand(): Command {
  return new Command('worker')
    .description(
      'Works on the runs of detached sweeps, beside any number of others on any machines.',
    )
    .requiredOption('--store <address>', 'where the runs are: postgres://USER@HOST:PORT/DATABASE')
    .option('--workers <n>', 'runs at once, one a thread (default: as many as cores)', integer)
    .addOption(
      new Option('--backend <name>', 'what computes').choices([...backendNames]).default('auto'),
    )
    .option('--checkpoint-seconds <n>', 'longest time between checkpoints of a run', seconds, 30)
    .option('--until-empty', 'end when no run waits or is worked on; otherwise wait for more')
    .option('--json', 'print what was done as one JSON document at the end')
    .addHelpText(
      'after',
      `
Ctrl-C or SIGTERM stops it within 10 seconds; its runs go on elsewhere from where they are. A worker that
dies is noticed within 30 seconds. A password can stand in PGPASSWORD or ~/.pgpass instead of the address.

Example:
  $ undertone sweep sweep.yaml --store postgres://lab@db.example.org/undertone --detach
  $ undertone worker --store postgres://lab@db.example.org/undertone --workers 4 --until-empty`,
    )
    .action(work);
}

function seconds(text: string): number {
  const value = number(text);
  if (value < 0.1 || value > 3600) throw new InvalidArgumentError('Expected 0.1 to 3600 seconds.');
  return value;
}

async function work(options: WorkerCommandOptions): Promise<void> {
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
