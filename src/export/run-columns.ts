/** What the tables of an export hold: one row a run, and one a run and step. */
import type { FinalMetrics, RunRecord, SweepRun } from '../store/index.ts';
import { settingKinds, settingNames } from '../train/setting-kinds.ts';
import type { Column, ColumnType } from './column.ts';

/** A run, with the settings that vary in its sweep where one is exported. */
export type ExportedRun = Pick<SweepRun, 'run'> & { readonly axes: SweepRun['axes'] | null };

/** A measurement of a run. */
export interface ExportedPoint {
  readonly run: string;
  readonly row: FinalMetrics;
}

const ofRun = (
  name: string,
  type: ColumnType,
  value: (run: RunRecord) => number | boolean | string | null,
): Column<ExportedRun> => ({ name, type, value: ({ run }) => value(run) });

/** The setting `loss` goes by another name: `loss` is the number at the end. */
const settingColumns = settingNames.map((setting) => {
  const { type } = settingKinds[setting];
  return ofRun(
    setting === 'loss' ? 'lossFunction' : setting,
    type === 'choice' ? 'text' : type,
    ({ settings }) => settings[setting],
  );
});

const accuracyNames = ['cleanTrain', 'noisyTrain', 'noisyTrue', 'validation', 'test'] as const;

const metricColumns = [
  ofRun('loss', 'number', ({ metrics }) => metrics?.loss ?? null),
  ...accuracyNames.map((name) => ofRun(name, 'number', ({ metrics }) => metrics?.[name] ?? null)),
];

/** The columns of these runs; what was taken out of weights has those that any of them has. */
export function runColumns(runs: readonly ExportedRun[]): readonly Column<ExportedRun>[] {
  const isSweep = runs.some(({ axes }) => axes !== null);
  return [
    ofRun('name', 'text', ({ name }) => name),
    ofRun('status', 'text', ({ status }) => status),
    ...settingColumns,
    ...(isSweep
      ? [
          {
            name: 'axes',
            type: 'text',
            value: ({ axes }) => JSON.stringify(axes ?? {}),
          } satisfies Column<ExportedRun>,
        ]
      : []),
    ofRun('step', 'integer', ({ step }) => step),
    ...metricColumns,
    ...extractedColumns(runs),
    ofRun('hash', 'text', ({ hash }) => hash),
    ofRun('key', 'text', ({ key }) => key),
    ofRun('datasetHash', 'text', ({ datasetHash }) => datasetHash),
    ofRun('seconds', 'number', ({ seconds }) => seconds),
    ofRun('created', 'time', ({ created }) => created),
    ofRun('started', 'time', ({ started }) => started),
    ofRun('finished', 'time', ({ finished }) => finished),
    ofRun('error', 'text', ({ error }) => error),
    ofRun('tags', 'text', ({ tags }) => tags.join(',')),
    ofRun('note', 'text', ({ note }) => note),
    ofRun('archived', 'boolean', ({ archived }) => archived),
    ...(['undertone', 'node', 'machine', 'backend', 'instructionSet'] as const).map((name) =>
      ofRun(name, 'text', ({ made }) => made?.[name] ?? null),
    ),
  ];
}

/** A column of which any run has a text is one of texts. */
function extractedColumns(runs: readonly ExportedRun[]): Column<ExportedRun>[] {
  const types = new Map<string, ColumnType>();
  for (const { run } of runs) {
    for (const [name, value] of Object.entries(run.extracted ?? {})) {
      if (typeof value === 'string') types.set(name, 'text');
      else if (!types.has(name)) types.set(name, 'number');
    }
  }
  return [...types].map(([name, type]) =>
    ofRun(name, type, ({ extracted }) => {
      const value = extracted?.[name] ?? null;
      return type === 'text' && value !== null ? String(value) : value;
    }),
  );
}

export const pointColumns: readonly Column<ExportedPoint>[] = [
  { name: 'run', type: 'text', value: ({ run }) => run },
  { name: 'step', type: 'integer', value: ({ row }) => row.step },
  { name: 'loss', type: 'number', value: ({ row }) => row.loss },
  ...accuracyNames.map(
    (name): Column<ExportedPoint> => ({ name, type: 'number', value: ({ row }) => row[name] }),
  ),
];

export interface ExportedWeights {
  readonly run: ExportedRun;
  readonly file: string;
  readonly bytes: number;
}

/** The index of files of weights: which run each is, with its settings. */
export const weightsColumns: readonly Column<ExportedWeights>[] = [
  { name: 'name', type: 'text', value: ({ run }) => run.run.name },
  { name: 'file', type: 'text', value: ({ file }) => file },
  { name: 'bytes', type: 'integer', value: ({ bytes }) => bytes },
  { name: 'hash', type: 'text', value: ({ run }) => run.run.hash },
  ...settingColumns.map(
    ({ name, type, value }): Column<ExportedWeights> => ({
      name,
      type,
      value: ({ run }) => value(run),
    }),
  ),
];
