import process from 'node:process';
import type { Settings } from '../train/settings.ts';
import { version } from '../version.ts';
import type { RunConfig } from './run-directory.ts';

/** What config.json says of a run that this program makes now. */
export function runConfig(
  settings: Settings,
  { name, instructionSet, threads }: RunConfig['backend'],
  measured: Partial<Pick<RunConfig, 'measureEvery' | 'track'>> = {},
): RunConfig {
  const { measureEvery, track } = measured;
  return {
    settings,
    versions: { undertone: version, node: process.versions.node },
    backend: { name, instructionSet, threads },
    ...(measureEvery === undefined ? {} : { measureEvery }),
    ...(track === undefined ? {} : { track }),
  };
}
