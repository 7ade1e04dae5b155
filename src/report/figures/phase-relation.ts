import * as Plot from '@observablehq/plot';
import { wrapPhase } from '../../analysis/phases.ts';
import { ruleText } from '../../analysis/rule.ts';
import { type Figure, legendHtml } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { count, plain } from '../numbers.ts';
import { colour } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import type { Study } from '../study.ts';

/** Beyond this many neurons only the strongest are drawn: more dots hide each other. */
const mostDots = 2500;
/** Mean of a squared angle that is uniform in (−π, π]. */
const unrelated = Math.PI ** 2 / 3;

const angles = [-Math.PI, -Math.PI / 2, 0, Math.PI / 2, Math.PI];
const angleNames = ['−π', '−π/2', '0', 'π/2', 'π'];

/** φa + φb against φc at the dominant frequency, one dot a neuron. */
export function phaseRelation(study: Study): Figure {
  const { phases, basis, extraction } = study;
  const { exponent } = basis.group;
  const { k1, k2 } = extraction.filtrationRule;
  const general = !(isPlusMinusOne(k1, exponent) && isPlusMinusOne(k2, exponent));
  const dots = phases.sum
    .map((sum, neuron) => ({
      neuron,
      sum,
      phaseC: phases.phaseC[neuron],
      strength: phases.strength[neuron],
    }))
    .sort((first, second) => second.strength - first.strength);
  const drawn = dots.slice(0, mostDots);
  const xName = general ? `φa(k₁ω) + φb(k₂ω)` : minus(k2, k1, exponent);
  const mse = phases.meanSquaredError;
  const within = dots.filter(
    (dot) => Math.abs(wrapPhase(dot.sum - dot.phaseC)) < Math.PI / 4,
  ).length;
  return {
    key: 'phase-relation',
    title: `Do the phases add up? Mean squared error ${plain(mse)} rad²`,
    body: `${legendHtml([
      { colour: colour.rule, text: 'one neuron; fainter is weaker', shape: 'dot' },
      { colour: colour.chance, text: `where the rule wants them, ${xName} = φc`, shape: 'dash' },
    ])}${draw(drawn, xName, mse)}`,
    caption: escapeHtml(
      `A neuron computes ${ruleText({ ...extraction.filtrationRule, shift: 0 }, basis)}${(extraction.rule?.shift ?? 0) === 0 ? '' : ', up to its shift,'} if the phases of its three waves satisfy ${xName} = φc; then its dot lies on the dashed line (angles wrap around at ±π). ${count(within)} of ${count(dots.length)} neurons lie within an eighth of a turn; if phases were unrelated it would be a quarter of them, and the error ${plain(unrelated)} rad².${general ? ` The phases are read at k₁ω, k₂ω and ω with k₁ = ${k1}, k₂ = ${k2}.` : ''}${drawn.length < dots.length ? ` The strongest ${count(drawn.length)} are drawn.` : ''}`,
    ),
    table: {
      columns: ['Neuron (strongest first)', xName, 'φc', 'Difference, wrapped', 'Strength'],
      rows: dots
        .slice(0, 25)
        .map((dot) => [
          String(dot.neuron),
          plain(dot.sum),
          plain(dot.phaseC),
          plain(wrapPhase(dot.sum - dot.phaseC)),
          plain(dot.strength),
        ]),
    },
  };
}

interface Dot {
  readonly neuron: number;
  readonly sum: number;
  readonly phaseC: number;
  readonly strength: number;
}

function draw(dots: readonly Dot[], xName: string, mse: number): string {
  const axis = {
    ticks: angles,
    tickFormat: (angle: number) => angleNames[angles.indexOf(angle)],
    tickSize: 4,
    labelArrow: 'none',
    fill: colour.muted,
    stroke: colour.line,
  } as const;
  return renderPlot(
    {
      width: 480,
      height: 452,
      marginLeft: 52,
      marginRight: 12,
      marginTop: 10,
      marginBottom: 46,
      x: { domain: [-Math.PI, Math.PI] },
      y: { domain: [-Math.PI, Math.PI] },
      marks: [
        Plot.gridX(angles, { stroke: colour.line, strokeOpacity: 1 }),
        Plot.gridY(angles, { stroke: colour.line, strokeOpacity: 1 }),
        Plot.axisX({ ...axis, label: `${xName}, radians`, labelAnchor: 'center' }),
        Plot.axisY({ ...axis, label: 'φc', labelAnchor: 'center' }),
        Plot.line(
          [
            [-Math.PI, -Math.PI],
            [Math.PI, Math.PI],
          ],
          { stroke: colour.chance, strokeDasharray: '3 4', strokeWidth: 1.5 },
        ),
        Plot.dot(dots, {
          x: 'sum',
          y: 'phaseC',
          r: dots.length > 800 ? 2.1 : dots.length > 100 ? 3 : 4.5,
          fill: colour.rule,
          fillOpacity: (dot: Dot) => 0.12 + 0.78 * Math.round(10 * Math.sqrt(dot.strength)) * 0.1,
        }),
      ],
    },
    `Scatter of ${xName} against φc for ${dots.length} neurons; mean squared error ${plain(mse)} square radians.`,
  ).svg;
}

function isPlusMinusOne(k: number, exponent: number): boolean {
  return k === 1 || k === exponent - 1;
}

/** The name of the phase relation for k1, k2 = ±1: "φa + φb", "φa − φb". */
function minus(k2: number, k1: number, exponent: number): string {
  const sign = (k: number) => (k === 1 ? '' : k === exponent - 1 ? '−' : '');
  return `${sign(k1)}φa ${sign(k2) === '' ? '+' : '−'} φb`;
}
