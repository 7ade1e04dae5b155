/** What the learning curves and the path share: three accuracies as lines, with words at their ends. */
import * as Plot from '@observablehq/plot';
import { percent } from '../numbers.ts';
import { colour, ink } from '../palette.ts';
import { spread } from '../spread.ts';

/** The accuracies that are followed, with the name of their CSS class. */
export const lineRoles = [
  { role: 'cleanTrain', key: 'clean', name: 'right labels', line: colour.clean, ink: ink.clean },
  { role: 'noisyTrain', key: 'noisy', name: 'wrong labels', line: colour.noisy, ink: ink.noisy },
  { role: 'test', key: 'test', name: 'unseen pairs', line: colour.test, ink: ink.test },
] as const;

type Accuracies = Readonly<Record<(typeof lineRoles)[number]['role'], number | null>>;

interface Frame {
  readonly height: number;
  readonly marginTop: number;
  readonly marginBottom: number;
}

/** The roles that are known anywhere along the points. */
function knownRoles(points: readonly Accuracies[]) {
  return lineRoles.filter(({ role }) => points.some((point) => point[role] !== null));
}

/** "wrong labels 99.8 %" for each known role at the last point, and chance. */
export function endTexts(points: readonly Accuracies[], chance: number) {
  const last = points[points.length - 1];
  return [
    ...knownRoles(points).map(({ role, name, ink }) => ({
      share: last[role] ?? 0,
      text: `${name} ${percent(last[role])}`,
      ink,
    })),
    { share: chance, text: `chance ${percent(chance)}`, ink: colour.muted as string },
  ];
}

/** Grid, axis of shares, chance, a line for each role with a dot at `dotted` points, words at the ends. */
export function accuracyMarks<Point extends Accuracies>(
  points: readonly Point[],
  x: keyof Point & string,
  chance: number,
  { height, marginTop, marginBottom }: Frame,
  dotted: readonly Point[],
): Plot.Markish[] {
  const shown = knownRoles(points);
  const labels = endTexts(points, chance);
  const places = spread(
    labels.map(({ share }) => marginTop + (1 - share) * (height - marginTop - marginBottom)),
    17,
    marginTop,
    height - marginBottom,
  );
  return [
    Plot.gridY({ ticks: 5, stroke: colour.line, strokeOpacity: 1 }),
    Plot.axisY({
      ticks: 5,
      tickFormat: (share: number) => `${Math.round(share * 100)}`,
      tickSize: 0,
      label: null,
      fill: colour.muted,
    }),
    Plot.ruleY([chance], { stroke: colour.chance, strokeDasharray: '3 4', strokeWidth: 1.5 }),
    ...shown.flatMap(({ role, line }) => {
      const y = (point: Point) => point[role] ?? Number.NaN;
      return [
        Plot.line(points, { x, y, stroke: line, strokeWidth: 2.5, strokeLinejoin: 'round' }),
        Plot.dot(dotted, { x, y, fill: line, r: dotted.length > 1 ? 2.6 : 3.5 }),
      ];
    }),
    ...labels.map(({ text, ink }, index) =>
      Plot.text([text], {
        frameAnchor: 'top-right',
        textAnchor: 'start',
        lineAnchor: 'middle',
        dx: 12,
        dy: places[index] - marginTop,
        fill: ink,
        fontWeight: 600,
      }),
    ),
  ];
}
