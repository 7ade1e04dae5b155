/** The controls as a table: is it the network or the filter? */
import { controlFindings } from '../report/control-findings.ts';
import type { Study } from '../report/study.ts';
import { percent, styled, table } from './terminal.ts';

export function controlsText(study: Study): string {
  const { chance, scan } = study.extraction;
  const cells = study.controls
    .filter((control) => control.available)
    .map((control) => [
      `  ${control.label}`,
      percent(control.noisyTrain),
      percent(control.raw),
      percent(control.frequencyFiltration),
      percent(control.triadFiltration),
      control.T === null ? '–' : control.T.toFixed(1),
    ]);
  return [
    `${styled('bold', 'Is it the network or the filter?')} The same filters where U and V never learned, and for other rules than ${scan.best.text}:`,
    table([
      ['  Control', 'noisy train', 'test', 'FF test', 'triad test', 'T'].map((cell) =>
        styled('bold', cell),
      ),
      ...cells,
      ['  Chance level', ...Array(4).fill(percent(chance)), ''].map((cell) => styled('dim', cell)),
    ]),
    '',
    ...controlFindings(study),
  ].join('\n');
}
