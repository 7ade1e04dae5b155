/** All runs as a table that sorts by a click, and the failed ones with their reasons. */
import { escapeHtml } from '../html.ts';
import { count, plain } from '../numbers.ts';
import { axisValueText, metricText, metricTitle, settingTitle } from './labels.ts';
import { type AxisValue, numberOf, type StudyRun, type SweepStudy } from './study.ts';

/** A page with more rows than these opens slowly; export has them all. */
const mostRows = 5000;
/** Names of runs that are told of one reason to fail. */
const mostNames = 12;

interface Column {
  readonly title: string;
  /** What it shows, and by what it sorts. */
  readonly cell: (run: StudyRun) => readonly [text: string, sort: AxisValue];
}

export function runTableHtml(study: SweepStudy, metrics: readonly string[]): string {
  const several = study.seeds.length > 1;
  const columns: Column[] = [
    { title: 'Run', cell: ({ name }) => [name, name] },
    { title: 'Status', cell: ({ status }) => [status, status] },
    ...study.allAxes.map(
      ({ name }): Column => ({
        title: settingTitle(name),
        cell: ({ settings }) => [axisValueText(settings[name]), settings[name]],
      }),
    ),
    ...(several
      ? [
          {
            title: 'seed',
            cell: ({ settings }) => [axisValueText(settings.seed), settings.seed],
          } satisfies Column,
        ]
      : []),
    ...['loss', ...metrics].map(
      (metric): Column => ({
        title: metricTitle(metric),
        cell: (run) => {
          const value = numberOf(run, metric);
          return [value === null ? '–' : metricText(metric, value), value];
        },
      }),
    ),
    { title: 'Seconds', cell: ({ seconds }) => [plain(seconds), seconds] },
    { title: 'Weights', cell: ({ hash }) => [hash?.slice(0, 8) ?? '–', hash] },
  ];
  const shown = study.runs.slice(0, mostRows);
  const head = columns.map(
    ({ title }) =>
      `<th scope="col" aria-sort="none"><span class="sort">${escapeHtml(title)}</span></th>`,
  );
  const body = shown.map((run) => {
    const cells = columns.map(({ cell }, index) => {
      const [text, sort] = cell(run);
      // Numbers are shown rounded and sorted as they are.
      const value = typeof sort === 'number' ? ` data-sort="${sort}"` : '';
      return index === 0
        ? `<th scope="row">${escapeHtml(text)}</th>`
        : `<td${value}>${escapeHtml(text)}</td>`;
    });
    return `<tr class="${run.status}">${cells.join('')}</tr>`;
  });
  const left = study.runs.length - shown.length;
  const more = left > 0 ? ` ${count(left)} more are not in it; undertone export has them all.` : '';
  return `<section class="runs" aria-labelledby="runs-title">
<h3 id="runs-title">All runs</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Table of all runs"><table data-sortable>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>
<p class="terms">${count(study.runs.length)} runs in the order of the sweep’s file.<span class="live"> A click on a column sorts by it.</span>${escapeHtml(more)}</p>
</section>`;
}

/** Empty where every run went well and every row could be read. */
export function failuresHtml({ runs, damaged }: SweepStudy): string {
  const reasons = new Map<string, string[]>();
  for (const { name, status, error } of runs) {
    if (status !== 'failed') continue;
    const why = error ?? 'no reason is known';
    reasons.set(why, [...(reasons.get(why) ?? []), name]);
  }
  if (reasons.size === 0 && damaged.length === 0) return '';
  const items = [...reasons].map(([why, names]) => {
    const left = names.length - mostNames;
    const who = `${names.slice(0, mostNames).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
    return `<div><dt>${escapeHtml(why)}</dt><dd>${names.length === 1 ? '' : `${count(names.length)} runs: `}${escapeHtml(who)}</dd></div>`;
  });
  const unread = damaged.map((problem) => `<div><dt>${escapeHtml(problem)}</dt><dd></dd></div>`);
  return `<section class="failures" aria-labelledby="failures-title">
<h3 id="failures-title">What failed, and why</h3>
<dl>${[...items, ...unread].join('\n')}</dl>
<p class="terms">undertone sweep FILE --retry-failed tries failed runs again.</p>
</section>`;
}
