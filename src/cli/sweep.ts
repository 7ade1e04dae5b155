import { Command, Option } from 'commander';
import { backendNames } from '../compute/index.ts';
import { integer, number } from './options.ts';
import type { SweepOptions } from './run-sweep.ts';
import { addStoreOption, type StoreOption } from './store-option.ts';

export function sweepCommand(): Command {
  const command = addStoreOption(
    new Command('sweep')
      .description('Many runs from one file: grids, ranges, lists, random search; resumable.')
      .argument('<file>', 'the sweep, YAML (docs/sweeps.md)'),
  )
    .option('--plan', 'show what would be run, and about how long it takes; run nothing')
    .option('--workers <n>', 'runs at once, one a core (default: all cores)', integer)
    .addOption(
      new Option('--backend <name>', 'what computes').choices([...backendNames]).default('auto'),
    )
    .option(
      '--checkpoint-seconds <s>',
      'longest time between two checkpoints of a run: what a crash can cost (default: 30)',
      number,
    )
    .option('--retry-failed', 'run again what failed')
    .option('--force', 'run everything again, also what is done')
    .option(
      '--detach',
      'put the runs into the queue of a PostgreSQL store and return: undertone worker runs them',
    )
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      `
Interrupted, killed or changed: the same command goes on. What is done is never run again.

Examples:
  $ undertone sweep examples/tiny-sweep.yaml
  $ undertone sweep status
  $ undertone runs sweep=tiny-sweep
  $ undertone sweep examples/tiny-sweep.yaml --store postgres://me@server/lab --detach`,
    )
    .action(async (file: string, options: SweepOptions) => {
      const { runSweepFile } = await import('./run-sweep.ts');
      await runSweepFile(file, options);
    });
  const onStore = (name: string, argument: string, description: string) =>
    addStoreOption(
      new Command(name).description(description).argument(argument, 'its name'),
    ).option('--json', 'print the result as one JSON document');
  command.addCommand(
    onStore(
      'status',
      '[sweep]',
      'How far sweeps are; with a name, also what failed and why.',
    ).action(async (name: string | undefined, _: unknown, self: Command) => {
      const { sweepStatus } = await import('./sweep-status.ts');
      await sweepStatus(name ?? null, self.optsWithGlobals<StoreOption & { json?: boolean }>());
    }),
  );
  for (const [name, description] of [
    ['pause', 'Hand out no more runs of a sweep; what runs stops at a checkpoint.'],
    ['resume', 'Go on with a sweep that was paused or cancelled.'],
    ['cancel', 'End a sweep: what runs stops at a checkpoint, what is done stays.'],
  ] as const) {
    command.addCommand(
      onStore(name, '<sweep>', description).action(
        async (sweep: string, _: unknown, self: Command) => {
          const { changeSweep } = await import('./sweep-status.ts');
          await changeSweep(name, sweep, self.optsWithGlobals<StoreOption & { json?: boolean }>());
        },
      ),
    );
  }
  return command;
}
