/** Runs, plans and results for the tests of stores. */
import { completeSettings, type PartialSettings } from '../train/settings.ts';
import type { AttemptOf, Claim, RunResult, Store, SweepPlanRecord, WantedRun } from './port.ts';

export function wanted(given: PartialSettings): WantedRun {
  return {
    settings: completeSettings({ modulus: 11, width: 17, steps: 20, ...given }),
    dataset: null,
    measureEvery: null,
    extract: ['scan'],
    keep: 'weights',
  };
}

export function plan(name: string, runs: readonly PartialSettings[]): SweepPlanRecord {
  return {
    name,
    filename: `${name}.yaml`,
    text: `name: ${name}`,
    runs: runs.map((given) => ({ run: wanted(given), axes: { seed: given.seed } })),
  };
}

export const attempt = ({ run }: Claim): AttemptOf => ({ id: run.id, attempt: run.attempt });

export async function claimAll(
  store: Store,
  sweep: string,
  owner = 'me',
): Promise<readonly Claim[]> {
  return await store.claimNext((await store.findSweep(sweep)).id, 100, owner);
}

export async function finishAll(store: Store, sweep: string, count = 100): Promise<void> {
  const { id } = await store.findSweep(sweep);
  for (const { run } of await store.claimNext(id, count, 'me')) {
    await store.finish(run, resultOf(run.settings.seed));
  }
}

export const hashOf = (seed: number) => (seed + 10).toString(16).repeat(64).slice(0, 64);

export function resultOf(seed: number): RunResult {
  const row = (step: number) => ({
    step,
    loss: 0.25,
    cleanTrain: 0.1,
    noisyTrain: 0.2,
    noisyTrue: null,
    validation: 1 / 3,
    test: Math.min(1, seed),
  });
  return {
    hash: hashOf(seed),
    series: [0, 10, 20].map(row),
    model: new Uint8Array([seed, 1, 2, 255]),
    extracted: { 'raw.test': 0.125, 'scan.rule': 'c = a + b', 'scan.logits': null },
    made: { undertone: '1', node: '2', machine: 'm', backend: 'native', instructionSet: 'avx2' },
    seconds: 0.5,
  };
}
