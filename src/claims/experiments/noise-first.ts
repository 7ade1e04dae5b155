/**
 * Are noisy labels memorised before clean ones (the paper says so of full-batch training), and do label collisions foretell it
 * (follow-up, arXiv 2610.11833)? One training, watched closely at its beginning.
 */
import { expectedSlopeGap } from '../../analysis/expected-slope.ts';
import { gradientSignal } from '../../analysis/gradient-signal.ts';
import { rowLosses } from '../../analysis/row-losses.ts';
import type { TrainingSession } from '../../compute/port.ts';
import { InputError, WorkError } from '../../errors.ts';
import { weightsHash } from '../../format/index.ts';
import type { JobContext } from '../../sweep/index.ts';
import { type CleanNoisy, cleanNoisyMeans } from '../../task/clean-noisy.ts';
import type { Dataset } from '../../task/dataset.ts';
import {
  type ExpectedCollisions,
  expectedCollisions,
  labelCollisions,
} from '../../task/label-collisions.ts';
import { parseOperation } from '../../task/operation.ts';
import { type TrainingTable, trainingTable } from '../../task/training-table.ts';
import { nextMacrotask } from '../../train/next-macrotask.ts';
import { datasetOf, initialNetworkOf } from '../../train/prepare.ts';
import { trainingProblem } from '../../train/problem.ts';
import type { Settings } from '../../train/settings.ts';
import { stepper } from '../../train/stepper.ts';

export interface NoiseFirstInput {
  /** A task of its own (no data set file); `steps` is where the race ends at the latest. */
  readonly settings: Settings;
  /** Steps at which gradients are measured, 0…`settings.steps`, in any order. */
  readonly atSteps: readonly number[];
}

/** One value for clean rows and one for noisy ones; null where there are none, or it was never reached. */
interface Pair {
  readonly clean: number | null;
  readonly noisy: number | null;
}

/** All of it is plain JSON. */
export interface NoiseFirstOutput {
  /** Δ_i of the training rows; what was to be expected, null where no closed form is known. */
  readonly collisions: {
    readonly measured: CleanNoisy;
    readonly expected: ExpectedCollisions | null;
  };
  /**
   * What `projection` at step 0 should differ by, noisy less clean, before table and weights are drawn; null
   * where no closed form is known (see `expectedSlopeGap`) and for networks that it isn't about.
   */
  readonly expectedSlopeGap: number | null;
  /** By how much the rows' losses fell from step 0 to the ends of the steps 1, 2 and 5. */
  readonly lossDecrease: readonly ({ readonly step: number } & CleanNoisy)[];
  /** At each of `atSteps`, ascending, of the network after so many steps. */
  readonly measured: readonly MeasuredStep[];
  /** The first step after which at least this share of the rows was answered as trained. */
  readonly race: readonly ({ readonly share: number } & Pair)[];
  /** Steps taken. */
  readonly steps: number;
  /** SHA-256 of the weights after them. */
  readonly weightsHash: string;
}

interface MeasuredStep {
  readonly step: number;
  readonly accuracy: Pair;
  readonly loss: CleanNoisy;
  /** ‖g_i‖, cos(g_i, ḡ) and ⟨g_i, ḡ⟩; see `gradientSignal`. */
  readonly norm: CleanNoisy;
  readonly alignment: CleanNoisy;
  readonly projection: CleanNoisy;
  readonly meanGradientNorm: number;
}

const raceShares = [0.25, 0.5, 0.75, 0.9];
const decreaseSteps = [1, 2, 5];
/** Up to here the race looks after every step, then after steps 2 % apart. */
const lastDenseStep = 200;
const raceGrowth = 1.02;
/** One call into the backend is kept to about this long, so that Ctrl-C and progress stay alive. */
const chunkMilliseconds = 100;

/**
 * Trains and watches. Ends once clean and noisy rows have both reached the last share of the race, all of
 * `atSteps` are measured and step 5 is past; at `settings.steps` at the latest. Needs 4·P³ bytes for the
 * logits.
 *
 * @throws InputError for settings without a task and for `atSteps` beyond the training, WorkError where
 * the training diverges, and the signal's reason where it is aborted.
 */
