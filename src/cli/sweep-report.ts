/** `undertone report SWEEP`: one page on all runs of a sweep. */
import process from 'node:process';
import { writeFileAtomic } from '../format/index.ts';
import { parseFilter } from '../store/filter.ts';
import { type StoreOption, withStore } from './store-option.ts';
import { notice } from './terminal.ts';

export interface SweepReportOptions {
  readonly x?: string;
  readonly metric?: string;
  readonly filter?: string;
}

export async function reportSweep(
  name: string,
  options: StoreOption & SweepReportOptions & { readonly out?: string; readonly json?: boolean },
): Promise<void> {
  const { collectSweep, renderSweepReport, sweepSummary } = await import(
    '../report/sweep/index.ts'
  );
  const filter = parseFilter(options.filter ?? '');
  const study = await withStore(options, 'read', (store) => collectSweep(store, name, filter));
  for (const problem of study.damaged) notice(problem);
  const { x, metric } = options;
  const page = renderSweepReport(study, {
    ...(x === undefined ? {} : { x }),
    ...(metric === undefined ? {} : { metrics: metric.split(',').map((one) => one.trim()) }),
  });
  if (options.json) {
    process.stdout.write(`${JSON.stringify(study)}\n`);
    return;
  }
  const out = options.out ?? `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.html`;
  writeFileAtomic(out, page);
  process.stdout.write(`Report: ${out} (${sweepSummary(study)})\n`);
}
