import { Hono } from 'hono';
import { parseSweep, type SweepPlan, wantedRuns } from '../sweep/index.ts';
import { demandType } from './answers.ts';
import { axesJson, sweepJson, sweepRunJson } from './json.ts';
import type { Runner } from './runner.ts';
import type { StoreKeeper } from './store-keeper.ts';
import type { AxisJson, PlanJson, SweepDetailJson, SweepJson } from './wire.ts';

const filename = 'sweep.yaml';
const read = (text: string): SweepPlan => parseSweep(text, filename, { files: false });

export function sweepsApi(keeper: StoreKeeper, runner: Runner, changed: () => void): Hono {
  const api = new Hono();
  const status = (name: string): Promise<SweepJson> =>
    keeper.use(async (store) => {
      const sweep = await store.sweepStatus(name);
      return sweepJson(sweep, runner.workOn(sweep.id));
    });

  api.get('/', async (context) => {
    const sweeps = await keeper.use((store) => store.listSweeps());
    return context.json(sweeps.map((sweep) => sweepJson(sweep, runner.workOn(sweep.id))));
  });

  api.post('/', async (context) => {
    demandType(context, /^application\/yaml\s*(;|$)/i, 'application/yaml');
    const plan = read(await context.req.text());
    const { sweep } = await keeper.use(async (store) => {
      const put = await store.putSweep(wantedRuns(plan));
      if (put.sweep.state !== 'active') await store.setSweepState(put.sweep.id, 'active');
      return put;
    });
    runner.start(sweep);
    changed();
    return context.json(await status(plan.name), 201);
  });

  api.get('/:name', async (context) => {
    const detail = await keeper.use(async (store): Promise<SweepDetailJson> => {
      const sweep = await store.sweepStatus(context.req.param('name'));
      const { runs, damaged } = await store.sweepRuns(sweep.id);
      return {
        ...sweepJson(sweep, runner.workOn(sweep.id)),
        text: sweep.text,
        axes: axesJson(runs),
        runs: runs.map(sweepRunJson),
        damaged,
      };
    });
    return context.json(detail);
  });

  /** What each verb does; `start` and `retry` also work on it here, `resume` lets others. */
  const verbs = ['start', 'retry', 'resume', 'pause', 'cancel'] as const;
  for (const verb of verbs) {
    api.post(`/:name/${verb}`, async (context) => {
      const name = context.req.param('name') as string;
      const sweep = await keeper.use((store) => store.findSweep(name));
      // Runs that are given back before the sweep is cancelled are stopped with the others.
      if (verb === 'pause' || verb === 'cancel') await runner.stop(sweep.id);
      await keeper.use(async (store) => {
        const state = verb === 'pause' ? 'paused' : verb === 'cancel' ? 'cancelled' : 'active';
        await store.setSweepState(sweep.id, state);
        if (verb === 'retry') await store.requeue(sweep.id, 'failed');
      });
      if (verb === 'start' || verb === 'retry') runner.start(sweep);
      changed();
      return context.json(await status(name));
    });
  }
  return api;
}

/** `POST /api/plan`: what a sweep's text stands for, without putting it anywhere; `?estimate=true`: how long it takes. */
export function planApi(keeper: StoreKeeper, runner: Runner): Hono {
  return new Hono().post('/', async (context) => {
    demandType(context, /^application\/yaml\s*(;|$)/i, 'application/yaml');
    const plan = read(await context.req.text());
    const { name, runs, axes, extract, notices } = plan;
    const sweeps = await keeper.use((store) => store.listSweeps());
    const estimate =
      context.req.query('estimate') === 'true'
        ? await runner.estimate(runs.map(({ settings }) => settings))
        : null;
    const exists = sweeps.some((sweep) => sweep.name === name);
    return context.json({
      name,
      runs: runs.length,
      axes: axes as readonly AxisJson[],
      ...{ extract, notices, exists, estimate },
    } satisfies PlanJson);
  });
}
