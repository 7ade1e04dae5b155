/** Requests to the lab's server. */
import type {
  ErrorJson,
  InfoJson,
  PlanJson,
  RunDetailJson,
  RunJson,
  RunListJson,
  SeriesJson,
  SweepDetailJson,
  SweepJson,
} from 'undertone/serve';
import type { PartialSettings } from 'undertone/train';

export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly problems: NonNullable<ErrorJson['problems']>;
  constructor(status: number, { error, problems = [] }: ErrorJson) {
    super(error);
    this.status = status;
    this.problems = problems;
  }
}

async function ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`./api/${path}`, init);
  } catch {
    throw new ApiError(0, { error: 'The server doesn’t answer; is it still running?' });
  }
  if (response.ok) return (await response.json()) as Answer;
  const body = (await response.json().catch(() => null)) as ErrorJson | null;
  throw new ApiError(response.status, body ?? { error: `The server answered ${response.status}.` });
}

const post = (type: string, body: string): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': type },
  body,
});
const name = encodeURIComponent;

export interface RunsQuery {
  readonly filter: string;
  readonly sort: string;
  readonly order: 'ascending' | 'descending';
  readonly limit: number;
}

export const api = {
  info: () => ask<InfoJson>('info'),
  admit: (token: string) => ask('session', post('application/json', JSON.stringify({ token }))),
  runs: (query: RunsQuery, signal: AbortSignal) =>
    ask<RunListJson>(`runs?${new URLSearchParams({ ...query, limit: String(query.limit) })}`, {
      signal,
    }),
  /** These runs in this order, archived ones as well. @throws ApiError where one isn't there. */
  async runsNamed(names: readonly string[]): Promise<RunJson[]> {
    if (names.length === 0) return [];
    const query = { filter: `name=${names.map((one) => JSON.stringify(one)).join(',')}` };
    const { runs } = await ask<RunListJson>(
      `runs?${new URLSearchParams({ ...query, archived: 'true', limit: '1000' })}`,
    );
    const known = new Map(runs.map((run) => [run.name, run]));
    return names.map((one) => {
      const run = known.get(one);
      if (run === undefined) throw new ApiError(404, { error: `There is no run ${one} here.` });
      return run;
    });
  },
  run: (run: string) => ask<RunDetailJson>(`runs/${name(run)}`),
  series: (runs: readonly string[]) => ask<SeriesJson[]>(`series?runs=${runs.map(name).join(',')}`),
  train: (settings: PartialSettings) =>
    ask<RunDetailJson>('runs', post('application/json', JSON.stringify(settings))),
  sweeps: () => ask<SweepJson[]>('sweeps'),
  sweep: (sweep: string) => ask<SweepDetailJson>(`sweeps/${name(sweep)}`),
  start: (text: string) => ask<SweepJson>('sweeps', post('application/yaml', text)),
  change: (sweep: string, verb: 'start' | 'retry' | 'resume' | 'pause' | 'cancel') =>
    ask<SweepJson>(`sweeps/${name(sweep)}/${verb}`, { method: 'POST' }),
  plan: (text: string, estimate: boolean) =>
    ask<PlanJson>(`plan${estimate ? '?estimate=true' : ''}`, post('application/yaml', text)),
  modelAddress: (run: string) => `./api/runs/${name(run)}/model`,
  rowsAddress: (run: string) => `./api/runs/${name(run)}/dataset`,
} as const;
