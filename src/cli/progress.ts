import process from 'node:process';
import { Presets, SingleBar } from 'cli-progress';
import type { CellProgress } from '../claims/index.ts';
import type { TrainingProgress } from '../train/trainer.ts';
import { duration, notice, percent } from './terminal.ts';

/** Shows progress on standard error: a bar on a terminal, a line every ten seconds elsewhere. */
export interface ProgressReporter<Progress = TrainingProgress> {
  update(progress: Progress): void;
  stop(): void;
}

const lineEverySeconds = 10;

/** `firstStep`: where a resumed training goes on. */
export function showProgress(title: string, steps: number, firstStep = 0): ProgressReporter {
  const start = performance.now();
  const stepRate = (step: number) =>
    (step - firstStep) / Math.max((performance.now() - start) / 1000, 1e-3);
  const describe = ({ step, latest }: TrainingProgress) => {
    const rate = stepRate(step);
    const left = duration((steps - step) / Math.max(rate, 1e-9));
    const seen =
      latest === null
        ? ''
        : ` · clean ${percent(latest.cleanTrain)}, noisy ${percent(latest.noisyTrain)}, test ${percent(latest.test)}`;
    return `${rate.toFixed(rate < 10 ? 1 : 0)} step/s · ${left} left${seen}`;
  };

  if (!process.stderr.isTTY) {
    let lastLine = start;
    notice(`${title}: ${firstStep > 0 ? `step ${firstStep} of ${steps}` : `${steps} steps`}`);
    return {
      update(progress) {
        if (performance.now() - lastLine < lineEverySeconds * 1000) return;
        lastLine = performance.now();
        notice(`${title}: step ${progress.step} of ${steps} · ${describe(progress)}`);
      },
      stop() {},
    };
  }
  const bar = new SingleBar(
    {
      format: `${title} {bar} {value}/{total} · {described}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
    },
    Presets.rect,
  );
  bar.start(steps, firstStep, { described: '' });
  return {
    update: (progress) => bar.update(progress.step, { described: describe(progress) }),
    stop: () => bar.stop(),
  };
}

/**
 * Progress of many runs that some groups (claims) need, in the order of the groups: overall with the time
 * left, and how far the first group is that isn't done.
 */
export function showCellProgress(
  groups: readonly { readonly name: string; readonly keys: ReadonlySet<string> }[],
): ProgressReporter<CellProgress> {
  const within = ({ done }: CellProgress) => {
    const current = groups.find(({ keys }) => ![...keys].every((key) => done.has(key)));
    if (current === undefined) return '';
    return `${current.name} ${[...current.keys].filter((key) => done.has(key)).length}/${current.keys.size}`;
  };
  return showShares({
    title: '',
    shareOf: ({ share }) => share,
    before: ({ done, total }) => `${done.size} of ${total} runs`,
    after: within,
  });
}

/** Progress of work of which only the share that is done is known, 0…1, with the time left. */
export function showShareProgress(title: string): ProgressReporter<number> {
  return showShares({
    title,
    shareOf: (share) => share,
    before: () => '',
    after: () => '',
  });
}

interface SharesShown<Progress> {
  readonly title: string;
  readonly shareOf: (progress: Progress) => number;
  /** What stands before and after the time left; may be empty. */
  readonly before: (progress: Progress) => string;
  readonly after: (progress: Progress) => string;
}

/** The share that is done and the time left. */
function showShares<Progress>({
  title,
  shareOf,
  before,
  after,
}: SharesShown<Progress>): ProgressReporter<Progress> {
  const start = performance.now();
  const describe = (progress: Progress) => {
    const share = shareOf(progress);
    const seconds = (performance.now() - start) / 1000;
    const left = share > 0.001 ? `${duration((seconds * (1 - share)) / share)} left` : '';
    return [before(progress), left, after(progress)].filter((part) => part !== '').join(' · ');
  };
  if (!process.stderr.isTTY) {
    let lastLine = start;
    return {
      update(progress) {
        if (performance.now() - lastLine < lineEverySeconds * 1000) return;
        lastLine = performance.now();
        const named = title === '' ? '' : `${title}: `;
        notice(`${named}${Math.floor(100 * shareOf(progress))} % · ${describe(progress)}`);
      },
      stop() {},
    };
  }
  const bar = new SingleBar(
    {
      format: `${title === '' ? '' : `${title} `}{bar} {percentage} % · {described}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
    },
    Presets.rect,
  );
  bar.start(1000, 0, { described: '' });
  return {
    update: (progress) =>
      bar.update(Math.round(1000 * shareOf(progress)), { described: describe(progress) }),
    stop: () => bar.stop(),
  };
}
