/** A Web Worker that trains what it is told to and answers with the weights. */
import { loadWasmBackend } from '../../src/compute/wasm/browser.ts';
import {
  completeSettings,
  datasetOf,
  initialNetworkOf,
  type PartialSettings,
  train,
} from '../../src/train/index.ts';

export interface TrainingOrder {
  readonly settings: PartialSettings;
  readonly threads: number;
}

/** Weights as plain numbers, which pass through the browser's protocol unchanged. */
export interface TrainedWeights {
  readonly U: number[];
  readonly V: number[];
  readonly W: number[];
  readonly mu: number[];
  readonly threads: number;
  readonly instructionSet: string;
  readonly isFused: boolean;
  readonly isIsolated: boolean;
}

async function trained({ settings: given, threads }: TrainingOrder): Promise<TrainedWeights> {
  const modules = new URL('../../build/', import.meta.url);
  const { backend, isFused } = await loadWasmBackend({ modules, threads });
  const settings = completeSettings(given);
  const { network } = await train({
    settings,
    dataset: datasetOf(settings),
    initial: initialNetworkOf(settings),
    backend,
  });
  const [U, V, W, mu] = [network.U, network.V, network.W, network.mu].map((x) => Array.from(x));
  const { instructionSet } = backend;
  const isIsolated = globalThis.crossOriginIsolated;
  return { U, V, W, mu, threads: backend.threads, instructionSet, isFused, isIsolated };
}

globalThis.onmessage = ({ data }: MessageEvent<TrainingOrder>) => {
  trained(data).then(
    (weights) => globalThis.postMessage({ weights }),
    (error: Error) => globalThis.postMessage({ error: `${error.name}: ${error.message}` }),
  );
};
