/** What the scripts of this folder share: alternating rounds, the machine in words, sections of RESULTS.md. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { median } from '../src/train/step-speed.ts';

/** Of the minute before the script: near 0 on a machine that nobody else uses. */
const [loadBefore] = loadavg();

export type Contestant = () => number | Promise<number>;

/** Medians over rounds in which each contestant is measured once, in turn. */
export async function alternate(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<number[]> {
  const times: number[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, measure] of contestants.entries()) times[i].push(await measure());
  }
  return times.map(median);
}

/** What a timing depends on, for the head of a section. */
export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0].model.trim()}, ${availableParallelism()} cores, ${memory} GB, ${process.platform}, Node ${process.versions.node}; load before: ${loadBefore.toFixed(1)}`;
}

/** Says on standard error when others use the machine, because then absolute times mean little. */
export function warnWhenBusy(): void {
  if (loadBefore < 0.5) return;
  console.error(
    `The load of this machine is ${loadBefore.toFixed(1)}: ratios of alternating runs still tell something, absolute times little.`,
  );
}

const resultsFile = fileURLToPath(new URL('RESULTS.md', import.meta.url));

/** Prints a section of results; `write` also puts it in its place in RESULTS.md. */
export function publish(title: string, body: string, write: boolean): void {
  const section = `## ${title}\n\n${body.trim()}\n`;
  process.stdout.write(`${section}\n`);
  if (!write) return;
  const before = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : '# Results\n';
  const parts = before.split(/^(?=## )/m);
  const at = parts.findIndex((part) => part.startsWith(`## ${title}\n`));
  if (at < 0) parts.push(section);
  else parts[at] = section;
  writeFileSync(resultsFile, `${parts.map((part) => part.trim()).join('\n\n')}\n`);
}

/** A Markdown table. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [header, ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  const rule = `|${rows[0].map((_, i) => (i === 0 ? '---|' : '---:|')).join('')}`;
  return [header, rule, ...body].join('\n');
}

/** Three significant digits. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
