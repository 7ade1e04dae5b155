/** The figures of `misspecification`. */

import { meanRow } from './chart-rows.ts';
import type { Chart, ReferenceLine, Row } from './charts/chart.ts';
import { baseDecay, decayed, type Named, type Plan } from './misspecification-curves.ts';
import { plainDigits, shareInterval } from './statistics/interval.ts';

export function chartsOf(
  plan: Plan,
  curves: readonly Named[],
  ceilings: readonly { noise: number; ceiling: readonly number[] }[],
): Chart[] {
  const { modulus = 113, steps, learningRate = 1e-3 } = plan.common;
  const settings = `ReLU, AdamW, addition, P = ${modulus}, ${steps} steps, learning rate ${plainDigits(learningRate)}; mean and 95 % interval over ${plan.seeds.length} seeds`;
  const facetOf = (noise: number) => `α = ${noise}`;
  const rowsOf = (of: 'testError' | 'trainAccuracy', one: Named, labels: Row) =>
    one.curve.widths.flatMap((width, i) =>
      meanRow({ ...labels, width }, one.curve[of][i], shareInterval),
    );
  const axes = {
    kind: 'lines',
    x: { column: 'width', label: 'width M', scale: 'log', base: 2 },
    low: 'low',
    high: 'high',
  } as const;
  const error = { column: 'mean', label: 'test error', share: true } as const;
  const chance: ReferenceLine = { axis: 'y', value: 1 - 1 / modulus, label: 'chance' };
  const base = curves.filter(({ decay }) => decay === baseDecay);
  const byNetwork = (of: 'testError' | 'trainAccuracy') =>
    base.flatMap((one) => rowsOf(of, one, { noise: facetOf(one.noise), network: one.name }));
  const compared = curves.filter(
    ({ name, noise }) => noise === plan.noiseRatios[0] && decayed.some((one) => one === name),
  );
  return [
    {
      ...axes,
      key: 'error',
      title: 'Test error with tied weights',
      caption: `${settings}; decay ${baseDecay}. Asymmetric noise corrupts (a, b) and (b, a) independently, symmetric noise alike. Dotted: chance.`,
      y: error,
      rows: byNetwork('testError'),
      series: { column: 'network', label: '' },
      facet: { column: 'noise', label: '' },
      lines: [chance],
    },
    {
      ...axes,
      key: 'fit',
      title: 'Training accuracy with tied weights',
      caption: `The same networks on their training labels, wrong ones included: ${settings}; decay ${baseDecay}. Dotted: the most that a symmetric function can fit of asymmetric noise, counted in the data.`,
      y: { column: 'mean', label: 'training accuracy', share: true },
      rows: byNetwork('trainAccuracy'),
      series: { column: 'network', label: '' },
      facet: { column: 'noise', label: '' },
      lines: ceilings.map(({ noise, ceiling }) => ({
        axis: 'y',
        value: shareInterval(ceiling).mean,
        label: 'ceiling',
        facet: facetOf(noise),
      })),
    },
    {
      ...axes,
      key: 'mirrors',
      title: 'Test error where no mirror was trained on',
      caption: `The same networks on the test pairs (a, b) for which (b, a) was not trained on, a fifth of them: what U = V can't get right by repeating a memorised label. ${settings}; decay ${baseDecay}. Dotted: chance.`,
      y: error,
      rows: base.flatMap(({ noise, name, curve }) =>
        curve.widths.flatMap((width, i) =>
          meanRow(
            { noise: facetOf(noise), network: name, width },
            curve.mirrors[i].unmirrored.map((accuracy) => 1 - accuracy),
            shareInterval,
          ),
        ),
      ),
      series: { column: 'network', label: '' },
      facet: { column: 'noise', label: '' },
      lines: [chance],
    },
    {
      ...axes,
      key: 'decay',
      title: 'Weight decay against width',
      caption: `α = ${plan.noiseRatios[0]}, asymmetric noise, ${settings}. Dotted: chance.`,
      y: error,
      rows: compared.flatMap((one) =>
        rowsOf('testError', one, {
          network: one.name.replace(', asymmetric noise', ''),
          decay: `decay ${one.decay}`,
        }),
      ),
      series: { column: 'decay', label: '' },
      facet: { column: 'network', label: '' },
      lines: [chance],
    },
  ];
}
