import { existsSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import {
  type AuditReport,
  audit,
  auditReport,
  cayleySvg,
  chooseAlphabets,
  parseOrder,
  readSymbolTable,
  repairedCsv,
} from '../audit/index.ts';
import { InputError } from '../errors.ts';
import {
  claimFolder,
  readChunks,
  readText,
  removeMadeFolders,
  writeFileAtomic,
} from '../format/index.ts';
import { auditText } from './audit-text.ts';
import { interruptible } from './interrupt.ts';
import {
  addComputeOptions,
  backendFor,
  type ComputeOptions,
  integer,
  significanceLevel,
} from './options.ts';
import { showShareProgress } from './progress.ts';
import { notice } from './terminal.ts';

interface AuditCommandOptions extends ComputeOptions {
  readonly columns?: string;
  readonly header: boolean;
  readonly order?: readonly string[];
  readonly level: number;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function auditCommand(): Command {
  const command = new Command('audit')
    .description(
      'Which rule, if any, a table (a, b, label) of any symbols follows, and which of its labels are likely wrong.',
    )
    .argument(
      '<table>',
      'a CSV file: columns a, b, label (or its first three) and, for scoring alone, true_label',
    )
    .option('--columns <a,b,label>', 'the columns by name, or by number from 1')
    .option('--no-header', 'the first line is a row; columns go by number')
    .option(
      '--order <symbols>',
      'order of the symbols: mon,tue,… or 0..30 or a file with one a line; once for each alphabet (default: numeric, else as they first appear)',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option('--level <p>', 'corrected p-value that counts as significant', significanceLevel, 0.01)
    .option('--seed <n>', 'seed of everything random', seed, 0)
    .option(
      '--out <dir>',
      'folder for the repaired table and its picture (default: a new one under audit/)',
    )
    .option('--json', 'print the result as one JSON document');
  return addComputeOptions(command)
    .addHelpText(
      'after',
      `
A column's symbols take their places on a circle in their order; the rules compared are
c = k1·a + k2·b + shift on it. Columns that share symbols share one order. An empty label is a
missing one. Exits with 0 if there is a rule, with 1 if that cannot be told: then no row is flagged.

Example:
  $ undertone audit examples/transposition.csv
  $ undertone audit shifts.csv --columns day,after,falls_on --order mon,tue,wed,thu,fri,sat,sun`,
    )
    .action(runAudit);
}

function seed(text: string): number {
  const value = integer(text);
  if (value < 0) throw new InputError(`--seed must be at least 0, not ${value}.`);
  return value;
}

async function runAudit(path: string, options: AuditCommandOptions): Promise<void> {
  const start = performance.now();
  const columns = columnNames(options.columns);
  const hasHeader = options.header;
  const orders = (options.order ?? []).map((text) => parseOrder(text, readText));
  const table = readSymbolTable(readChunks(path), path, { columns, hasHeader });
  if (table.columns.notice !== null) notice(table.columns.notice);
  const alphabets = chooseAlphabets(table, orders);
  const backend = backendFor(options);
  const folder = options.out ?? freeAuditFolder(path);
  const firstMade = claimFolder(folder);
  let report: AuditReport | null;
  try {
    report = await interruptible(async (signal) => {
      const progress = showShareProgress('audit');
      try {
        const found = await audit(table, alphabets, {
          compute: backend,
          seed: options.seed,
          level: options.level,
          workers: options.threads,
          backend: options.backend,
          signal,
          onProgress: (share) => progress.update(share),
        });
        return found === null ? null : auditReport(table, alphabets, found);
      } finally {
        progress.stop();
      }
    }, 'nothing will be written');
    if (report?.found) {
      const repaired = repairedCsv(readChunks(path), table.columns, hasHeader, report);
      writeFileAtomic(join(folder, auditFiles.table), repaired);
      writeFileAtomic(join(folder, auditFiles.picture), cayleySvg(report));
    }
  } finally {
    // Nothing stays of a folder that nothing was written to.
    removeMadeFolders(folder, firstMade);
  }
  if (report === null) {
    notice('Stopped; nothing was written.');
    process.exitCode = 1;
    return;
  }
  const seconds = (performance.now() - start) / 1000;
  const files = report.found
    ? { repaired: join(folder, auditFiles.table), picture: join(folder, auditFiles.picture) }
    : null;
  const text = options.json
    ? JSON.stringify({ ...report, seed: options.seed, files })
    : auditText(report, files, seconds);
  process.stdout.write(`${text}\n`);
  if (!report.found) process.exitCode = 1;
}

const auditFiles = { table: 'repaired.csv', picture: 'table.svg' } as const;

/** `audit/NAME` after the table's file, or NAME-2, NAME-3, … where that is taken. */
function freeAuditFolder(path: string): string {
  const name = basename(path, extname(path)) || 'table';
  for (let attempt = 1; ; attempt++) {
    const folder = join('audit', attempt === 1 ? name : `${name}-${attempt}`);
    if (!existsSync(folder)) return folder;
  }
}

function columnNames(text: string | undefined): readonly string[] | null {
  if (text === undefined) return null;
  const names = text.split(',').map((name) => name.trim());
  if (names.length !== 3 || names.includes('')) {
    throw new InputError(
      `--columns: expected three names, A,B,LABEL, got ${JSON.stringify(text)}.`,
    );
  }
  return names;
}
