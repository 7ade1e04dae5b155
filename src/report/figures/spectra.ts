import * as Plot from '@observablehq/plot';
import { groupText } from '../../task/abelian-group.ts';
import { type Figure, legendHtml } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { count, list, percent } from '../numbers.ts';
import { colour, ink } from '../palette.ts';
import { figureWidth, renderPlot } from '../plot.ts';
import type { NeuronSpectrum, Study } from '../study.ts';

/** Energy by frequency of a few neurons, before and after filtration. */
export function spectra(study: Study): Figure {
  const shown = study.spectra;
  const frequencies = shown[0]?.before.length ?? 0;
  const { group } = study.basis;
  const isCyclic = study.basis.name === 'cyclic';
  const shares = shown.map(({ before, dominantFrequency }) => before[dominantFrequency - 1]);
  return {
    key: 'spectra',
    title: 'What filtration keeps of a neuron',
    body: `${legendHtml([
      { colour: colour.rule, text: 'kept' },
      { colour: colour.faint, text: 'dropped' },
    ])}<p class="axis-title halves"><span>before filtration</span><span>after</span></p>${shown.map((spectrum) => draw(spectrum, study.essentials.width)).join('')}<p class="axis-title centre">frequency ω, 1 … ${frequencies}; height: share of the neuron’s energy, each on its own scale</p>`,
    caption: escapeHtml(
      `Each neuron’s weights, taken apart into ${isCyclic ? `waves over the ${group.order} tokens` : `characters of ${groupText(group)}`}, for ${count(shown.length)} of ${count(study.essentials.width)} neurons from the cleanest to the noisiest. Filtration keeps the one wave with the most energy in U, V and W together (here ${list(shares.map(percent))} of it) and drops the rest. ${sparsityText(study)}`,
    ),
    table: {
      columns: [
        'Frequency',
        ...shown.flatMap(({ neuron }) => [`Neuron ${neuron}: before`, `after`]),
      ],
      rows: Array.from({ length: frequencies }, (_, index) => [
        String(index + 1),
        ...shown.flatMap(({ before, after }) => [percent(before[index]), percent(after[index])]),
      ]),
    },
  };
}

/** What the kept wave holds of all neurons, and what it held by chance alone. */
function sparsityText({ sparsity: { trained, untrained } }: Study): string {
  const before = untrained === null ? '' : `; before training it was ${percent(untrained)}`;
  return `Over all neurons the strongest wave holds ${percent(trained)} on average${before}.`;
}

function draw(spectrum: NeuronSpectrum, width: number): string {
  const { before, after, dominantFrequency, neuron, rank } = spectrum;
  const bars = (shares: readonly number[], panel: string) =>
    shares
      .map((share, index) => ({ panel, frequency: index + 1, share }))
      .filter(({ share }) => share > 0);
  const all = [...bars(before, 'before'), ...bars(after, 'after')];
  const isKept = ({ frequency }: { frequency: number }) => frequency === dominantFrequency;
  const top = Math.max(...before, 1e-9);
  const half = (figureWidth - 40) / 2;
  const barWidth = Math.max(1.2, Math.min(8, (half / before.length) * 0.66));
  return renderPlot(
    {
      height: 84,
      marginLeft: 8,
      marginRight: 8,
      marginTop: 28,
      marginBottom: 4,
      x: { domain: [0, before.length + 1], axis: null },
      y: { domain: [0, top * 1.15], axis: null },
      fx: { domain: ['before', 'after'], padding: 0.08, axis: null },
      marks: [
        Plot.ruleX(all, {
          fx: 'panel',
          x: 'frequency',
          y: 'share',
          stroke: (bar) => (isKept(bar) ? colour.rule : colour.faint),
          strokeWidth: barWidth,
        }),
        Plot.ruleY([0], { stroke: colour.muted, strokeWidth: 1 }),
        Plot.text([{ panel: 'before' }], {
          fx: 'panel',
          frameAnchor: 'top-left',
          dy: -22,
          text: () => `neuron ${neuron}, rank ${count(rank)} of ${count(width)}`,
          fill: colour.text,
        }),
        Plot.text([{ panel: 'after' }], {
          fx: 'panel',
          frameAnchor: 'top-right',
          dy: -22,
          text: () => `ω = ${dominantFrequency} kept, ${percent(before[dominantFrequency - 1])}`,
          fill: ink.rule,
          fontWeight: 600,
        }),
      ],
    },
    `Energy by frequency of neuron ${neuron}, before and after filtration; frequency ${dominantFrequency} is kept with ${percent(before[dominantFrequency - 1])} of the energy.`,
  ).svg;
}
