/** A run of a store as a run directory would hold it. */
import { InputError } from '../errors.ts';
import { type Run, readDataset, readModel } from '../format/index.ts';
import type { RunRecord, Store } from '../store/index.ts';
import type { Dataset } from '../task/dataset.ts';
import { datasetOf } from '../train/prepare.ts';

/** @throws InputError for a run that isn't done, or whose weights weren't kept. */
export async function storedRun(store: Store, run: RunRecord): Promise<Run> {
  const { name, settings, made } = run;
  if (run.status !== 'done' || made === null) {
    throw new InputError(`The run ${name} is not done (${run.status}); it has no weights yet.`);
  }
  const bytes = await store.artifact(run.id, 'model');
  if (bytes === null) {
    throw new InputError(
      `Of the run ${name} only metrics were kept, no weights; make it again with the command of: npx undertone runs show ${name}`,
    );
  }
  return {
    config: {
      settings,
      versions: { undertone: made.undertone, node: made.node },
      // A run of a sweep has a thread to itself.
      backend: { name: made.backend, instructionSet: made.instructionSet, threads: 1 },
      ...(run.measureEvery === null ? {} : { measureEvery: run.measureEvery }),
    },
    network: readModel(bytes, `the weights of ${name} in the store`).network,
    dataset: await datasetOfRun(store, run),
    metrics: (await store.series([run.id])).get(run.id) ?? [],
    randomFeatures: null,
  };
}

async function datasetOfRun(
  store: Store,
  { name, settings, datasetHash }: RunRecord,
): Promise<Dataset> {
  if (datasetHash === null) return datasetOf(settings);
  const csv = await store.dataset(datasetHash);
  if (csv === null) throw new InputError(`The rows of the run ${name} are not in the store.`);
  return readDataset(csv, settings.modulus, `the rows of ${name} in the store`);
}
