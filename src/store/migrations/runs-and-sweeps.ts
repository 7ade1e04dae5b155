import type { Kysely } from 'kysely';
import type { ColumnTypes } from '../dialect.ts';
import type { StoreMigration } from './migration.ts';

export const runsAndSweeps: StoreMigration = { name: '0001-runs-and-sweeps', up };

async function up(db: Kysely<never>, types: ColumnTypes): Promise<void> {
  const create = (name: string) => db.schema.createTable(name);
  const id = (name: string) => {
    const table = create(name);
    return types.id === 'serial'
      ? table.addColumn('id', 'serial', (column) => column.primaryKey())
      : table.addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement());
  };
  await id('runs')
    .addColumn('key', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('settings', types.json, (column) => column.notNull())
    .addColumn('dataset', 'text')
    .addColumn('measure_every', 'integer')
    .addColumn('extract', types.json, (column) => column.notNull())
    .addColumn('keep', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('owner', 'text')
    .addColumn('heartbeat', types.time)
    .addColumn('step', 'integer', (column) => column.notNull())
    .addColumn('seconds', types.real, (column) => column.notNull())
    .addColumn('created', types.time, (column) => column.notNull())
    .addColumn('started', types.time)
    .addColumn('finished', types.time)
    .addColumn('hash', 'text')
    .addColumn('metrics', types.json)
    .addColumn('extracted', types.json)
    .addColumn('error', 'text')
    .addColumn('made', types.json)
    .addColumn('note', 'text', (column) => column.notNull())
    .addColumn('archived', 'integer', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('runs_by_status').on('runs').columns(['status']).execute();
  await db.schema.createIndex('runs_by_created').on('runs').columns(['created']).execute();

  const ofRun = (name: string) =>
    create(name).addColumn('run_id', 'integer', (column) =>
      column.notNull().references('runs.id').onDelete('cascade'),
    );
  const metricRows = ofRun('metric_rows')
    .addColumn('step', 'integer', (column) => column.notNull())
    .addColumn('loss', types.real)
    .addColumn('clean_train', types.real)
    .addColumn('noisy_train', types.real)
    .addColumn('noisy_true', types.real)
    .addColumn('validation', types.real)
    .addColumn('test', types.real)
    .addPrimaryKeyConstraint('metric_rows_key', ['run_id', 'step']);
  await (types.clustered === null ? metricRows : metricRows.modifyEnd(types.clustered)).execute();
  await ofRun('artifacts')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('bytes', types.bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('artifacts_key', ['run_id', 'kind'])
    .execute();
  await ofRun('tags')
    .addColumn('tag', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('tags_key', ['run_id', 'tag'])
    .execute();
  await create('datasets')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('csv', 'text', (column) => column.notNull())
    .execute();

  await id('sweeps')
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('filename', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('created', types.time, (column) => column.notNull())
    .addColumn('updated', types.time, (column) => column.notNull())
    .execute();
  await ofRun('sweep_runs')
    .addColumn('sweep_id', 'integer', (column) =>
      column.notNull().references('sweeps.id').onDelete('cascade'),
    )
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('axes', types.json, (column) => column.notNull())
    .addPrimaryKeyConstraint('sweep_runs_key', ['sweep_id', 'position'])
    .addUniqueConstraint('sweep_runs_once', ['sweep_id', 'run_id'])
    .execute();
  await db.schema.createIndex('sweep_runs_by_run').on('sweep_runs').columns(['run_id']).execute();
}
