/** What a person sees while a sweep runs: on a terminal a board that renews itself, elsewhere a line now and then. */
import process from 'node:process';
import { stripVTControlCharacters, styleText } from 'node:util';
import type { SweepEvent } from '../sweep/index.ts';
import { axesText } from './axes-text.ts';
import { duration, notice, percent } from './terminal.ts';

export interface BoardOptions {
  readonly title: string;
  readonly total: number;
  /** Done before this began. */
  readonly done: number;
  /** By id of the run: the settings that vary. */
  readonly axes: ReadonlyMap<number, Readonly<Record<string, unknown>>>;
  readonly steps: ReadonlyMap<number, number>;
  readonly workers: number;
}

export interface SweepBoard {
  event(event: SweepEvent): void;
  stop(): void;
}

const lineEverySeconds = 10;
const redrawMilliseconds = 200;
const mostLines = 8;

export function showBoard(options: BoardOptions): SweepBoard {
  const state = new BoardState(options);
  if (!process.stderr.isTTY) {
    notice(state.headline());
    let last = performance.now();
    let wasPaused = false;
    return {
      event(event) {
        state.take(event);
        if (event.kind === 'trouble') notice(event.message);
        if (event.kind === 'paused' && !wasPaused) notice(`${options.title}: paused`);
        wasPaused = event.kind === 'paused';
        if (performance.now() - last < lineEverySeconds * 1000) return;
        last = performance.now();
        notice(state.headline());
      },
      stop() {},
    };
  }
  let drawn = 0;
  const clear = () => {
    if (drawn > 0) process.stderr.write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = () => {
    const columns = process.stderr.columns || 80;
    const lines = state.lines().map((line) => cut(line, columns - 1));
    // In one write: nothing flickers.
    process.stderr.write(`${drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : ''}${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  const showCursor = () => process.stderr.write('\x1b[?25h');
  process.stderr.write('\x1b[?25l');
  process.once('exit', showCursor);
  const timer = setInterval(draw, redrawMilliseconds);
  draw();
  return {
    event: (event) => state.take(event),
    stop() {
      clearInterval(timer);
      clear();
      showCursor();
      process.off('exit', showCursor);
    },
  };
}

class BoardState {
  readonly options: BoardOptions;
  readonly start = performance.now();
  readonly working = new Map<number, { name: string; step: number; steps: number }>();
  done: number;
  failed = 0;
  /** Steps that were left when this began, by run. */
  readonly left: Map<number, number>;
  readonly stepsOf = new Map<number, number>();
  readonly before = new Map<number, number>();
  best: { name: string; test: number; id: number } | null = null;
  lastFailure: string | null = null;
  trouble: string | null = null;

  constructor(options: BoardOptions) {
    this.options = options;
    this.done = options.done;
    this.left = new Map(options.steps);
  }

  take(event: SweepEvent): void {
    if (event.kind === 'trouble') {
      this.trouble = event.message;
      return;
    }
    if (event.kind === 'paused') {
      this.trouble = 'paused; it goes on with: npx undertone sweep resume';
      return;
    }
    const { run } = event.claim;
    const { steps } = run.settings;
    switch (event.kind) {
      case 'started':
        this.left.set(run.id, steps - run.step);
        this.before.set(run.id, run.step);
        this.working.set(run.id, { name: run.name, step: run.step, steps });
        break;
      case 'step':
        this.working.set(run.id, { name: run.name, step: event.step, steps });
        this.stepsOf.set(run.id, event.step);
        break;
      case 'ended': {
        this.working.delete(run.id);
        const { end } = event;
        if (end.kind === 'done') {
          this.trouble = null;
          this.done++;
          this.stepsOf.set(run.id, steps);
          if (end.test !== null && (this.best === null || end.test > this.best.test)) {
            this.best = { name: run.name, test: end.test, id: run.id };
          }
        } else if (end.kind === 'failed') {
          this.failed++;
          this.stepsOf.set(run.id, steps);
          this.lastFailure = `${run.name}: ${end.error}`;
        }
      }
    }
  }

  /** Share of the steps that were left when this began. */
  share(): number {
    let taken = 0;
    for (const [id, step] of this.stepsOf) taken += Math.max(0, step - (this.before.get(id) ?? 0));
    let all = 0;
    for (const left of this.left.values()) all += left;
    return all === 0 ? 0 : Math.min(1, taken / all);
  }

  headline(): string {
    const { title, total } = this.options;
    const share = this.share();
    const seconds = (performance.now() - this.start) / 1000;
    const left =
      share > 0.002 && share < 1 ? `${duration((seconds * (1 - share)) / share)} left` : null;
    const atWork = Math.min(this.working.size, this.options.workers);
    return [
      `${title}: ${this.done} of ${total} done`,
      ...(atWork > 0 ? [`${atWork} running`] : []),
      ...(this.failed > 0 ? [`${this.failed} failed`] : []),
      ...(left === null ? [] : [left]),
    ].join(' · ');
  }

  lines(): string[] {
    const style = (kind: Parameters<typeof styleText>[0], text: string) =>
      styleText(kind, text, { stream: process.stderr });
    const width = 32;
    const full = Math.round((width * (this.done + this.failed)) / Math.max(1, this.options.total));
    const bar = `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
    // Those that have begun; what waits for a thread isn't shown.
    const active = [...this.working]
      .toSorted(([, x], [, y]) => y.step / y.steps - x.step / x.steps)
      .slice(0, Math.min(mostLines, this.options.workers));
    return [
      style('bold', this.headline()),
      style('cyan', bar),
      ...active.map(([id, { name, step, steps }]) => {
        const axes = axesText(this.options.axes.get(id) ?? {});
        return `  ${name.padEnd(24)} ${String(step).padStart(String(steps).length)}/${steps}  ${style('dim', axes)}`;
      }),
      ...(this.best === null
        ? []
        : [
            `  best test ${percent(this.best.test)}: ${this.best.name}  ${style('dim', axesText(this.options.axes.get(this.best.id) ?? {}))}`,
          ]),
      ...(this.lastFailure === null ? [] : [style('red', `  failed ${this.lastFailure}`)]),
      ...(this.trouble === null ? [] : [style('yellow', `  ${this.trouble}`)]),
    ];
  }
}

/** A line that fits; styles are dropped where it had to be cut. */
function cut(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= columns ? line : `${plain.slice(0, columns - 1)}…`;
}
