/** The tables of a store, as both databases keep them. Times are milliseconds since 1970; JSON is text. */
import type { Generated } from 'kysely';

export interface RunsTable {
  id: Generated<number>;
  /** Hash of what decides the weights: settings and data (`runKey`). */
  key: string;
  name: string;
  status: string;
  settings: string;
  /** Hash of the rows in `datasets` that the run trains on; null: the settings describe them. */
  dataset: string | null;
  measure_every: number | null;
  /** JSON list: what is taken out of the final weights. */
  extract: string;
  keep: string;
  /** Counts up with every claim; a write names the attempt it belongs to. */
  attempt: number;
  owner: string | null;
  heartbeat: number | null;
  /** Steps taken, as far as the store knows. */
  step: number;
  /** Computing time of all attempts. */
  seconds: number;
  created: number;
  started: number | null;
  finished: number | null;
  hash: string | null;
  /** JSON: the last row of metrics. */
  metrics: string | null;
  /** JSON: name → number, text or null. */
  extracted: string | null;
  error: string | null;
  /** JSON: versions, machine, backend. */
  made: string | null;
  note: string;
  archived: number;
}

interface MetricRowsTable {
  run_id: number;
  step: number;
  loss: number | null;
  clean_train: number | null;
  noisy_train: number | null;
  noisy_true: number | null;
  validation: number | null;
  test: number | null;
}

interface ArtifactsTable {
  run_id: number;
  kind: string;
  sha256: string;
  bytes: Uint8Array;
}

interface DatasetsTable {
  hash: string;
  csv: string;
}

interface SweepsTable {
  id: Generated<number>;
  name: string;
  filename: string;
  text: string;
  state: string;
  created: number;
  updated: number;
}

interface SweepRunsTable {
  sweep_id: number;
  position: number;
  run_id: number;
  /** JSON: the values of the settings that vary. */
  axes: string;
}

interface TagsTable {
  run_id: number;
  tag: string;
}

export interface Tables {
  runs: RunsTable;
  metric_rows: MetricRowsTable;
  artifacts: ArtifactsTable;
  datasets: DatasetsTable;
  sweeps: SweepsTable;
  sweep_runs: SweepRunsTable;
  tags: TagsTable;
}
