/** The table as a picture: one square for each pair (a, b), wrong labels and missing ones marked. */
import type { AuditedRow, AuditReport, MissingCell } from './report.ts';

/** After Okabe & Ito (2008): told apart with the common kinds of colour blindness, and by their lightness. */
const colours = {
  right: '#e4ebf2',
  rightText: '#5d6b78',
  wrong: '#d55e00',
  doubtful: '#f3b27a',
  missing: '#0072b2',
  mark: '#1f2933',
  text: '#1f2933',
  muted: '#5d6b78',
  ground: '#ffffff',
  line: '#c7d0d9',
};
/** Above this probability a label is shown as wrong in full colour, from ½ to it in the light one. */
const surelyWrong = 0.9;
/** Tables up to this many symbols a side have their labels written into the squares. */
const mostWritten = 20;
const characterWidth = 7.3;

interface Square {
  readonly kind: 'right' | 'doubtful' | 'wrong' | 'missing' | 'unknown' | 'absent';
  readonly label: string | null;
  readonly proposal: string | null;
  readonly contradictory: boolean;
  readonly title: string;
}

/** An SVG file on a light ground. */
export function cayleySvg(report: AuditReport): string {
  const rowSymbols = symbolsOf(report, 'a');
  const columnSymbols = symbolsOf(report, 'b');
  const squares = squaresOf(report);
  const most = Math.max(rowSymbols.length, columnSymbols.length);
  const isWritten = most <= mostWritten;
  const longest = (symbols: readonly string[]) => Math.max(...symbols.map((each) => each.length));
  const written = Math.min(longest(labelsOf(report)), 12);
  const width = isWritten
    ? Math.max(30, 12 + written * characterWidth)
    : Math.max(3, Math.min(24, 700 / most));
  const height = isWritten ? 34 : width;
  const cut = (text: string, characters: number) =>
    text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;

  const labelStep = (size: number, need: number) => Math.max(1, Math.ceil(need / size));
  const longestColumn = Math.min(longest(columnSymbols), 14);
  const isTurned = longestColumn * characterWidth + 6 > width * labelStep(width, 24);
  const left = 46 + Math.min(longest(rowSymbols), 14) * characterWidth;
  const top = 104 + (isTurned ? longestColumn * 6.4 : 14);
  const tableWidth = columnSymbols.length * width;
  const tableHeight = rowSymbols.length * height;
  const total = Math.max(left + tableWidth + 90, 620);
  const out: string[] = [];

  const headline =
    report.rule === null
      ? 'Cannot tell: no rule is significant'
      : `Rule found: ${report.rule.text}`;
  out.push(text(20, 36, headline, { size: 19, weight: 600 }));
  out.push(text(20, 58, summary(report), { size: 13, fill: colours.muted }));
  out.push(text(left + tableWidth / 2, 86, axisName(report, 'b'), { anchor: 'middle', size: 13 }));
  const middle = top + tableHeight / 2;
  out.push(
    `<text transform="translate(24 ${round(middle)}) rotate(-90)" text-anchor="middle" font-size="13" fill="${colours.text}">${escaped(axisName(report, 'a'))}</text>`,
  );

  const everyColumn = labelStep(width, isTurned ? 14 : longestColumn * characterWidth + 6);
  columnSymbols.forEach((symbol, j) => {
    if (j % everyColumn !== 0) return;
    const x = left + (j + 0.5) * width;
    out.push(
      isTurned
        ? `<text transform="translate(${round(x + 4)} ${round(top - 8)}) rotate(-55)" font-size="12" fill="${colours.text}">${escaped(cut(symbol, 14))}</text>`
        : text(x, top - 8, cut(symbol, 14), { anchor: 'middle', size: 12 }),
    );
  });
  const everyRow = labelStep(height, 14);
  rowSymbols.forEach((symbol, i) => {
    if (i % everyRow !== 0) return;
    const y = top + (i + 0.5) * height + 4;
    out.push(text(left - 8, y, cut(symbol, 14), { anchor: 'end', size: 12 }));
  });

  const gap = width > 12 ? 1.5 : width > 6 ? 0.75 : 0.25;
  rowSymbols.forEach((a, i) => {
    columnSymbols.forEach((b, j) => {
      const square = squares.get(JSON.stringify([a, b])) ?? absent;
      out.push(
        drawSquare(square, {
          x: left + j * width + gap / 2,
          y: top + i * height + gap / 2,
          width: width - gap,
          height: height - gap,
          isWritten,
          cut: (symbol) => cut(symbol, 12),
        }),
      );
    });
  });

  const counts = new Map<Square['kind'], number>();
  for (const { kind } of squares.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const contradictory = [...squares.values()].filter((square) => square.contradictory).length;
  let y = top + tableHeight + 34;
  const entries: [Square['kind'], string][] = [
    ['right', report.found ? 'label kept' : 'label (nothing can be said of it)'],
    ['wrong', 'label wrong, probability above 90 %'],
    ['doubtful', 'label likely wrong, above 50 %'],
    ['missing', 'no label, filled in'],
    ['unknown', 'no label'],
  ];
  for (const [kind, meaning] of entries) {
    const count = counts.get(kind) ?? 0;
    if (count === 0) continue;
    const sample = { ...absent, kind };
    out.push(
      drawSquare(sample, {
        x: left,
        y: y - 12,
        width: 16,
        height: 16,
        isWritten: false,
        cut: String,
      }),
    );
    out.push(text(left + 26, y, `${meaning}: ${count}`, { size: 13 }));
    y += 24;
  }
  if (contradictory > 0) {
    const sample = { ...absent, kind: 'right' as const, contradictory: true };
    out.push(
      drawSquare(sample, {
        x: left,
        y: y - 12,
        width: 16,
        height: 16,
        isWritten: false,
        cut: String,
      }),
    );
    out.push(
      text(left + 26, y, `labels that contradict each other: ${contradictory}`, { size: 13 }),
    );
    y += 24;
  }
  if (isWritten && ((counts.get('wrong') ?? 0) > 0 || (counts.get('doubtful') ?? 0) > 0)) {
    out.push(
      text(left, y, 'Struck through: the label as given; below it the one proposed.', {
        size: 12,
        fill: colours.muted,
      }),
    );
    y += 22;
  }
  const bottom = y + 4;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(total)} ${round(bottom)}" width="${round(total)}" height="${round(bottom)}" role="img" aria-label="${escaped(`${headline}. ${summary(report)}`)}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif">
<rect width="100%" height="100%" fill="${colours.ground}"/>
${out.join('\n')}
</svg>
`;
}

const absent: Square = {
  kind: 'absent',
  label: null,
  proposal: null,
  contradictory: false,
  title: '',
};

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isWritten: boolean;
  readonly cut: (symbol: string) => string;
}

function drawSquare(square: Square, place: Place): string {
  const { kind, label, proposal } = square;
  if (kind === 'absent') return '';
  const { x, y, width, height, isWritten, cut } = place;
  const corner = Math.min(3, width / 6);
  const box = (attributes: string, inset = 0) =>
    `<rect x="${round(x + inset)}" y="${round(y + inset)}" width="${round(width - 2 * inset)}" height="${round(height - 2 * inset)}" rx="${round(corner)}" ${attributes}/>`;
  const parts: string[] = [];
  const middle = x + width / 2;
  if (kind === 'missing' || kind === 'unknown') {
    const stroke = kind === 'missing' ? colours.missing : colours.line;
    const dash = width > 8 && kind === 'missing' ? ' stroke-dasharray="3 2"' : '';
    const line = width > 8 ? 1.4 : 0.8;
    parts.push(
      box(`fill="${colours.ground}" stroke="${stroke}" stroke-width="${line}"${dash}`, line / 2),
    );
    if (isWritten && kind === 'missing' && proposal !== null) {
      const style = { anchor: 'middle', size: 12, fill: colours.missing } as const;
      parts.push(text(middle, y + height / 2 + 4.5, cut(proposal), style));
    }
  } else {
    parts.push(box(`fill="${colours[kind]}"`));
  }
  if (isWritten && kind === 'right' && label !== null) {
    const style = { anchor: 'middle', size: 12, fill: colours.rightText } as const;
    parts.push(text(middle, y + height / 2 + 4.5, cut(label), style));
  }
  if (isWritten && (kind === 'wrong' || kind === 'doubtful') && label !== null) {
    const fill = kind === 'wrong' ? colours.ground : colours.text;
    const struck = { anchor: 'middle', size: 10, fill, struck: true } as const;
    parts.push(text(middle, y + height * 0.36, cut(label), struck));
    const bold = { anchor: 'middle', size: 12.5, weight: 700, fill } as const;
    parts.push(text(middle, y + height * 0.8, proposal === null ? '?' : cut(proposal), bold));
  }
  if (square.contradictory) {
    const size = Math.min(9, width / 2.2);
    const [right, edge] = [x + width, y];
    parts.push(
      `<path d="M${round(right - size)} ${round(edge)}H${round(right)}V${round(edge + size)}Z" fill="${colours.mark}"/>`,
    );
  }
  const title = square.title === '' ? '' : `<title>${escaped(square.title)}</title>`;
  return `<g>${title}${parts.join('')}</g>`;
}

/** One square a pair; of several labels the one with most rows is shown. Strangers among a and b have none. */
function squaresOf(report: AuditReport): Map<string, Square> {
  const byPair = new Map<string, AuditedRow[]>();
  const readAs = new Map(report.spellings.map((each) => [each.symbol, each.readAs]));
  const strange = new Set(
    report.strangers.map(({ column, symbol }) => JSON.stringify([column, symbol])),
  );
  for (const row of report.rows) {
    const [a, b] = [readAs.get(row.a) ?? row.a, readAs.get(row.b) ?? row.b];
    if (
      [
        ['a', a],
        ['b', b],
      ].some((each) => strange.has(JSON.stringify(each)))
    )
      continue;
    const key = JSON.stringify([a, b]);
    byPair.set(key, [...(byPair.get(key) ?? []), row]);
  }
  const squares = new Map<string, Square>();
  for (const [key, rows] of byPair) {
    const [shown] = rows.toSorted((x, y) => y.rows - x.rows || x.line - y.line);
    const labels = new Set(rows.map(({ label }) => readAs.get(label) ?? label));
    squares.set(key, {
      kind: !shown.likelyWrong ? 'right' : (shown.wrong ?? 0) > surelyWrong ? 'wrong' : 'doubtful',
      label: shown.label,
      proposal: shown.proposal,
      contradictory: labels.size > 1,
      title: titleOf(shown, [...labels]),
    });
  }
  for (const cell of report.missing) {
    // A label that is a stranger may be all that such a pair has.
    const key = JSON.stringify([cell.a, cell.b]);
    if (!squares.has(key)) squares.set(key, emptySquare(cell));
  }
  return squares;
}

function emptySquare({ a, b, proposal, confidence }: MissingCell): Square {
  const isFilled = proposal !== null && (confidence ?? 0) > 0.5;
  const what = isFilled ? `: ${proposal}, probability ${(confidence ?? 0).toFixed(3)}` : '';
  return {
    ...absent,
    kind: isFilled ? 'missing' : 'unknown',
    proposal,
    title: `${a}, ${b}: no label${what}`,
  };
}

function titleOf({ a, b, wrong, proposal, likelyWrong }: AuditedRow, labels: string[]): string {
  const given = `${a}, ${b}: ${labels.join(' / ')}`;
  if (wrong === null) return given;
  const change = likelyWrong && proposal !== null ? `; proposed: ${proposal}` : '';
  return `${given}, wrong with probability ${wrong.toFixed(3)}${change}`;
}

/** The symbols of a column that occur, in their order. */
function symbolsOf(report: AuditReport, column: 'a' | 'b'): string[] {
  const readAs = new Map(report.spellings.map((each) => [each.symbol, each.readAs]));
  const occurring = new Set(
    [...report.rows, ...report.missing].map((each) => readAs.get(each[column]) ?? each[column]),
  );
  for (const stranger of report.strangers) {
    if (stranger.column === column) occurring.delete(stranger.symbol);
  }
  const alphabet = report.alphabets.find(({ columns }) => columns.includes(column));
  return (alphabet?.symbols ?? []).filter((symbol) => occurring.has(symbol));
}

function labelsOf({ rows, missing }: AuditReport): string[] {
  return [...rows.map(({ label }) => label), ...missing.map(({ proposal }) => proposal ?? '')];
}

function axisName({ columns }: AuditReport, column: 'a' | 'b'): string {
  const name = columns[column];
  return name === column ? column : `${name} (${column})`;
}

function summary({ table, noiseRatio, rows, found }: AuditReport): string {
  const size = `${table.labelled.toLocaleString('en')} labels`;
  if (!found || noiseRatio === null) return `${size}; no row is flagged`;
  const wrong = rows.reduce((sum, row) => sum + (row.likelyWrong ? row.rows : 0), 0);
  return `${size}, ${wrong.toLocaleString('en')} of them likely wrong`;
}

interface TextStyle {
  readonly size: number;
  readonly weight?: number;
  readonly fill?: string;
  readonly anchor?: 'middle' | 'end';
  readonly struck?: boolean;
}

function text(x: number, y: number, content: string, style: TextStyle): string {
  const attributes = [
    `x="${round(x)}" y="${round(y)}" font-size="${style.size}" fill="${style.fill ?? colours.text}"`,
    style.anchor === undefined ? '' : ` text-anchor="${style.anchor}"`,
    style.weight === undefined ? '' : ` font-weight="${style.weight}"`,
    style.struck ? ' text-decoration="line-through"' : '',
  ];
  return `<text ${attributes.join('')}>${escaped(content)}</text>`;
}

/** XML has no place for control characters, whatever the table holds. */
function escaped(content: string): string {
  return content
    .replaceAll(/\p{Cc}|\p{Cs}|[\uFFFE\uFFFF]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
