/** Many small networks that differ in their seed alone, trained and measured one after the other, none of them kept. */
import { createHash } from 'node:crypto';
import { WorkError } from '../../errors.ts';
import { weightsHash } from '../../format/index.ts';
import type { JobContext } from '../../sweep/index.ts';
import { rolesOf } from '../../task/dataset.ts';
import { nextMacrotask } from '../../train/next-macrotask.ts';
import { datasetOf, initialNetworkOf } from '../../train/prepare.ts';
import { trainingProblem } from '../../train/problem.ts';
import type { Settings } from '../../train/settings.ts';
import { stepper } from '../../train/stepper.ts';
import { measure, type Wanted } from '../measurements/index.ts';

export interface EnsembleInput {
  /** Of the first network; each of the others has the seed after the one before. */
  readonly settings: Settings;
  readonly networks: number;
  /** What to measure on each at which steps, with the key of its results: a new version is another input. */
  readonly wanted: readonly (Wanted & { readonly key: string })[];
}

export interface EnsembleOutput {
  /** By seed: measurements by `measurementKey`. */
  readonly networks: readonly Readonly<Record<string, unknown>>[];
  /** SHA-256 of the hashes of all final weights, by seed. */
  readonly weightsHash: string;
}

/**
 * Trains to `settings.steps` and measures on the way; no run directories, so thousands of networks cost no
 * files. An interrupted ensemble begins anew: keep its networks few enough for seconds.
 * @throws WorkError where a training diverges, and the signal's reason where it is aborted.
 */
export async function ensemble(
  { settings: first, networks, wanted }: EnsembleInput,
  { backend, signal, onProgress }: JobContext,
): Promise<EnsembleOutput> {
  const found: Record<string, unknown>[] = [];
  const hash = createHash('sha256');
  for (let i = 0; i < networks; i++) {
    const settings = { ...first, seed: first.seed + i };
    const dataset = datasetOf(settings);
    const roles = rolesOf(dataset);
    const initial = initialNetworkOf(settings);
    const session = backend.train(trainingProblem(settings, dataset, initial));
    const { take } = stepper(session, settings, roles.train?.pair.length ?? 0);
    const results: Record<string, unknown> = {};
    try {
      const steps = new Set([...wanted.map(({ step }) => step), settings.steps]);
      for (const step of [...steps].sort((x, y) => x - y)) {
        while (session.step < step) {
          take(Math.min(step - session.step, stepsAtOnce));
          signal.throwIfAborted();
          onProgress((i + session.step / Math.max(1, settings.steps)) / networks);
          await nextMacrotask();
        }
        if (step > 0 && !Number.isFinite(session.lossBeforeLastStep())) {
          throw new WorkError(
            `The training with seed ${settings.seed} diverged by step ${step}. Try a smaller learning rate.`,
          );
        }
        const network = session.network();
        const subject = { network, initial, settings, dataset, roles, backend };
        for (const one of wanted.filter((other) => other.step === step)) {
          results[one.key] = measure(one.name, subject);
        }
      }
      hash.update(weightsHash(session.network()));
    } finally {
      session.dispose();
    }
    found.push(results);
  }
  return { networks: found, weightsHash: hash.digest('hex') };
}

/** Between two looks at the signal. */
const stepsAtOnce = 20;
