import process from 'node:process';
import type { Settings } from '../train/settings.ts';
import { version } from '../version.ts';
import type { RunConfig } from './run-directory.ts';

/** What config.json says of a run that this program makes now. */
export function runConfig(
  settings: Settings,
  { name, instructionSet, threads }: RunConfig['backend'],
  measureEvery: number | null = null,
): RunConfig {
  return {
    settings,
    versions: { undertone: version, node: process.versions.node },
    backend: { name, instructionSet, threads },
    ...(measureEvery === null ? {} : { measureEvery }),
  };
}
