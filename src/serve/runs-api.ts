import { Hono } from 'hono';
import { InputError } from '../errors.ts';
import { writeDataset } from '../format/index.ts';
import { parseFilter, type RunQuery, type RunRecord, type Store } from '../store/index.ts';
import { completeSettings, datasetOf, operationOf, type PartialSettings } from '../train/index.ts';
import { count, jsonBody, NotFoundError } from './answers.ts';
import { metricsJson, runDetailJson, runJson } from './json.ts';
import { addLabRun } from './lab-sweep.ts';
import type { Runner } from './runner.ts';
import type { StoreKeeper } from './store-keeper.ts';
import type { RunListJson, SeriesJson } from './wire.ts';

const sorts = ['created', 'name', 'seconds', 'test', 'finished'] as const;
/** Curves at once. */
const mostSeries = 100;

export function runsApi(keeper: StoreKeeper, runner: Runner, changed: () => void): Hono {
  const api = new Hono();
  const find = (name: string) => keeper.use((store) => store.findRun(name));

  api.get('/', async (context) => {
    const sort = context.req.query('sort') ?? 'created';
    if (!(sorts as readonly string[]).includes(sort)) {
      throw new InputError(`Expected sort to be one of ${sorts.join(', ')}.`);
    }
    const query: RunQuery = {
      filter: parseFilter((context.req.query('filter') ?? '').slice(0, 10_000)),
      archived: context.req.query('archived') === 'true',
      sort: sort as (typeof sorts)[number],
      descending: context.req.query('order') !== 'ascending',
      limit: count(context, 'limit', 200, 1000),
      offset: count(context, 'offset', 0, 1e8),
    };
    const { runs, total, damaged } = await keeper.use((store) => store.listRuns(query));
    return context.json({ runs: runs.map(runJson), total, damaged } satisfies RunListJson);
  });

  api.post('/', async (context) => {
    const given = await jsonBody(context);
    const settings = completeSettings(given as PartialSettings);
    if (settings.dataset !== null) {
      throw new InputError(
        'A run from the page can’t name a file of this machine: expected no dataset.',
      );
    }
    // Says what is wrong with the task before anything is kept.
    if (operationOf(settings) === null) throw new InputError('Expected a task.');
    const { sweep, run } = await keeper.use((store) => addLabRun(store, settings));
    runner.start(sweep);
    changed();
    return context.json(runDetailJson(run), 201);
  });

  api.get('/:name', async (context) =>
    context.json(runDetailJson(await find(context.req.param('name')))),
  );

  api.get('/:name/series', async (context) => {
    const run = await find(context.req.param('name'));
    const [series] = await keeper.use((store) => seriesJson(store, [run]));
    return context.json(series);
  });

  api.get('/:name/model', async (context) => {
    const run = await find(context.req.param('name'));
    const bytes = await keeper.use((store) => store.artifact(run.id, 'model'));
    if (bytes === null) {
      throw new NotFoundError(
        run.status === 'done'
          ? `The weights of ${run.name} were not kept (keep: metrics).`
          : `${run.name} has no weights yet: it is ${run.status}.`,
      );
    }
    return context.body(Uint8Array.from(bytes), 200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${run.name}.safetensors"`,
    });
  });

  api.get('/:name/dataset', async (context) => {
    const run = await find(context.req.param('name'));
    const { datasetHash: hash } = run;
    const csv =
      hash === null
        ? writeDataset(datasetOf(run.settings))
        : await keeper.use((store) => store.dataset(hash));
    if (csv === null) throw new NotFoundError(`The rows of ${run.name} are not in the store.`);
    return context.body(csv, 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${run.name}.csv"`,
    });
  });
  return api;
}

/** `GET /api/series?runs=a,b`: in the order asked for. */
export function seriesApi(keeper: StoreKeeper): Hono {
  return new Hono().get('/', async (context) => {
    const names = (context.req.query('runs') ?? '').split(',').filter((name) => name !== '');
    if (names.length > mostSeries) {
      throw new InputError(`Expected at most ${mostSeries} runs, got ${names.length}.`);
    }
    const series = await keeper.use(async (store) => {
      const runs: RunRecord[] = [];
      for (const name of names) runs.push(await store.findRun(name));
      return await seriesJson(store, runs);
    });
    return context.json(series);
  });
}

async function seriesJson(store: Store, runs: readonly RunRecord[]): Promise<SeriesJson[]> {
  const series = await store.series(runs.map(({ id }) => id));
  return runs.map(({ id, name }) => ({
    run: name,
    rows: (series.get(id) ?? []).map(metricsJson),
  }));
}
