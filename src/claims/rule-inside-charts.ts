/** The figures of the claim that the rule is inside. */
import { accuracyRows, meanRow } from './chart-rows.ts';
import type { Chart, Row } from './charts/chart.ts';
import { residualBins } from './measurements/rule-match.ts';
import { chanceOf, panelText } from './panel-trainings.ts';
import { type MeasuredSweep, replacements, unrelatedPhaseError } from './rule-inside-trainings.ts';
import { shareInterval } from './statistics/interval.ts';

export function ruleInsideCharts([
  earlyAdd,
  earlySub,
  lateAdd,
  lateSub,
]: readonly MeasuredSweep[]): Chart[] {
  const sweeps = [earlyAdd, earlySub, lateAdd, lateSub];
  return [
    phaseErrorChart(sweeps),
    residualChart([earlyAdd, earlySub]),
    agreementChart(sweeps),
    activationChart([lateAdd, earlyAdd]),
  ];
}

const facetOf = ({ panel, panelName }: MeasuredSweep) =>
  `${panelName}: P = ${panel.common.modulus}, M = ${panel.width}`;

function captionOf(sweeps: readonly MeasuredSweep[]): string {
  const byPanel = new Map(sweeps.map(({ panelName, panel }) => [panelName, panelText(panel)]));
  return [...byPanel].map(([name, text]) => `${name}: ${text}`).join('. ');
}

const relations = { add: 'add: φa + φb − φc', sub: 'sub: φa − φb − φc' } as const;

function phaseErrorChart(sweeps: readonly MeasuredSweep[]): Chart {
  const rowsOf = (sweep: MeasuredSweep): Row[] =>
    sweep.points.flatMap(({ noise, match }) => {
      const row = (relation: string, values: number[]) =>
        meanRow({ panel: facetOf(sweep), relation, alpha: noise }, values);
      const own = match.map(({ trained }) => trained.phaseError);
      const other = match.map(({ trained }) => trained.otherSignError);
      const control =
        sweep.task === 'add' ? row('add, other sign: φa − φb − φc (control)', other) : [];
      return [...row(relations[sweep.task], own), ...control];
    });
  return {
    key: 'phase-error',
    title: 'Phase MSE against label noise',
    caption: `Mean over neurons of the squared phase residual at the neuron’s joint dominant frequency, ReLU. ${captionOf(sweeps)}. Dotted: π²/3, which unrelated phases give.`,
    kind: 'lines',
    rows: sweeps.flatMap(rowsOf),
    x: { column: 'alpha', label: 'share of wrong labels α' },
    y: { column: 'mean', label: 'phase MSE, rad²' },
    low: 'low',
    high: 'high',
    series: { column: 'relation', label: '' },
    facet: { column: 'panel', label: '' },
    lines: [{ axis: 'y', value: unrelatedPhaseError, label: 'π²/3' }],
  };
}

function residualChart(sweeps: readonly MeasuredSweep[]): Chart {
  const binWidth = (2 * Math.PI) / residualBins;
  const rows = sweeps.flatMap(({ task, points }) =>
    points.flatMap(({ noise, match }) =>
      Array.from({ length: residualBins }, (_, bin) =>
        meanRow(
          {
            relation: relations[task],
            alpha: `α = ${noise}`,
            residual: -Math.PI + (bin + 0.5) * binWidth,
          },
          match.map(({ trained }) => trained.residuals[bin] / binWidth),
        ),
      ).flat(),
    ),
  );
  return {
    key: 'residuals',
    title: 'Phase residuals of the neurons',
    caption: `Histogram over neurons in ${residualBins} bins, ReLU, M = ${sweeps[0].panel.width}. ${captionOf(sweeps)}. The analytic solution has all of them at 0; dotted: unrelated phases, 1/2π.`,
    kind: 'lines',
    rows,
    x: { column: 'residual', label: 'phase residual, rad' },
    y: { column: 'mean', label: 'density, 1/rad' },
    low: 'low',
    high: 'high',
    series: { column: 'alpha', label: '' },
    facet: { column: 'relation', label: '' },
    lines: [{ axis: 'y', value: 1 / (2 * Math.PI), label: 'unrelated' }],
  };
}

function agreementChart(sweeps: readonly MeasuredSweep[]): Chart {
  const rowsOf = (sweep: MeasuredSweep): Row[] =>
    sweep.points.flatMap(({ noise, match }) => {
      const row = (of: string, values: number[]) =>
        meanRow({ panel: facetOf(sweep), of, alpha: noise }, values, shareInterval);
      const { task } = sweep;
      const controls =
        task === 'add'
          ? [
              ...row(
                'add, neurons shuffled',
                match.map(({ shuffledAgreement }) => shuffledAgreement),
              ),
              ...row(
                'add, untrained',
                match.map(({ untrained }) => untrained.agreement),
              ),
            ]
          : [];
      return [
        ...row(
          task,
          match.map(({ trained }) => trained.agreement),
        ),
        ...controls,
      ];
    });
  return {
    key: 'agreement',
    title: 'Neurons whose three frequencies agree',
    caption: `Share of neurons in which the dominant frequencies of U, V and W, each chosen on its own, are one and the same. ${captionOf(sweeps)}. Shuffled: the same matrices with rows of V and columns of W dealt to other neurons.`,
    kind: 'lines',
    rows: sweeps.flatMap(rowsOf),
    x: { column: 'alpha', label: 'share of wrong labels α' },
    y: { column: 'mean', label: 'share of neurons', share: true },
    low: 'low',
    high: 'high',
    series: { column: 'of', label: '' },
    facet: { column: 'panel', label: '' },
  };
}

function activationChart(sweeps: readonly MeasuredSweep[]): Chart {
  const parts = [{ key: 'trained', name: 'ReLU, as trained' }, ...replacements] as const;
  const rows = sweeps.flatMap(({ panelName, points }) =>
    (['test', 'noisyTrain'] as const).flatMap((role) =>
      points.flatMap(({ noise, replaced }) =>
        parts.flatMap(({ key, name }) =>
          accuracyRows(
            { alpha: noise, activation: name },
            [role],
            replaced.map((one) => one[key]),
          ).map((row): Row => ({ ...row, facet: `${panelName}: ${row.role}` })),
        ),
      ),
    ),
  );
  return {
    key: 'activations',
    title: 'Another activation, put in after training',
    caption: `The same weights, trained with ReLU on addition. ${captionOf(sweeps)}; early M = ${sweeps[1].panel.width}, late M = ${sweeps[0].panel.width}. Dotted: chance.`,
    kind: 'lines',
    rows,
    x: { column: 'alpha', label: 'share of wrong labels α' },
    y: { column: 'mean', label: 'accuracy', share: true },
    low: 'low',
    high: 'high',
    series: { column: 'activation', label: '' },
    facet: { column: 'facet', label: '' },
    lines: sweeps.map(({ panel, panelName }) => ({
      axis: 'y',
      value: chanceOf(panel),
      label: '',
      facet: `${panelName}: test`,
    })),
  };
}
