import * as Plot from '@observablehq/plot';
import { zOfUpperTail } from '../../analysis/tails.ts';
import type { RuleEvidence } from '../../model/rule-evidence.ts';
import type { Figure } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { count, plain, tenths } from '../numbers.ts';
import { colour, ink } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import { spread } from '../spread.ts';
import type { Study } from '../study.ts';
import { stepAxis, stepDomain } from './learning-curves.ts';

type Kind = Exclude<keyof RuleEvidence, 'T' | 'triadEnergy'>;

interface Curve {
  readonly kind: Kind;
  readonly name: string;
  readonly line: string;
  readonly ink: string;
  readonly dash?: string;
}

/** Logits are drawn through, answers dashed; never-seen pairs have their colour of every figure. */
const panels: readonly {
  readonly title: string;
  readonly short: string;
  readonly curves: readonly Curve[];
}[] = [
  {
    title: 'On all pairs',
    short: 'all pairs',
    curves: [
      { kind: 'weights', name: 'weights', line: colour.rule, ink: ink.rule },
      { kind: 'logits', name: 'logits', line: colour.text, ink: colour.text },
      { kind: 'answers', name: 'answers', line: colour.text, ink: colour.text, dash: '5 4' },
    ],
  },
  {
    title: 'On pairs never seen',
    short: 'pairs never seen',
    curves: [
      { kind: 'heldOutLogits', name: 'logits', line: colour.test, ink: ink.test },
      { kind: 'heldOutAnswers', name: 'answers', line: colour.test, ink: ink.test, dash: '5 4' },
    ],
  },
];

interface Point extends RuleEvidence {
  readonly step: number;
}

const height = 290;
const frame = { marginLeft: 44, marginRight: 124, marginTop: 10, marginBottom: 40 } as const;
/** Where the symmetric logarithm turns from linear to logarithmic: about the threshold. */
const linearWithin = 3;

/** The evidence for the task's rule while training: on all pairs, and apart on those never seen. */
export function evidenceCurves(study: Study, followed: NonNullable<Study['followed']>): Figure {
  const points = study.metrics.flatMap(({ step, evidence }) =>
    evidence === undefined ? [] : [{ step, ...evidence }],
  );
  const drawn = points.filter(({ step }) => step > 0);
  return {
    key: 'evidence-curves',
    title: 'Evidence while training',
    place: 'wide',
    body:
      drawn.length === 0
        ? '<p class="absent">No step was taken while the evidence was tracked.</p>'
        : draw(drawn, thresholdsOf(study, followed)),
    caption: caption(study, followed, points),
    table: {
      columns: [
        'Step',
        'T',
        'Triad energy',
        ...panels.flatMap(({ short, curves }) => curves.map(({ name }) => `${name}, ${short}: z`)),
      ],
      rows: points.map((point) => [
        count(point.step),
        plain(point.T),
        plain(point.triadEnergy),
        ...panels.flatMap(({ curves }) => curves.map(({ kind }) => plain(point[kind]))),
      ]),
    },
  };
}

/**
 * The z at which one of a panel's kinds of evidence alone, at one step, reaches the scan's level: corrected for the
 * kinds, and where the rule was chosen by the training labels, on all pairs for the rules to choose from.
 */
function thresholdsOf(
  { extraction: { scan } }: Study,
  { source }: NonNullable<Study['followed']>,
): number[] {
  return panels.map(({ curves }, panel) => {
    const choices = source === 'labels' && panel === 0 ? scan.rulesScanned : 1;
    return zOfUpperTail(Math.log10(scan.level / (curves.length * choices)));
  });
}

function draw(points: readonly Point[], thresholds: readonly number[]): string {
  const values = panels.flatMap(({ curves }) =>
    curves.flatMap(({ kind }) => points.flatMap((point) => point[kind] ?? [])),
  );
  const most = Math.max(...thresholds, ...values);
  const least = Math.min(...thresholds.map((threshold) => -threshold), ...values);
  const domain: [number, number] = [1.15 * least, 1.15 * most];
  const bodies = panels.map(({ title, curves }, index) => {
    const known = curves.filter(({ kind }) => points.some((point) => point[kind] !== null));
    const body =
      known.length === 0
        ? '<p class="absent">Every pair trains, so none is left that the network never saw.</p>'
        : drawPanel(points, title, known, thresholds[index], domain);
    return `<div><p class="panel-title"><b>${title}</b><span>z against other rules</span></p>${body}</div>`;
  });
  return `<div class="panels two">${bodies.join('')}</div>`;
}

