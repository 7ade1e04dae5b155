import type { Extraction } from '../analysis/index.ts';
import { type Run, weightsHash } from '../format/index.ts';
import type { StudyInputs } from '../report/index.ts';
import { trainCommandLine } from '../train/command-line.ts';
import { initialNetworkOf } from '../train/prepare.ts';

/** What a report needs to know of a run. */
export function studyInputs(name: string, run: Run, extraction: Extraction): StudyInputs {
  const { config, network, dataset, metrics, randomFeatures } = run;
  const { settings, backend, versions } = config;
  const taken = metrics.at(-1)?.step ?? settings.steps;
  const isStopped = taken < settings.steps;
  return {
    name,
    settings,
    environment: {
      backend: backend.name,
      instructionSet: backend.instructionSet,
      threads: backend.threads,
      ...versions,
      ...(isStopped ? { 'stopped at step': taken } : {}),
    },
    // A schedule is laid out over all steps, so a shorter run would not end at these weights.
    command:
      isStopped && settings.schedule !== 'constant'
        ? null
        : trainCommandLine({ ...settings, steps: taken }, config),
    weightsHash: weightsHash(network),
    metrics,
    network,
    dataset,
    extraction,
    initial: initialNetworkOf(settings),
    randomFeatures,
  };
}
