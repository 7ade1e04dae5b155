import { type ScanResult, scan } from '../analysis/index.ts';
import type { Network } from '../model/network.ts';
import type { Job } from '../sweep/index.ts';
import type { Dataset } from '../task/dataset.ts';
import { initialNetworkOf } from '../train/prepare.ts';
import type { Settings } from '../train/settings.ts';
import { train } from '../train/trainer.ts';

interface MemberInput {
  readonly settings: Settings;
  /** Training rows alone; a pair may occur several times. */
  readonly dataset: Dataset;
  readonly level: number;
}

/** A scan is about this share of the time of a member. */
const trainingShare = 0.8;

/**
 * Trains one network of the ensemble and scans it, in a worker, because the scans take as long together as a
 * training does. Null where the signal stopped it.
 */
export const memberJob: Job<MemberInput, { network: Network; scan: ScanResult } | null> = {
  module: import.meta.url,
  name: 'memberJob',
  async run({ settings, dataset, level }, { backend, signal, onProgress }) {
    const { network, stopped } = await train({
      settings,
      dataset,
      initial: initialNetworkOf(settings),
      backend,
      signal,
      // Nothing is read of the metrics: measured at the first step only.
      measureEvery: Math.max(1, settings.steps),
      onProgress: ({ step, steps }) => onProgress((trainingShare * step) / Math.max(1, steps)),
    });
    if (stopped) return null;
    const { result } = scan(network, settings.activation, null, backend, { level });
    onProgress(1);
    return { network, scan: result };
  },
};
