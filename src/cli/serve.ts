import process from 'node:process';
import { Command, Option } from 'commander';
import type { BackendName } from '../compute/index.ts';
import { backendNames } from '../compute/index.ts';
import { InputError } from '../errors.ts';
import { isServer, withoutPassword } from '../store/place.ts';
import { interruptible } from './interrupt.ts';
import { backendFor, integer, number } from './options.ts';
import { addStoreOption, defaultStore, type StoreOption } from './store-option.ts';
import { notice, styled } from './terminal.ts';

interface ServeOptions extends StoreOption {
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly origin?: string;
  readonly workers?: number;
  readonly backend: BackendName;
  readonly checkpointSeconds?: number;
  readonly json?: boolean;
}

export function serveCommand(): Command {
  return addStoreOption(
    new Command('serve').description(
      'The lab in the browser: runs and sweeps of a store, live; compare, start and stop them.',
    ),
  )
    .option('--port <n>', 'where to listen; 0: any that is free', integer, 4173)
    .option(
      '--host <address>',
      'for whom: this machine alone, or 0.0.0.0 for all, with a token',
      '127.0.0.1',
    )
    .addOption(
      new Option(
        '--token <text>',
        'what everybody must show (default: made and printed where others can reach it)',
      ).env('UNDERTONE_TOKEN'),
    )
    .option(
      '--origin <url>',
      'what a reverse proxy in front shows, such as https://lab.example.org',
    )
    .option('--workers <n>', 'runs at once, one a core (default: all cores)', integer)
    .addOption(
      new Option('--backend <name>', 'what computes').choices([...backendNames]).default('auto'),
    )
    .option(
      '--checkpoint-seconds <s>',
      'longest time between two checkpoints of a run: what a crash can cost (default: 30)',
      number,
    )
    .option('--json', 'print address and store as one JSON document when it listens')
    .addHelpText(
      'after',
      `
Runs and sweeps that were started on the page are worked on by this program; Ctrl-C stops them at a checkpoint.

Examples:
  $ undertone serve
  $ undertone serve --store postgres://me@server/lab
  $ undertone serve --host 0.0.0.0                    for other machines; prints an address with a token
  $ undertone serve --origin https://lab.example.org  behind a reverse proxy (docs/lab-server.md)`,
    )
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const { port, host, token, origin, workers, backend, checkpointSeconds } = options;
  const { store = defaultStore } = options;
  if (port < 0 || port > 65535)
    throw new InputError(`--port must be from 0 to 65535, not ${port}.`);
  if (checkpointSeconds !== undefined && checkpointSeconds <= 0) {
    throw new InputError(`--checkpoint-seconds must be more than 0, not ${checkpointSeconds}.`);
  }
  const { pageFolder, parseOrigin, startServer } = await import('../serve/index.ts');
  const behind = origin === undefined ? null : parseOrigin(origin);
  const { name, instructionSet, threads } = backendFor({ backend });
  await interruptible(async (signal) => {
    const server = await startServer({
      store,
      host,
      port,
      page: await pageFolder(notice),
      ...(token === undefined ? {} : { token }),
      ...(behind === null ? {} : { origin: behind }),
      workers: workers ?? threads,
      backend,
      backendName: `${name}, ${instructionSet}`,
      ...(checkpointSeconds === undefined ? {} : { segmentSeconds: checkpointSeconds }),
      keeper: { onBackup: notice },
      tell: notice,
    });
    try {
      if (options.json) {
        process.stdout.write(
          `${JSON.stringify({ url: server.url, port: server.port, store: isServer(store) ? withoutPassword(store) : store })}\n`,
        );
      } else {
        process.stdout.write(`The lab is at ${styled('bold', server.url)}\n`);
        if (server.token !== null)
          notice('Whoever has this address may use it: keep it to yourself.');
        notice('Ctrl-C stops it.');
      }
      await aborted(signal);
    } finally {
      await server.close();
    }
  }, 'what runs is kept at a checkpoint');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