function drawPanel(
  points: readonly Point[],
  title: string,
  curves: readonly Curve[],
  threshold: number,
  domain: [number, number],
): string {
  const last = points[points.length - 1];
  const place = (value: number) => {
    const at = (z: number) => Math.sign(z) * Math.log1p(Math.abs(z) / linearWithin);
    const share = (at(value) - at(domain[0])) / (at(domain[1]) - at(domain[0]));
    return frame.marginTop + (1 - share) * (height - frame.marginTop - frame.marginBottom);
  };
  const ends = curves.map((curve) => ({ ...curve, z: last[curve.kind] ?? 0 }));
  const places = spread(
    ends.map(({ z }) => place(z)),
    17,
    frame.marginTop,
    height - frame.marginBottom,
  );
  const beyond = [10, 30, 100, 300, 1000, 3000]
    .flatMap((size) => [-size, size])
    .filter((tick) => tick >= domain[0] && tick <= domain[1]);
  const { svg } = renderPlot(
    {
      height,
      ...frame,
      x: { type: 'log', domain: stepDomain(points) },
      y: { type: 'symlog', constant: linearWithin, domain },
      marks: [
        Plot.gridY(beyond, { stroke: colour.line, strokeOpacity: 1 }),
        Plot.rect([threshold], {
          x1: () => stepDomain(points)[0],
          x2: () => stepDomain(points)[1],
          y1: (z: number) => -z,
          y2: (z: number) => z,
          fill: colour.faint,
          fillOpacity: 0.22,
        }),
        Plot.ruleY([0], { stroke: colour.muted }),
        Plot.ruleY([-threshold, threshold], { stroke: colour.chance, strokeDasharray: '3 4' }),
        Plot.axisY([...beyond, -threshold, 0, threshold], {
          tickFormat: (z: number) => plain(z, 2),
          tickSize: 0,
          label: null,
          fill: colour.muted,
        }),
        stepAxis(),
        ...curves.map(({ kind, line, dash }) =>
          Plot.line(points, {
            x: 'step',
            y: (point: Point) => point[kind] ?? Number.NaN,
            stroke: line,
            strokeWidth: 2.5,
            strokeLinejoin: 'round',
            ...(dash === undefined ? {} : { strokeDasharray: dash }),
          }),
        ),
        ...ends.flatMap(({ name, z, line, ink }, index) => [
          Plot.dot([last], { x: 'step', y: () => z, fill: line, r: 3.5 }),
          Plot.text([`${name} ${tenths(z)}`], {
            frameAnchor: 'top-right',
            textAnchor: 'start',
            lineAnchor: 'middle',
            dx: 12,
            dy: places[index] - frame.marginTop,
            fill: ink,
            fontWeight: 600,
          }),
        ]),
      ],
    },
    `Evidence for the rule against training step, log axis, ${title.toLowerCase()}. At step ${last.step}: ${ends.map(({ name, z }) => `${name} z = ${tenths(z)}`).join(', ')}.`,
  );
  return svg;
}

function caption(
  study: Study,
  followed: NonNullable<Study['followed']>,
  points: readonly Point[],
): string {
  const { text, source } = followed;
  const { level } = study.extraction.scan;
  const [all, unseen] = thresholdsOf(study, followed);
  const first = firstStay(points, ['weights', 'logits', 'answers'], all);
  const found =
    first === null
      ? 'None of the three stays above it.'
      : `From step ${count(first)} on at least one of the three stays above it.`;
  const carried = firstStay(points, ['heldOutLogits', 'heldOutAnswers'], unseen);
  const last = points.at(-1);
  const against = (['heldOutLogits', 'heldOutAnswers'] as const).some(
    (kind) => (last?.[kind] ?? 0) < -unseen,
  );
  const beyond =
    last?.heldOutLogits === null || last === undefined
      ? ''
      : carried !== null
        ? ` On pairs never seen the evidence stays above it from step ${count(carried)} on: the network carries the rule further.`
        : against
          ? ' On pairs never seen it ends below the band: there the network speaks against the rule.'
          : ' On pairs never seen nothing is shown at the end.';
  const energy =
    last === undefined || last.triadEnergy === null
      ? ''
      : ` The triad energy, the net share of the triads’ strength that is aligned with the rule, ends at ${plain(last.triadEnergy, 2)}.`;
  const chosen =
    source === 'labels'
      ? ' The task isn’t known: this is the rule that most training labels obey, so on all pairs the band is as wide as a choice among all rules asks for.'
      : '';
  return escapeHtml(
    `How much more than other rules the network holds ${text}, in standard deviations of a fixed sample of them (z; the axis is logarithmic beyond ±${linearWithin}). Within the grey band one step alone shows nothing at level ${level}.${chosen} ${found}${beyond}${energy}`,
  );
}

/** The step from which on to the end one of the kinds is above a threshold at every measurement; null: not at the end. */
function firstStay(
  points: readonly Point[],
  kinds: readonly Kind[],
  threshold: number,
): number | null {
  let first: number | null = null;
  for (const point of points.toReversed()) {
    if (!kinds.some((kind) => (point[kind] ?? 0) > threshold)) break;
    first = point.step;
  }
  return first;
}
