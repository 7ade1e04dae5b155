import { cpus } from 'node:os';
import {
  type Run,
  settingsAsMetadata,
  weightsHash,
  writeDataset,
  writeModel,
} from '../format/index.ts';
import { notice } from './terminal.ts';

/** Puts a finished run directory's run into a store; one that it has already stays as it is. */
export async function keepInStore(place: string, run: Run, seconds: number): Promise<void> {
  // The database's packages are loaded only where they are needed.
  const { openStore } = await import('../store/index.ts');
  const { config, network, dataset, metrics } = run;
  const { settings, versions, backend, measureEvery } = config;
  const store = await openStore(place, { onBackup: notice });
  try {
    const { name } = await store.importRun(
      {
        settings,
        dataset: settings.dataset === null ? null : writeDataset(dataset),
        measureEvery: measureEvery ?? null,
        extract: [],
        keep: 'weights',
      },
      {
        hash: weightsHash(network),
        series: metrics,
        model: writeModel(network, settingsAsMetadata(settings)),
        extracted: {},
        made: {
          undertone: versions.undertone ?? 'unknown',
          node: versions.node ?? 'unknown',
          machine: cpus()[0]?.model.trim() ?? 'unknown',
          backend: backend.name,
          instructionSet: backend.instructionSet,
        },
        seconds,
      },
    );
    notice(`Kept as ${name} in ${store.place}.`);
  } finally {
    await store.close();
  }
}
