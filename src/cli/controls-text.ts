/** The controls as a table: is it the network or the filter? */
import type { Control } from '../report/study.ts';
import { percent, styled, table } from './terminal.ts';

export function controlsText(controls: readonly Control[], chance: number): string {
  const cells = controls
    .filter((control) => control.available)
    .map((control) => [
      `  ${control.label}`,
      percent(control.noisyTrain),
      percent(control.raw),
      percent(control.frequencyFiltration),
      percent(control.triadFiltration),
    ]);
  return [
    `${styled('bold', 'Is it the network or the filter?')} The same filters where there is nothing to find:`,
    table([
      ['  Control', 'noisy train', 'test', 'FF test', 'triad test'].map((cell) =>
        styled('bold', cell),
      ),
      ...cells,
      ['  Chance level', ...Array(4).fill(percent(chance))].map((cell) => styled('dim', cell)),
    ]),
  ].join('\n');
}
