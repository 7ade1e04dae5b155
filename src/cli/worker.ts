import { Command, InvalidArgumentError, Option } from 'commander';
import { backendNames } from '../compute/index.ts';
import { integer, number } from './options.ts';
import type { WorkerCommandOptions } from './run-worker.ts';

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
    .action(async (options: WorkerCommandOptions) => {
      const { work } = await import('./run-worker.ts');
      await work(options);
    });
}

function seconds(text: string): number {
  const value = number(text);
  if (value < 0.1 || value > 3600) throw new InvalidArgumentError('Expected 0.1 to 3600 seconds.');
  return value;
}
