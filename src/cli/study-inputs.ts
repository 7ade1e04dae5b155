import type { Extraction } from '../analysis/index.ts';
import { type Run, weightsHash } from '../format/index.ts';
import type { StudyInputs } from '../report/index.ts';
import { initialNetworkOf } from '../train/prepare.ts';
import { trainCommandLine } from './command-line.ts';

/** What a report needs to know of a run. */
export function studyInputs(name: string, run: Run, extraction: Extraction): StudyInputs {
  const { config, network, dataset, metrics, randomFeatures } = run;
  const { backend, versions } = config;
  return {
    name,
    settings: config.settings,
    environment: {
      backend: backend.name,
      instructionSet: backend.instructionSet,
      threads: backend.threads,
      ...versions,
    },
    command: trainCommandLine(config.settings),
    weightsHash: weightsHash(network),
    metrics,
    network,
    dataset,
    extraction,
    initial: initialNetworkOf(config.settings),
    randomFeatures,
  };
}
