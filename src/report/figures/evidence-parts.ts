import * as Plot from '@observablehq/plot';
import type { MethodResult, PartEvidence, ScanResult } from '../../analysis/results.ts';
import { workingFiltration } from '../best-method.ts';
import type { Figure } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { methodTitles } from '../method-titles.ts';
import { count, lower, notKnown, percent, plain, pValue } from '../numbers.ts';
import { colour, ink } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import type { Study } from '../study.ts';

const parts: readonly {
  key: 'cleanTrain' | 'noisyTrain' | 'heldOut';
  name: string;
  fill: string;
  ink: string;
}[] = [
  { key: 'cleanTrain', name: 'trained, right label', fill: colour.clean, ink: ink.clean },
  { key: 'noisyTrain', name: 'trained, wrong label', fill: colour.repaired, ink: ink.repaired },
  { key: 'heldOut', name: 'never seen', fill: colour.test, ink: ink.test },
];
/** The row above each group of bars that names it. */
const heading = 'heading';
const kinds = ['answers', 'logits'] as const;

/** Evidence for the rule on pairs with right labels, with wrong labels, and never seen. */
export function evidenceParts(study: Study): Figure {
  const { scan } = study.extraction;
  const known = parts.filter(({ key }) => scan[key] !== null);
  return {
    key: 'stored-or-carried',
    title: 'Stored, or carried further?',
    body:
      known.length === 0
        ? '<p class="absent">Which pairs were trained on isn’t known, so the evidence can’t be split.</p>'
        : draw(scan),
    caption: caption(study),
    table: {
      columns: ['Pairs', 'Number', 'Answers: z', 'Answers: p', 'Logits: z', 'Logits: p'],
      rows: parts.map(({ key, name }) => {
        const part: PartEvidence | null = scan[key];
        return part === null
          ? [name, notKnown, notKnown, notKnown, notKnown, notKnown]
          : [
              name,
              count(part.pairs),
              plain(part.answers.z),
              pValue(part.answers.log10PValue),
              plain(part.logits.z),
              pValue(part.logits.log10PValue),
            ];
      }),
    },
  };
}

function draw(scan: ScanResult): string {
  const bars = kinds.flatMap((kind) =>
    parts.flatMap(({ key, name, fill, ink }) => {
      const part = scan[key];
      return part === null ? [] : [{ kind, name, fill, ink, z: part[kind].z }];
    }),
  );
  const values = bars.map(({ z }) => z).filter(Number.isFinite);
  const low = Math.min(0, ...values);
  const high = Math.max(4, ...values);
  const room = (high - low) * 0.22;
  return renderPlot(
    {
      height: 28 * (bars.length + kinds.length) + 60,
      marginLeft: 178,
      marginRight: 14,
      marginTop: 6,
      marginBottom: 44,
      x: { domain: [low < 0 ? low - room : 0, high + room] },
      fy: { domain: kinds, axis: null, padding: 0.06 },
      y: {
        domain: [heading, ...bars.slice(0, bars.length / 2).map(({ name }) => name)],
        padding: 0.3,
        axis: null,
      },
      marks: [
        Plot.ruleX([0], { stroke: colour.muted }),
        Plot.barX(bars, { fy: 'kind', y: 'name', x: 'z', fill: (bar) => bar.fill }),
        ...bars.map((bar) =>
          Plot.text([bar], {
            fy: 'kind',
            y: 'name',
            x: 'z',
            text: () => plain(bar.z),
            textAnchor: bar.z < 0 ? 'end' : 'start',
            dx: bar.z < 0 ? -6 : 6,
            fill: colour.text,
            fontWeight: 600,
            stroke: colour.ground,
            strokeWidth: 3,
          }),
        ),
        ...bars.map((bar) =>
          Plot.text([bar], {
            fy: 'kind',
            y: 'name',
            frameAnchor: 'left',
            textAnchor: 'end',
            dx: -10,
            text: 'name',
            fill: bar.ink,
            fontWeight: 600,
          }),
        ),
        ...kinds.map((kind) =>
          Plot.text([kind], {
            fy: () => kind,
            y: () => heading,
            frameAnchor: 'left',
            textAnchor: 'end',
            dx: -10,
            text: () => `in the ${kind}`,
            fill: colour.muted,
          }),
        ),
        Plot.axisX({
          ticks: 5,
          tickSize: 3,
          label: 'evidence for the rule, z',
          labelAnchor: 'center',
          labelArrow: 'none',
          labelOffset: 40,
          fill: colour.muted,
          stroke: colour.muted,
          tickFormat: (z: number) => plain(z),
        }),
      ],
    },
    `Evidence for the rule by kind of pair. ${bars.map(({ kind, name, z }) => `${kind}, ${name}: z = ${plain(z)}`).join('. ')}.`,
  ).svg;
}

function caption({ extraction, pairCounts }: Study): string {
  const { scan } = extraction;
  const p = scan.significant
    ? 'p is for this one rule, which the scan has named.'
    : `p is corrected for the choice among ${count(scan.rulesScanned)} rules.`;
  return escapeHtml(
    `How strongly the whole network’s own answers and logits speak for ${scan.best.text} compared with all other rules, on three kinds of pairs; ${p} Evidence on trained pairs shows that the rule was stored; only evidence on pairs never seen shows that the network itself carries it further. ${verdict(scan, workingFiltration(extraction, pairCounts.test))}`,
  );
}

function verdict(scan: ScanResult, filtration: MethodResult | null): string {
  const { carried, heldOut } = scan;
  if (!scan.significant) {
    return 'No rule is significant here, so there is nothing that could be carried.';
  }
  if (carried === null || heldOut === null) {
    return `Evidence on pairs never seen is ${notKnown} here.`;
  }
  const { kind } = carried;
  const found = `z = ${plain(heldOut[kind].z)}, ${pValue(carried.log10PValue)}`;
  const filtered =
    filtration === null
      ? '.'
      : `; ${lower(methodTitles[filtration.name])} gets ${percent(filtration.test)} of unseen pairs right.`;
  switch (carried.verdict) {
    case 'carried':
      return `Here there is, in the ${kind} (${found}): the network itself carries the rule to inputs it never saw.`;
    case 'against':
      return `Here the ${kind} on pairs never seen speak against the rule (${found} for so little or less): the network has stored it but avoids it there${filtered}`;
    case 'not shown':
      return `Here there is none beyond chance (at best in the ${kind}: ${found}): the network has stored the rule; that it carries it to pairs it never saw is not shown${filtered}`;
  }
}
