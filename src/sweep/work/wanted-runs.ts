import { readDataset, readText, writeDataset } from '../../format/index.ts';
import type { SweepPlanRecord } from '../../store/index.ts';
import type { SweepPlan } from '../plan/plan.ts';

/** A plan as a store takes it: rows of data set files are read, for other machines haven't the files. */
export function wantedRuns(plan: SweepPlan): SweepPlanRecord {
  const rows = new Map<string, string>();
  const rowsOf = (path: string, modulus: number) => {
    const name = `${modulus}:${path}`;
    const csv = rows.get(name) ?? writeDataset(readDataset(readText(path), modulus, path));
    rows.set(name, csv);
    return csv;
  };
  const { extract, keep, measureEvery } = plan;
  return {
    name: plan.name,
    filename: plan.filename,
    text: plan.source,
    runs: plan.runs.map(({ settings, axes }) => ({
      run: {
        settings,
        dataset: settings.dataset === null ? null : rowsOf(settings.dataset, settings.modulus),
        measureEvery,
        extract,
        keep,
      },
      axes,
    })),
  };
}
