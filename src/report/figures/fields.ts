import { type Figure, legendHtml } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { count, percent } from '../numbers.ts';
import { fieldCodes, type Study } from '../study.ts';
import { codeCounts, fieldLegend, fieldPlot, meaningOf } from './field-plot.ts';

/** Every answer of the whole network, beside every answer of G. */
export function fields(study: Study): Figure {
  const { modulus } = study.essentials;
  const full = codeCounts(study.fullField);
  const filtered = codeCounts(study.filteredField);
  const right = (counts: number[]) =>
    counts[fieldCodes.cleanRight] +
    counts[fieldCodes.noisyRepaired] +
    counts[fieldCodes.heldOutRight];
  const pairs = modulus ** 2;
  // Without true labels nothing can be called right.
  const known = study.pairCounts.cleanTrain !== null;
  const panel = (title: string, field: Uint8Array, counts: number[]) => {
    const line = known
      ? `${percent(right(counts) / pairs)} right`
      : `${count(counts[fieldCodes.fitsLabel])} of ${count(study.pairCounts.train)} trained labels given`;
    const { svg } = fieldPlot(
      field,
      modulus,
      `${title}: the ${modulus} by ${modulus} table of answers; ${line}.`,
    );
    return `<div class="panel"><p class="panel-title"><b>${escapeHtml(title)}</b><span>${escapeHtml(line)}</span></p>${svg}</div>`;
  };
  return {
    key: 'fields',
    title: 'Every answer, before and after filtration',
    place: 'wide',
    body: `<div class="panels two">${panel('The whole network', study.fullField, full)}${panel('G, the filtered network', study.filteredField, filtered)}</div>${legendHtml(fieldLegend(study))}`,
    caption: escapeHtml(
      !known
        ? `One pixel for each of the ${count(pairs)} pairs (a, b). The data set doesn’t say which labels are true, so a pixel only says whether the trained label is given.`
        : `One pixel for each of the ${count(pairs)} pairs (a, b). Blue and green answers are right, orange ones repeat a wrong label from training. Green ones were never trained on, so they can’t have been learned by heart. A gap is an answer that is neither true nor the trained label.`,
    ),
    table: {
      columns: ['Pairs that were', 'Whole network', 'G'],
      rows: [...Object.values(fieldCodes)]
        .filter((code) => full[code] + filtered[code] > 0)
        .map((code) => [meaningOf(code, study), count(full[code]), count(filtered[code])]),
    },
  };
}
