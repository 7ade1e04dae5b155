import { join } from 'node:path';
import process from 'node:process';
import type { Claim, ClaimOptions, Preset } from '../claims/index.ts';
import {
  cellsOf,
  claims,
  findCells,
  judgeClaims,
  type ReproduceResult,
  runCells,
  runLines,
  verdictMarks,
  writeResults,
} from '../claims/index.ts';
import type { BackendName } from '../compute/index.ts';
import { InputError } from '../errors.ts';
import { makeFolders } from '../format/index.ts';
import { openWorkerPool } from '../sweep/worker-pool.ts';
import { checkRuns } from './check-runs.ts';
import { interruptible } from './interrupt.ts';
import { backendFor } from './options.ts';
import { showCellProgress } from './progress.ts';
import { duration, notice, styled, table } from './terminal.ts';

export interface ReproduceOptions {
  readonly preset: Preset;
  readonly out?: string;
  readonly data?: string;
  readonly list?: boolean;
  readonly check?: string;
  readonly threads?: number;
  readonly backend: BackendName;
  readonly json?: boolean;
}

/** Runs, lists or checks claims, as the options say. */
export async function runReproduce(names: string[], options: ReproduceOptions): Promise<void> {
  if (options.list) return listClaims(options.json ?? false);
  if (options.check !== undefined) {
    if (options.out !== undefined || options.data !== undefined) {
      throw new InputError(
        '--check keeps nothing and takes its settings from the file: leave out --out and --data.',
      );
    }
    return await checkRuns(options.check, names, options);
  }
  const chosen = chooseClaims(names);
  const { preset } = options;
  const out = options.out ?? join('reproduce', preset);
  const claimOptions: ClaimOptions = { mnistFolder: options.data ?? null };
  try {
    makeFolders(out);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`${out} can't be a folder for results (${reason}); give another --out.`);
  }
  const cells = cellsOf(chosen, preset, claimOptions);
  // Says where it falls back; each worker has a backend of one thread of its own.
  const { threads, name } = backendFor(options);
  const pool = openWorkerPool({ workers: options.threads ?? threads, backend: options.backend });
  notice(
    `${chosen.length} ${chosen.length === 1 ? 'claim' : 'claims'}, ${cells.length} runs, preset ${preset}, ${pool.workers} at once on the ${name} backend; kept in ${out}.`,
  );
  const start = performance.now();
  const progress = showCellProgress(
    chosen.map(({ id, cells: own }) => ({
      name: id,
      keys: new Set(own(preset, claimOptions).map(({ key }) => key)),
    })),
  );
  const run = await interruptible((signal) =>
    runCells(cells, { folder: join(out, 'runs'), pool, signal, onProgress: progress.update }),
  ).finally(() => {
    progress.stop();
    return pool.close();
  });
  if (run.stopped) {
    notice(
      `Stopped with ${run.records.size} of ${cells.length} runs done; the same command goes on from here.`,
    );
    process.exitCode = 1;
    return;
  }
  // Claims that were run before stay in the results, whatever is asked for now.
  const found = findCells(cellsOf(claims, preset, claimOptions), join(out, 'runs'));
  const whole = { ...run, records: new Map([...found.records, ...run.records]) };
  const isThere = (claim: Claim) => {
    const cells = cellsOf([claim], preset, claimOptions);
    return cells.length > 0 && cells.every(({ key }) => found.records.has(key));
  };
  const shown = claims.filter((claim) => chosen.includes(claim) || isThere(claim));
  const judged = judgeClaims(shown, preset, claimOptions, whole);
  const result: ReproduceResult = {
    preset,
    claims: judged.map((one) => one.result),
    runs: runLines(judged, whole),
  };
  const files = writeResults(out, result, judged);
  if (result.claims.some(({ verdict }) => verdict === 'skipped') && run.failures.size > 0) {
    process.exitCode = 1;
  }
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...result, ...files })}\n`);
    return;
  }
  process.stdout.write(
    `${[
      '',
      resultText(result),
      '',
      `${styled('bold', 'Page:')}   ${files.page}`,
      `Table:  ${files.table}, figures in ${files.figures}`,
      `Took ${duration((performance.now() - start) / 1000)}; ${result.runs.length} runs in ${out}.`,
    ].join('\n')}\n`,
  );
}

/** @throws InputError for a claim that isn't there. */
function chooseClaims(names: readonly string[]): readonly Claim[] {
  if (names.length === 0) return claims;
  return [...new Set(names)].map((name) => {
    const claim = claims.find(({ id }) => id === name);
    if (claim !== undefined) return claim;
    throw new InputError(
      `There is no claim "${name}": expected ${claims.map(({ id }) => id).join(', ')}.`,
    );
  });
}

function listClaims(json: boolean): void {
  if (json) {
    const list = claims.map(({ id, title, claim, source, assumed }) => ({
      id,
      title,
      claim,
      source,
      assumed,
    }));
    process.stdout.write(`${JSON.stringify({ claims: list })}\n`);
    return;
  }
  for (const { id, claim, source } of claims) {
    process.stdout.write(`${styled('bold', id)}\n  ${claim} (${source})\n`);
  }
}

const verdictStyles = {
  reproduced: 'green',
  partly: 'yellow',
  'not reproduced': 'red',
  skipped: 'dim',
} as const;

/** Claims with their verdicts, then what each criterion measured. */
function resultText({ claims: results }: ReproduceResult): string {
  const rows = results.map(({ id, verdict, criteria, seeds, seconds }) => [
    id,
    styled(verdictStyles[verdict], verdictMarks[verdict]),
    `${criteria.filter(({ holds }) => holds).length} of ${criteria.length}`,
    String(seeds.length),
    duration(seconds),
  ]);
  const details = results.flatMap(({ id, criteria, reason }) => [
    '',
    styled('bold', id),
    ...(reason === null ? [] : [`  skipped: ${reason}`]),
    ...criteria.map(
      ({ text, measured, holds }) =>
        `  ${holds ? styled('green', '✓') : styled('red', '✗')} ${text}\n      ${measured}`,
    ),
  ]);
  return [
    table([['claim', 'verdict', 'criteria met', 'seeds', 'computing'], ...rows]),
    ...details,
  ].join('\n');
}
