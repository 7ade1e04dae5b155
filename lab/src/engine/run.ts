/** One training in a worker: the steps of the command line's `train`, a few at a time, measured as they go. */
import type { Backend } from 'undertone/browser';
import { copyNetwork, type Network } from 'undertone/model';
import { type Accuracies, accuracies, type Dataset, type Roles, rolesOf } from 'undertone/task';
import {
  datasetOf,
  initialNetworkOf,
  type MetricsRow,
  meanLoss,
  measurementSteps,
  type Settings,
  stepper,
  trainingProblem,
} from 'undertone/train';
import type { StopCondition } from './protocol.ts';

/** Weights kept for looking back, all together. */
const keptBytes = 96 * 2 ** 20;

/** What a measurement may take in every frame. */
const cheapMilliseconds = 30;

export interface Run {
  settings: Settings;
  readonly dataset: Dataset;
  readonly roles: Roles;
  readonly step: number;
  readonly isFinished: boolean;
  readonly stopped: StopCondition | null;
  readonly altered: boolean;
  readonly keyframes: readonly number[];
  /** The step of the newest measurement: that of `answers`. */
  readonly measuredStep: number;
  /** Takes steps for about so long, at least one and at most `most`; measures unless that would take the time of the steps. */
  advance(milliseconds: number, most: number): void;
  /** Measures the weights as they are now. */
  measure(): void;
  /** Rows measured since the last call. */
  takeRows(): MetricsRow[];
  answers(): Uint16Array;
  networkAt(step: number | null): Network;
  setRates(learningRate: number, weightDecay: number): void;
  dispose(): void;
}

export function openRun(
  backend: Backend,
  given: Settings,
  control: boolean,
  stopAt: StopCondition,
): Run {
  let settings = given;
  const dataset = datasetOf(settings);
  const roles = rolesOf(dataset);
  const initial = initialNetworkOf(settings);
  const problemOf = () => trainingProblem(settings, dataset, initial, control);
  let problem = problemOf();
  let session = backend.train(problem);
  const rowCount = problem.rows.a.length;
  let steps = stepper(session, settings, rowCount);
  const keepAt = new Set(measurementSteps(settings.steps, null));
  const kept = new Map<number, Network>([[0, initial]]);
  const bytes = 4 * (3 * settings.modulus * settings.width + settings.modulus);
  const mostKept = Math.max(6, Math.floor(keptBytes / bytes));
  let answers = session.answers();
  let rows: MetricsRow[] = [];
  let pending: (Accuracies & { readonly step: number }) | null = null;
  let secondsPerStep = 0;
  let measuredStep = -1;
  let measuredAt = 0;
  let millisecondsOfMeasuring = 0;
  let stopped: StopCondition | null = null;
  let altered = false;

  const isOver = () => stopped !== null || session.step >= settings.steps;

  const finishRow = (loss: number) => {
    if (pending !== null) rows.push({ ...pending, loss });
    pending = null;
  };

  const take = (count: number) => {
    // A measured row's loss comes out of the step after it, so that step is taken alone.
    const first = pending === null ? count : 1;
    steps.take(first);
    if (!Number.isFinite(session.lossBeforeLastStep())) {
      throw new Error(
        `The training diverged by step ${session.step}: its loss is no longer finite. Try a smaller learning rate.`,
      );
    }
    if (pending !== null) {
      finishRow(
        steps.isFullBatch
          ? session.lossBeforeLastStep()
          : meanLoss(backend, session.network(), problem),
      );
      if (count > 1) steps.take(count - 1);
    }
  };

  const measure = () => {
    if (measuredStep === session.step) return;
    const start = performance.now();
    answers = session.answers();
    measuredStep = session.step;
    pending = { step: session.step, ...accuracies(answers, roles) };
    if (keepAt.has(session.step)) {
      kept.set(session.step, session.network());
      if (kept.size > mostKept) thin(kept);
    }
    if (stopAt === 'memorised' && (pending.noisyTrain ?? pending.cleanTrain ?? 0) >= 0.999) {
      stopped = stopAt;
    }
    if (stopAt === 'generalised' && (pending.test ?? 0) >= 0.99) stopped = stopAt;
    if (isOver()) finishRow(meanLoss(backend, session.network(), problem));
    measuredAt = performance.now();
    millisecondsOfMeasuring = measuredAt - start;
  };

  /** Cheap, or the steps since the last one took several times as long. */
  const isMeasurable = () =>
    millisecondsOfMeasuring < cheapMilliseconds ||
    performance.now() - measuredAt > 4 * millisecondsOfMeasuring;

  measure();
  return {
    get settings() {
      return settings;
    },
    dataset,
    roles,
    get step() {
      return session.step;
    },
    get isFinished() {
      return isOver();
    },
    get stopped() {
      return stopped;
    },
    get altered() {
      return altered;
    },
    get keyframes() {
      return [...kept.keys()];
    },
    advance(milliseconds, most) {
      if (isOver()) return;
      const { step } = session;
      const fitting = Math.floor(milliseconds / 1000 / Math.max(secondsPerStep, 1e-6));
      let count = Math.max(1, Math.min(fitting, most, settings.steps - step));
      if (secondsPerStep === 0) count = 1;
      for (const at of keepAt) if (at > step && at < step + count) count = at - step;
      const start = performance.now();
      take(count);
      secondsPerStep = (performance.now() - start) / 1000 / count;
      if (isOver() || keepAt.has(session.step) || isMeasurable()) measure();
    },
    measure,
    get measuredStep() {
      return measuredStep;
    },
    takeRows() {
      const taken = rows;
      rows = [];
      return taken;
    },
    answers: () => answers,
    networkAt(step) {
      const at = step === null ? undefined : kept.get(step);
      return at === undefined ? session.network() : copyNetwork(at);
    },
    setRates(learningRate, weightDecay) {
      if (settings.learningRate === learningRate && settings.weightDecay === weightDecay) return;
      altered ||= session.step > 0;
      settings = { ...settings, learningRate, weightDecay };
      const state = session.state();
      session.dispose();
      problem = problemOf();
      session = backend.train(problem, state);
      steps = stepper(session, settings, rowCount);
    },
    dispose: () => session.dispose(),
  };
}

/** Forgets every other of the kept steps, but not the first. */
function thin(kept: Map<number, Network>): void {
  [...kept.keys()].forEach((step, i) => {
    if (i % 2 === 1) kept.delete(step);
  });
}
