import { escapeHtml, type Table, tableHtml } from '../html.ts';
import type { SettingValue, Study } from '../study.ts';

/** What made the run: settings, machine, versions, weights, and the command that makes it again. */
export function configuration(study: Study, prefix: string): string {
  const command =
    study.command === null
      ? ''
      : `<p class="axis-title">To make this run again</p><pre class="command"><code>${escapeHtml(study.command)}</code></pre>`;
  const hash =
    study.weightsHash === null
      ? ''
      : `<p class="hash">Hash of the weights: <code>${escapeHtml(study.weightsHash)}</code></p>`;
  const id = `${prefix}configuration`;
  return `<section id="${id}" class="configuration" aria-labelledby="${id}-title">
<h3 id="${id}-title">What made it</h3>
<div class="tables">${tableHtml(asTable('Setting', study.settings))}${tableHtml(asTable('Ran on', study.environment))}</div>
${command}${hash}
<p class="terms">Accuracies are shares of pairs answered right. “Chance” is answering at random, one in P.</p></section>`;
}

function asTable(title: string, values: Readonly<Record<string, SettingValue>>): Table {
  return {
    columns: [title, 'Value'],
    rows: Object.entries(values).map(([name, value]) => [
      name,
      value === null ? 'none' : String(value),
    ]),
  };
}
