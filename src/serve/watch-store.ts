/** Tells listeners what changes in the store, whoever changes it: a look about once a second, while somebody listens. */

import { parseFilter, type RunRecord, type Store } from '../store/index.ts';
import type { EventHub } from './event-hub.ts';
import { runJson, sweepJson } from './json.ts';
import type { Runner } from './runner.ts';
import type { StoreKeeper } from './store-keeper.ts';

export interface StoreWatch {
  /** Looks soon, for something has happened here. */
  hurry(): void;
  close(): Promise<void>;
}

/** Of the runs that ended last, so many are looked at; where all of them are news, the page loads again. */
const newest = 100;
const soon = 150;

export function watchStore(
  keeper: StoreKeeper,
  hub: EventHub,
  runner: Runner,
  every = 1000,
): StoreWatch {
  const running = parseFilter('status=running');
  const failed = parseFilter('status=failed');
  let known: Map<number, string> | null = null;
  let sweeps = '';
  let total = -1;
  let closed = false;
  let timer: NodeJS.Timeout;
  let due = 0;
  let looking: Promise<void> = Promise.resolve();

  const fetchState = async (store: Store) => {
    const list = await store.listSweeps();
    const now = await store.listRuns({ filter: running, limit: 1000, sort: 'name' });
    const ended = await store.listRuns({ sort: 'finished', descending: true, limit: newest });
    const broken = await store.listRuns({
      filter: failed,
      sort: 'created',
      descending: true,
      limit: newest,
    });
    return { list, now, ended, broken };
  };

  const look = async () => {
    if (hub.size() === 0) {
      known = null;
      return;
    }
    const { list, now, ended, broken } = await keeper.use(fetchState);
    const state = list.map((sweep) => sweepJson(sweep, runner.workOn(sweep.id)));
    const text = JSON.stringify(state);
    if (text !== sweeps) hub.publish('sweeps', state);
    sweeps = text;

    const seen = new Map<number, RunRecord>();
    for (const run of [...ended.runs, ...broken.runs, ...now.runs]) seen.set(run.id, run);
    const prints = new Map([...seen].map(([id, run]) => [id, fingerprint(run)]));
    const before = known;
    const isMore = total >= 0 && ended.total !== total;
    known = prints;
    total = ended.total;
    if (before === null) return;
    const changed = [...seen.values()].filter((run) => before.get(run.id) !== prints.get(run.id));
    // Runs that were running and are in no list any more wait again.
    const left = [...before].some(([id, print]) => !prints.has(id) && print.startsWith('running'));
    const overflow =
      ended.runs.length === newest && ended.runs.every((run) => changed.includes(run));
    if (isMore || left || overflow) hub.publish('reload', null);
    else if (changed.length > 0) hub.publish('runs', changed.map(runJson));
  };

  const plan = (milliseconds: number) => {
    clearTimeout(timer);
    if (closed) return;
    due = performance.now() + milliseconds;
    timer = setTimeout(() => {
      // What goes wrong the keeper tells.
      looking = look()
        .catch(() => {})
        .finally(() => plan(every));
    }, milliseconds);
    timer.unref();
  };
  plan(every);
  return {
    hurry() {
      if (due - performance.now() > soon) plan(soon);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

function fingerprint({
  status,
  step,
  attempt,
  seconds,
  hash,
  error,
  extracted,
  tags,
  note,
}: RunRecord): string {
  return `${status} ${step} ${attempt} ${seconds} ${hash} ${error} ${Object.keys(extracted ?? {}).length} ${tags.join()} ${note}`;
}
