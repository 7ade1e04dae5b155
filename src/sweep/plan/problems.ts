/** What is wrong with a sweep file, gathered, each with its place, and told together. */
import { InputError } from '../../errors.ts';

/** From an offset in the text to that after its end. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

export interface Problems {
  add(place: Place, message: string): void;
  /** @throws SweepFileError that shows the first ten problems in the order of the file, if there are any. */
  throwIfAny(): void;
}

/** What is wrong with a sweep file: shown in the message, and as places. */
export class SweepFileError extends InputError {
  override name = 'SweepFileError';
  /** In the order of the file, lines and columns counted from 1; the first ten. */
  readonly problems: readonly {
    readonly line: number;
    readonly column: number;
    readonly message: string;
  }[];
  constructor(message: string, problems: SweepFileError['problems']) {
    super(message);
    this.problems = problems;
  }
}

const shownProblems = 10;
const shownColumns = 100;

/** `filename:line:column: message` with the line and a caret beneath each, in the order of the file. */
export function problemsOf(text: string, filename: string): Problems {
  const problems = new Map<string, { place: Place; message: string }>();
  return {
    add(place, message) {
      problems.set(`${place.start} ${message}`, { place, message });
    },
    throwIfAny() {
      if (problems.size === 0) return;
      const sorted = [...problems.values()].sort((x, y) => x.place.start - y.place.start);
      const first = sorted.slice(0, shownProblems);
      const shown = first.map(({ place, message }) => problemText(text, filename, place, message));
      const more = sorted.length - shown.length;
      if (more > 0) shown.push(`… and ${more} more.`);
      throw new SweepFileError(
        shown.join('\n'),
        first.map(({ place, message }) => ({ ...lineAndColumn(text, place.start), message })),
      );
    },
  };
}

/** "3:7", counted from 1. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

function problemText(text: string, filename: string, place: Place, message: string): string {
  const { line, column } = lineAndColumn(text, place.start);
  const lineStart = place.start - column + 1;
  const lineEnd = (text.indexOf('\n', lineStart) + text.length + 1) % (text.length + 1);
  // A long line is shown around the place.
  const from = Math.max(lineStart, place.start - shownColumns / 2);
  const source = text.slice(from, Math.min(lineEnd, from + shownColumns));
  const width = Math.max(1, Math.min(place.end, from + source.trimEnd().length) - place.start);
  const gutter = `${line}`.padStart(5);
  return [
    `${filename}:${line}:${column}: ${message}`,
    `${gutter} | ${harmless(source)}`,
    `${' '.repeat(gutter.length)} | ${' '.repeat(place.start - from)}${'^'.repeat(width)}`,
  ].join('\n');
}

/** Without what would move the cursor or turn the direction of writing; a tab is one column wide. */
function harmless(source: string): string {
  return source.trimEnd().replaceAll(/\p{Cc}|\p{Bidi_Control}|\uFEFF/gu, ' ');
}
