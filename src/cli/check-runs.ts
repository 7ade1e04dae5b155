/** `reproduce --check`: runs lines of a published results.json again and compares the final weights. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { hashOf, type PublishedRun, readPublished, runCells } from '../claims/index.ts';
import type { BackendName } from '../compute/index.ts';
import { InputError } from '../errors.ts';
import { readText } from '../format/index.ts';
import { openWorkerPool } from '../sweep/worker-pool.ts';
import { interruptible } from './interrupt.ts';
import { showCellProgress } from './progress.ts';
import { duration, notice, styled, table } from './terminal.ts';

interface CheckOptions {
  readonly threads?: number;
  readonly backend: BackendName;
  readonly json?: boolean;
}

/** `names`: claims, or keys of runs or their beginnings; none: all runs. Exit code 1 where a hash differs. */
export async function checkRuns(
  file: string,
  names: readonly string[],
  options: CheckOptions,
): Promise<void> {
  const chosen = chooseRuns(readPublished(readText(file), file), names, file);
  const seconds = chosen.reduce((sum, run) => sum + run.seconds, 0);
  const pool = openWorkerPool({ workers: options.threads, backend: options.backend });
  notice(
    `Running ${chosen.length} of the runs in ${file} again; they took ${duration(seconds)} on one thread, and ${pool.workers} run at once.`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'undertone-check-'));
  const cells = chosen.map(({ cell }) => cell);
  const progress = showCellProgress([{ name: 'runs', keys: new Set(cells.map(({ key }) => key)) }]);
  const run = await interruptible((signal) =>
    runCells(cells, { folder, pool, signal, onProgress: progress.update }),
  ).finally(() => {
    progress.stop();
    rmSync(folder, { recursive: true, force: true });
    return pool.close();
  });
  const checked = chosen.map(({ cell, weightsHash, claims }) => {
    const record = run.records.get(cell.key);
    const measured = record === undefined ? null : hashOf(record.output);
    const problem = run.failures.get(cell.key) ?? (measured === null ? 'not run' : null);
    return {
      key: cell.key,
      kind: cell.kind,
      claims,
      published: weightsHash,
      measured,
      same: measured === weightsHash,
      problem,
    };
  });
  if (!checked.every(({ same }) => same)) process.exitCode = 1;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ file, checked })}\n`);
    return;
  }
  const rows = checked.map(({ key, kind, claims, published, measured, same, problem }) => [
    key,
    kind,
    claims.join(', '),
    published.slice(0, 12),
    problem ?? measured?.slice(0, 12) ?? '',
    same
      ? styled('green', 'same')
      : problem === null
        ? styled('red', 'differs')
        : styled('yellow', 'no answer'),
  ]);
  if (run.stopped) notice('Stopped; what wasn’t run has no answer.');
  const matching = checked.filter(({ same }) => same).length;
  process.stdout.write(
    `${table([['run', 'kind', 'claims', 'published', 'here', ''], ...rows])}\n\n${matching} of ${checked.length} ended at the published weights.\n`,
  );
}

function chooseRuns(
  runs: readonly PublishedRun[],
  names: readonly string[],
  file: string,
): readonly PublishedRun[] {
  if (names.length === 0) return runs;
  const chosen = new Set<PublishedRun>();
  for (const name of names) {
    const found = runs.filter(
      ({ cell, claims }) => cell.key.startsWith(name) || claims.includes(name),
    );
    if (found.length === 0) {
      const claims = [...new Set(runs.flatMap((run) => run.claims))].join(', ');
      throw new InputError(
        `${file} has no run "${name}": expected the beginning of a run's key, or a claim (${claims}).`,
      );
    }
    for (const run of found) chosen.add(run);
  }
  return [...chosen];
}
