/** The figures of the claim that noisy labels are memorised first. */
import { meanRow } from './chart-rows.ts';
import type { Chart, Row } from './charts/chart.ts';
import type { NoiseFirstOutput } from './experiments/noise-first.ts';
import {
  gap,
  meanOf,
  type NoiseFirstPlan,
  type NoiseFirstResults,
  slopeKinds,
} from './noise-first.ts';
import { type Interval, interval } from './statistics/interval.ts';

export function noiseFirstCharts(results: NoiseFirstResults, plan: NoiseFirstPlan): Chart[] {
  return [raceChart(results, plan), signalChart(results, plan), ...slopeCharts(results, plan)];
}

/** No mark is reached before the first step, and the axis is logarithmic. */
function stepInterval(steps: readonly number[]): Interval {
  const { low, ...rest } = interval(steps);
  return { ...rest, low: Math.max(1, low) };
}

function raceChart({ race }: NoiseFirstResults, plan: NoiseFirstPlan): Chart {
  const rows: Row[] = plan.noiseRatios.flatMap((noise) =>
    (['noisy', 'clean'] as const).flatMap((group) =>
      [0.5, 0.9].flatMap((share) =>
        plan.widths.flatMap((width) => {
          const steps = race(noise, width).map(
            (output) => output.race.find((mark) => mark.share === share)?.[group] ?? null,
          );
          const labels = { alpha: `α = ${noise}`, which: `${group} ${100 * share} %`, width };
          return meanRow(labels, steps, stepInterval);
        }),
      ),
    ),
  );
  return {
    key: 'race',
    title: 'Steps until labels are fitted',
    caption: `P = ${plan.common.modulus}, uniform noise, ReLU, AdamW at 0.001; mean and 95 % interval over ${plan.seeds.length} seeds. Missing where a seed did not get there in ${plan.raceSteps} steps.`,
    kind: 'lines',
    rows,
    x: { column: 'width', label: 'width M', scale: 'log', base: 2 },
    y: { column: 'mean', label: 'steps', scale: 'log' },
    low: 'low',
    high: 'high',
    series: { column: 'which', label: '' },
    facet: { column: 'alpha', label: '' },
  };
}

function signalChart({ slope }: NoiseFirstResults, plan: NoiseFirstPlan): Chart {
  const noise = 0.5;
  const outputs = slope('uniform', noise);
  const kinds = [
    ['norm', 'gradient norm ‖g‖'],
    ['alignment', 'alignment cos(g, ḡ)'],
  ] as const;
  const rows: Row[] = kinds.flatMap(([kind, name]) =>
    (['noisy', 'clean'] as const).flatMap((group) =>
      plan.slopeSteps.map((step, i) => {
        const values = outputs.map((output) => meanOf(output.measured[i][kind], group));
        // Each against the clean rows at step 0, so that both fit one axis.
        const unit = interval(
          outputs.map((output) => meanOf(output.measured[0][kind], 'clean')),
        ).mean;
        const { mean, low, high } = interval(values.map((value) => value / unit));
        return { kind: name, group, step: String(step), value: mean, low, high };
      }),
    ),
  );
  return {
    key: 'signal',
    title: 'Gradient signal of noisy and clean rows',
    caption: `Per-row gradients over the first steps, relative to the clean rows before the first; P = ${plan.common.modulus}, M = ${plan.width}, α = ${noise}, uniform noise; mean and 95 % interval over ${plan.seeds.length} seeds.`,
    kind: 'lines',
    rows,
    x: { column: 'step', label: 'step', scale: 'category' },
    y: { column: 'value', label: 'relative to clean at step 0' },
    low: 'low',
    high: 'high',
    series: { column: 'group', label: '' },
    facet: { column: 'kind', label: '' },
  };
}

function slopeCharts({ slope }: NoiseFirstResults, plan: NoiseFirstPlan): Chart[] {
  const rowsOf = (
    measured: (output: NoiseFirstOutput) => number,
    predicted: (output: NoiseFirstOutput) => number | null,
  ): Row[] =>
    slopeKinds.flatMap((noise) =>
      plan.slopeNoiseRatios.flatMap((alpha) => {
        const outputs = slope(noise, alpha);
        const { mean, low, high } = interval(outputs.map(measured));
        return [
          { noise, which: 'measured', alpha, gap: mean, low, high },
          { noise, which: 'predicted', alpha, gap: predicted(outputs[0]), low: null, high: null },
        ];
      }),
    );
  const common = {
    kind: 'lines',
    x: { column: 'alpha', label: 'noise ratio α' },
    low: 'low',
    high: 'high',
    series: { column: 'which', label: '' },
    facet: { column: 'noise', label: '' },
    lines: [{ axis: 'y', value: 0, label: '' }],
  } as const;
  const settings = `P = ${plan.common.modulus}, M = ${plan.width}; mean and 95 % interval over ${plan.seeds.length} seeds`;
  return [
    {
      ...common,
      key: 'collisions',
      title: 'Label collisions, noisy less clean',
      caption: `How many more training rows share label and token with a noisy row than with a clean one, counted and by formula; ${settings}.`,
      y: { column: 'gap', label: 'Δ noisy − Δ clean' },
      rows: rowsOf(
        ({ collisions }) => gap(collisions.measured),
        ({ collisions: { expected } }) =>
          expected === null ? null : expected.noisy - expected.clean,
      ),
    },
    {
      ...common,
      key: 'slope',
      title: 'First slope of the loss, noisy less clean',
      caption: `⟨g, ḡ⟩ of noisy rows less that of clean rows before the first step, that is, how much faster their loss falls under plain gradient descent, and its closed form (ours; none for symmetric noise); ${settings}.`,
      y: { column: 'gap', label: 'slope noisy − slope clean' },
      rows: rowsOf(
        ({ measured }) => gap(measured[0].projection),
        ({ expectedSlopeGap }) => expectedSlopeGap,
      ),
    },
  ];
}
