import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { InputError, WorkError } from '../errors.ts';
import { writeFailure } from '../format/index.ts';
import { version } from '../version.ts';
import { auditCommand } from './audit.ts';
import { benchCommand } from './bench.ts';
import { demoCommand } from './demo.ts';
import { exportCommand } from './export.ts';
import { extractCommand } from './extract.ts';
import { reportCommand } from './report.ts';
import { reproduceCommand } from './reproduce.ts';
import { runsCommand } from './runs/index.ts';
import { scanCommand } from './scan.ts';
import { serveCommand } from './serve.ts';
import { sweepCommand } from './sweep.ts';
import { trainCommand } from './train.ts';
import { workerCommand } from './worker.ts';

/**
 * Output that can't be written is no bug of ours: a reader who has seen enough (EPIPE) ends the program quietly,
 * anything else, such as a full disk, in one sentence.
 */
function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    process.stderr.write(`undertone: ${writeFailure('standard output', error).message}\n`);
    process.exit(1);
  });
  process.stderr.on('error', () => process.exit(1));
}

/** Runs the command line; sets `process.exitCode` to 0 done, 1 failed or "no", 2 wrong usage or input. */
export async function main(argv: readonly string[]): Promise<void> {
  watchOutput();
  const program = new Command('undertone')
    .description(
      'What a network knows underneath what it says: train on mostly wrong labels, read the rule out of the weights.',
    )
    .version(version)
    .addHelpText(
      'after',
      '\nStart with:\n  $ undertone demo --quick\n\nExit codes: 0 done, 1 the work failed or the answer is no, 2 wrong usage or input.',
    );
  for (const command of [
    demoCommand(),
    trainCommand(),
    extractCommand(),
    scanCommand(),
    auditCommand(),
    reportCommand(),
    reproduceCommand(),
    sweepCommand(),
    workerCommand(),
    runsCommand(),
    exportCommand(),
    serveCommand(),
    benchCommand(),
  ]) {
    program.addCommand(command);
  }
  for (const command of [program, ...withSubcommands(program.commands)]) {
    if (command !== program) command.option('--debug', 'show the stack trace of an error');
    command.exitOverride().configureOutput({ outputError: () => {} });
    command.showSuggestionAfterError(true);
  }
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = explain(error, argv.includes('--debug'));
  }
}

function withSubcommands(commands: readonly Command[]): Command[] {
  return commands.flatMap((command) => [command, ...withSubcommands(command.commands)]);
}

/** Says on standard error what went wrong, in one sentence; returns the exit code. */
function explain(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help') return 2;
    // Commander puts its suggestion on a second line.
    const sentence = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
    process.stderr.write(`undertone: ${sentence}\n`);
    return 2;
  }
  const known = error instanceof InputError || error instanceof WorkError;
  const message = error instanceof Error ? error.message : String(error);
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else if (known) process.stderr.write(`undertone: ${message}\n`);
  else {
    process.stderr.write(
      `undertone: unexpected error: ${message} (this is a bug; --debug shows where it happened)\n`,
    );
  }
  return error instanceof InputError ? 2 : 1;
}
