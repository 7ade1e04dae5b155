/** Runs that were started one by one stand in a sweep called "lab": so they are kept, stopped and resumed like all others. */
import type { RunRecord, Store, SweepMember, SweepRecord } from '../store/index.ts';
import { runKey } from '../store/index.ts';
import type { Settings } from '../train/settings.ts';

const labName = 'lab';
/** Two requests at once would each write the list without the other's run. */
let last: Promise<unknown> = Promise.resolve();

export function addLabRun(
  store: Store,
  settings: Settings,
): Promise<{ sweep: SweepRecord; run: RunRecord }> {
  const added = last.then(() => add(store, settings));
  last = added.catch(() => {});
  return added;
}

async function add(store: Store, settings: Settings) {
  const known = (await store.listSweeps()).find(({ name }) => name === labName);
  const members: SweepMember[] = [];
  if (known !== undefined) {
    for (const { run } of (await store.sweepRuns(known.id)).runs) {
      const dataset = run.datasetHash === null ? null : await store.dataset(run.datasetHash);
      const { settings: before, measureEvery, extract, keep } = run;
      members.push({ run: { settings: before, dataset, measureEvery, extract, keep }, axes: {} });
    }
  }
  const wanted = {
    settings,
    dataset: null,
    measureEvery: null,
    extract: ['scan'],
    keep: 'weights',
  } as const;
  const key = runKey(wanted);
  const others = members.filter(({ run }) => runKey(run) !== key);
  const runs = [...others, { run: wanted, axes: {} }];
  const { sweep } = await store.putSweep({
    name: labName,
    filename: 'the page',
    text: `# Runs that were started one by one\nname: ${labName}\nlist:\n${runs.map(({ run }) => `  - ${JSON.stringify(run.settings)}\n`).join('')}`,
    runs,
  });
  // Not known to be new: a run that failed is tried again.
  if (sweep.state !== 'active') await store.setSweepState(sweep.id, 'active');
  return { sweep, run: await store.findRun(key) };
}
