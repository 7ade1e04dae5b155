/** Many networks of one kind as cells of a few seconds each, and what was measured on all of them. */
import type { PartialSettings } from '../train/settings.ts';
import { ensemble, type Outputs } from './cells/cell.ts';
import { type MeasurementName, type Measurements, measurementKey } from './measurements/index.ts';

export interface EnsembleOrder {
  readonly settings: PartialSettings & { readonly seed: number; readonly steps: number };
  readonly networks: number;
  readonly measure: readonly MeasurementName[];
  /** Steps at which to measure; default: the last alone. */
  readonly at?: readonly number[];
  /** Networks in one cell: what an interruption loses; default 25. */
  readonly together?: number;
}

export type EnsembleCells = readonly ReturnType<typeof ensemble>[];

export function ensembleCells({
  settings,
  networks,
  measure,
  at = [settings.steps],
  together = 25,
}: EnsembleOrder): EnsembleCells {
  const wanted = measure.flatMap((name) => at.map((step) => ({ name, step })));
  return Array.from({ length: Math.ceil(networks / together) }, (_, batch) => {
    const first = batch * together;
    const seed = settings.seed + first;
    return ensemble({ ...settings, seed }, Math.min(together, networks - first), wanted);
  });
}

/** A measurement on all networks in the order of their seeds; `step` defaults to the last. */
export function measuredInAll<Name extends MeasurementName>(
  outputs: Outputs,
  cells: EnsembleCells,
  name: Name,
  step?: number,
): Measurements[Name][] {
  return cells.flatMap((cell) => {
    const key = measurementKey({ name, step: step ?? cell.settings.steps });
    return outputs.of(cell).networks.map((found) => {
      if (!Object.hasOwn(found, key)) throw new Error(`${key} of ${cell.key} was not asked`);
      return found[key] as Measurements[Name];
    });
  });
}
