/** Everything a reproduction leaves behind beside its runs: data, table, page, figures. */
import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeFolders, writeFileAtomic } from '../../format/index.ts';
import { chartCsv, chartPath, chartPython } from '../charts/chart-files.ts';
import { chartSvgFile } from '../charts/chart-svg.ts';
import { resultsMarkdown } from './markdown.ts';
import { resultsPage } from './page.ts';
import type { JudgedClaim, ReproduceResult } from './results.ts';

export interface ResultFiles {
  readonly json: string;
  readonly table: string;
  readonly page: string;
  readonly figures: string;
}

/** @throws WorkError if the disk refuses; each file is whole or not there. */
export function writeResults(
  folder: string,
  result: ReproduceResult,
  judged: readonly JudgedClaim[],
): ResultFiles {
  const files = {
    json: join(folder, 'results.json'),
    table: join(folder, 'results.md'),
    page: join(folder, 'report.html'),
    figures: join(folder, 'figures'),
  };
  makeFolders(files.figures);
  const written = new Set<string>();
  const write = (path: string, content: string) => {
    written.add(basename(path));
    writeFileAtomic(join(folder, path), content);
  };
  for (const { result: claim, findings } of judged) {
    for (const chart of findings?.charts ?? []) {
      const path = chartPath(claim.id, chart);
      const csvName = `${claim.id}-${chart.key}.csv`;
      write(`${path}.svg`, chartSvgFile(chart));
      write(`${path}.csv`, chartCsv(chart));
      write(`${path}.py`, chartPython(chart, csvName));
    }
  }
  // Figures of an earlier version of a claim, which nothing refers to any more.
  for (const name of readdirSync(files.figures)) {
    const isOurs =
      /\.(svg|csv|py)$/.test(name) &&
      judged.some(({ result: { id } }) => name.startsWith(`${id}-`));
    if (isOurs && !written.has(name)) rmSync(join(files.figures, name));
  }
  writeFileAtomic(files.json, `${JSON.stringify(result, null, 1)}\n`);
  writeFileAtomic(files.table, resultsMarkdown(result, judged));
  writeFileAtomic(files.page, resultsPage(result, judged));
  return files;
}
