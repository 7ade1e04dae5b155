/** What a worker of a cluster is doing, on standard error: a line for each run, and on a terminal one that changes. */
import process from 'node:process';
import type { WorkEnd, WorkerEvent } from '../sweep/index.ts';
import { duration, notice, percent } from './terminal.ts';

/** How often the changing line is written, and how often the same trouble is told. */
const redrawMilliseconds = 200;
const troubleMilliseconds = 60_000;

export interface WorkerStatus {
  say(text: string): void;
  update(event: WorkerEvent): void;
  stop(): void;
}

export function showWorker(): WorkerStatus {
  const running = new Map<
    number,
    { readonly name: string; readonly steps: number; step: number }
  >();
  const count = { done: 0, failed: 0 };
  const told = new Map<string, number>();
  let redrawn = 0;
  const erase = () => {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  };
  const draw = () => {
    if (!process.stderr.isTTY || performance.now() - redrawn < redrawMilliseconds) return;
    redrawn = performance.now();
    const now = [...running.values()].map(
      ({ name, step, steps }) => `${name} ${Math.floor((100 * step) / Math.max(1, steps))} %`,
    );
    const failed = count.failed > 0 ? `, ${count.failed} failed` : '';
    const text = `${count.done} done${failed} · ${now.length > 0 ? now.join(', ') : 'waiting for runs'}`;
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
  };
  const say = (text: string) => {
    erase();
    notice(text);
    redrawn = 0;
    draw();
  };
  // Also without events: the screen of a worker that waits says so.
  const timer = setInterval(draw, 1000);
  timer.unref();
  return {
    say,
    update(event) {
      switch (event.kind) {
        case 'started': {
          const { id, name, settings, step } = event.claim.run;
          running.set(id, { name, steps: settings.steps, step });
          if (step > 0) say(`${name}: goes on at step ${step} of ${settings.steps}`);
          break;
        }
        case 'step': {
          const shown = running.get(event.claim.run.id);
          if (shown !== undefined) shown.step = event.step;
          break;
        }
        case 'ended': {
          const { id, name } = event.claim.run;
          running.delete(id);
          if (event.end.kind === 'done') count.done++;
          if (event.end.kind === 'failed') count.failed++;
          say(`${name}: ${endText(event.end)} after ${duration(event.seconds)}`);
          break;
        }
        case 'lost runs':
          say(
            `${event.count} ${event.count === 1 ? 'run' : 'runs'} whose worker gave no sign of life: in the queue again`,
          );
          break;
        case 'trouble': {
          // A server that is away says the same every second.
          const last = told.get(event.message) ?? Number.NEGATIVE_INFINITY;
          if (performance.now() - last < troubleMilliseconds) break;
          told.set(event.message, performance.now());
          say(`Trouble with the store, trying again: ${event.message}`);
          break;
        }
      }
      draw();
    },
    stop() {
      clearInterval(timer);
      erase();
    },
  };
}

function endText(end: WorkEnd): string {
  switch (end.kind) {
    case 'done':
      return end.test === null ? 'done' : `done, test ${percent(end.test)},`;
    case 'failed':
      return `failed (${end.error})`;
    case 'given back':
      return end.why === null ? 'given back' : `given back (${end.why})`;
    case 'lost':
      return 'in other hands';
  }
}
