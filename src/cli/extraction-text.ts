/** The table of extraction methods that `extract` and `demo` print. */
import type { ExtractionResult, MethodResult } from '../analysis/results.ts';
import { methodTitles } from '../report/method-titles.ts';
import { percent, styled, table } from './terminal.ts';

export function extractionText(result: ExtractionResult): string {
  const networks = result.methods.filter((method) => method.kind === 'network');
  const rules = result.methods.filter((method) => method.kind === 'rule');
  const best = Math.max(...networks.map((method) => method.test ?? -1));
  const row = (method: MethodResult) => {
    const isBest = method.kind === 'network' && method.test !== null && method.test === best;
    const cells = [
      `${isBest ? '★' : ' '} ${methodTitles[method.name]}`,
      percent(method.test),
      percent(method.cleanTrain),
      percent(method.noisyTrain),
      percent(method.noisyTrue),
    ];
    return isBest ? cells.map((cell) => styled(['bold', 'green'], cell)) : cells;
  };
  const separator = ['', '', '', '', ''];
  const header = ['  Method', 'test', 'clean train', 'noisy train', 'noisy, true label'];
  const chance = percent(result.chance);
  const lines = [
    table([
      header.map((cell) => styled('bold', cell)),
      ...networks.map(row),
      ['  Chance level', chance, chance, chance, chance].map((cell) => styled('dim', cell)),
      separator,
      [styled('bold', '  A rule, not a network'), '', '', '', ''],
      ...rules.map(row),
    ]),
    '',
    `noisy train: keeps the wrong label it was taught; noisy, true label: repairs it.${best < 0 ? '' : ' ★ best on test.'}`,
  ];
  for (const line of remarks(result.methods)) lines.push(styled('dim', line));
  return lines.join('\n');
}

/** What the notes say, each remark once with the methods it is about; one about every method stands alone. */
function remarks(methods: readonly MethodResult[]): string[] {
  const titlesOf = new Map<string, string[]>();
  for (const { name, note } of methods) {
    for (const remark of note?.split('; ') ?? []) {
      titlesOf.set(remark, [...(titlesOf.get(remark) ?? []), methodTitles[name]]);
    }
  }
  return [...titlesOf].map(([remark, titles]) => {
    if (titles.length === methods.length) return `For every method: ${remark}.`;
    // All filtrations share a remark; the partitions may share the reason why they are missing.
    return `${titles.length > 2 ? 'Filtration' : titles.join(' and ')}: ${remark}.`;
  });
}
