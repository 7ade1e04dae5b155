/** A small sweep in a store, really run: widths × noise × seeds, and one run that fails. */
import { openStore, type WantedRun } from '../src/store/index.ts';
import { openWorkerPool } from '../src/sweep/index.ts';
import { runSweep } from '../src/sweep/work/run-sweep.ts';
import { completeSettings, type PartialSettings } from '../src/train/settings.ts';

const studyAxes = { width: [9, 33], noiseRatio: [0, 0.5], seed: [0, 1] } as const;
/** Of the runs above; one more fails. */
export const studyRuns = 8;
export const studySteps = 40;

export async function storeStudy(place: string, name = 'small'): Promise<void> {
  const member = (axes: PartialSettings) => {
    const settings = completeSettings({ modulus: 11, steps: studySteps, ...axes });
    const run: WantedRun = {
      settings,
      dataset: null,
      measureEvery: 10,
      extract: ['triad-filtration', 'scan'],
      keep: 'weights',
    };
    return { run, axes: axes as Record<string, unknown> };
  };
  const { width, noiseRatio, seed } = studyAxes;
  const runs = width.flatMap((m) =>
    noiseRatio.flatMap((alpha) =>
      seed.map((s) => member({ width: m, noiseRatio: alpha, seed: s })),
    ),
  );
  // There is no xor of 11 tokens.
  runs.push(member({ task: 'xor', width: 9, noiseRatio: 0, seed: 0 }));
  const store = await openStore(place);
  const pool = openWorkerPool({ workers: 1 });
  try {
    const { sweep } = await store.putSweep({ name, filename: `${name}.yaml`, text: '', runs });
    await runSweep({ store, sweepId: sweep.id, pool, signal: new AbortController().signal });
  } finally {
    await pool.close();
    await store.close();
  }
}