export async function noiseFirst(
  { settings, atSteps }: NoiseFirstInput,
  { backend, signal, onProgress }: JobContext,
): Promise<NoiseFirstOutput> {
  const { steps, modulus, activation, loss, tied } = settings;
  for (const step of atSteps) {
    if (!Number.isInteger(step) || step < 0 || step > steps) {
      throw new InputError(
        `atSteps holds ${step}; expected integers from 0 to the ${steps} steps of the settings.`,
      );
    }
  }
  const dataset = datasetOf(settings);
  const { table, collisions } = collisionsOf(settings, dataset);
  const session = backend.train(trainingProblem(settings, dataset, initialNetworkOf(settings)));
  try {
    const lossesNow = () =>
      rowLosses(backend.logits(session.network(), activation, 0, modulus), table, loss);
    const initialLosses = lossesNow();
    const lossDecrease: ({ step: number } & CleanNoisy)[] = [];
    const measured: MeasuredStep[] = [];
    const race = createRace(table);
    const advanceTo = advancer(session, settings, table.label.length, signal, onProgress);
    const raceSteps = new Set(stepsOfRace(steps));
    const visits = new Set([...raceSteps, ...atSteps, ...decreaseSteps.filter((k) => k <= steps)]);
    for (const step of [...visits].sort((x, y) => x - y)) {
      const isMeasured = atSteps.includes(step);
      const isDecrease = decreaseSteps.includes(step);
      if (race.isOver() && !isMeasured && !isDecrease) continue;
      await advanceTo(step);
      const accuracy = accuracyOf(session.answers(), table);
      if (raceSteps.has(step)) race.observe(step, accuracy);
      if (isDecrease) {
        const decrease = lossesNow().map((value, row) => initialLosses[row] - value);
        lossDecrease.push({ step, ...cleanNoisyMeans(decrease, table.isNoisy) });
      }
      if (isMeasured) {
        const signals = gradientSignal(
          session.network(),
          table,
          { activation, loss, tied },
          backend.multiply,
        );
        const meansOf = (values: Float64Array) => cleanNoisyMeans(values, table.isNoisy);
        measured.push({
          step,
          accuracy,
          loss: meansOf(signals.loss),
          norm: meansOf(signals.norm),
          alignment: meansOf(signals.alignment),
          projection: meansOf(signals.projection),
          meanGradientNorm: signals.meanGradientNorm,
        });
      }
    }
    return {
      collisions,
      expectedSlopeGap: slopeGapOf(settings),
      lossDecrease,
      measured,
      race: race.result(),
      steps: session.step,
      weightsHash: weightsHash(session.network()),
    };
  } finally {
    session.dispose();
  }
}

/** The training rows and their collisions, measured and expected. */
function collisionsOf(settings: Settings, dataset: Dataset) {
  const table = trainingTable(dataset);
  if (settings.task === null || table === null) {
    throw new InputError('Clean and noisy rows need a known rule: give --task.');
  }
  const measured = cleanNoisyMeans(labelCollisions(table), table.isNoisy);
  const expected = expectedCollisions(parseOperation(settings.task, settings.modulus), settings);
  return { table, collisions: { measured, expected } };
}

function slopeGapOf(settings: Settings): number | null {
  const { task, modulus, loss, init, tied, hiddenBias } = settings;
  const isCovered = loss === 'cross-entropy' && init === 'pytorch' && !tied && !hiddenBias;
  return isCovered && task !== null
    ? expectedSlopeGap(parseOperation(task, modulus), settings)
    : null;
}

/** Takes steps up to a given one, in short calls. */
function advancer(
  session: TrainingSession,
  settings: Settings,
  rows: number,
  signal: AbortSignal,
  onProgress: JobContext['onProgress'],
) {
  const { take } = stepper(session, settings, rows);
  let millisecondsPerStep = chunkMilliseconds;
  return async (target: number) => {
    while (session.step < target) {
      signal.throwIfAborted();
      const most = Math.max(1, Math.floor(chunkMilliseconds / millisecondsPerStep));
      const count = Math.min(target - session.step, most);
      const start = performance.now();
      take(count);
      millisecondsPerStep = Math.max((performance.now() - start) / count, 1e-3);
      if (!Number.isFinite(session.lossBeforeLastStep())) {
        throw new WorkError(
          `The training diverged: by step ${session.step} its loss is no longer finite. Try a smaller learning rate.`,
        );
      }
      onProgress(session.step / settings.steps);
      await nextMacrotask();
    }
  };
}

function stepsOfRace(steps: number): number[] {
  const chosen: number[] = [];
  for (let step = 0; step < steps; ) {
    chosen.push(step);
    step = step < lastDenseStep ? step + 1 : Math.ceil(step * raceGrowth);
  }
  chosen.push(steps);
  return chosen;
}

/** Share of the clean and of the noisy rows that are answered as trained. */
function accuracyOf(answers: Uint16Array, { modulus, a, b, label, isNoisy }: TrainingTable): Pair {
  const isRight = Uint8Array.from(label, (c, row) =>
    answers[a[row] * modulus + b[row]] === c ? 1 : 0,
  );
  const { clean, noisy } = cleanNoisyMeans(isRight, isNoisy);
  return { clean: clean?.mean ?? null, noisy: noisy?.mean ?? null };
}

/** Keeps the first step at which each group of rows reaches each share. */
function createRace({ isNoisy }: TrainingTable) {
  const groups = (['clean', 'noisy'] as const).filter((group) =>
    isNoisy.includes(group === 'clean' ? 0 : 1),
  );
  const marks = raceShares.map((share) => ({
    share,
    clean: null as number | null,
    noisy: null as number | null,
  }));
  return {
    observe(step: number, accuracy: Pair) {
      for (const mark of marks) {
        for (const group of groups) {
          if ((accuracy[group] ?? 0) >= mark.share) mark[group] ??= step;
        }
      }
    },
    isOver: () => groups.every((group) => marks[marks.length - 1][group] !== null),
    result: () => marks,
  };
}
