/** Workers of a cluster on a real PostgreSQL server, and what may happen to them. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PgBoss } from 'pg-boss';
import { findPostgres, startPostgres, type TestPostgres } from '../scripts/test-postgres.ts';
import { openStore, type Store, type SweepPlanRecord } from '../src/store/index.ts';
import { queueName, queueSchema } from '../src/sweep/cluster/run-queue.ts';
import { enqueueSweep } from '../src/sweep/index.ts';
import {
  endWorkers,
  hashesOf,
  plan,
  startSlurmTask,
  startWorker,
  until,
  untilCheckpoint,
  untilReady,
  type WorkerProcess,
} from './cluster-processes.ts';
import { inFolder, undertone } from './run-undertone.ts';

const skip = findPostgres() === null && 'PostgreSQL is not on this machine';
const options = { skip, concurrency: true };

/** Runs that take long enough for something to happen to them, and a handful that take no time. */
const long = (name: string, ...seeds: number[]) => plan(name, seeds, 150_000);
const short = plan('short', [...Array(40).keys()], 200, ['scan']);
/** Long enough to be in work at the next sign of life. */
const paused = plan('paused', [3], 500_000);
const often = ['--checkpoint-seconds', '0.5'];

suite('a cluster', options, () => {
  let server: TestPostgres;
  let expected: Map<string, string>;
  const stores: Store[] = [];
  before(async () => {
    server = await startPostgres();
    expected = await hashesOf([paused, long('long', 0, 1, 2), short]);
  });
  after(async () => {
    endWorkers();
    for (const store of stores) await store.close();
    await server.remove();
  });

  const open = async (on = server) => {
    const url = await on.createDatabase();
    const store = await openStore(url);
    stores.push(store);
    return { url, store };
  };
  const add = async (url: string, store: Store, sweep: SweepPlanRecord) => {
    const { id } = (await store.putSweep(sweep)).sweep;
    assert.equal(await enqueueSweep(store, url, id), sweep.runs.length);
    return id;
  };
  /** Every run is done, with the weights that one machine alone makes; returns the runs. */
  const assertSame = async (store: Store) => {
    const { runs, damaged } = await store.listRuns();
    assert.deepEqual(damaged, []);
    for (const run of runs) {
      assert.equal(run.status, 'done', `${run.name}: ${run.error}`);
      assert.equal(run.hash, expected.get(run.key), run.name);
      assert.equal((await store.series([run.id])).get(run.id)?.at(-1)?.step, run.settings.steps);
    }
    return runs;
  };
  const assertEnded = async (...workers: WorkerProcess[]) => {
    for (const worker of workers) assert.equal(await worker.ended, 0, worker.said());
  };

  test('four workers at once finish every run once, also one whose job was lost', async () => {
    const { url, store } = await open();
    // All of them find neither queue nor jobs.
    await store.putSweep(short);
    const workers = [
      startWorker(url, '--until-empty', '--json'),
      startWorker(url, '--until-empty'),
      startWorker(url, '--until-empty'),
      startSlurmTask(url),
    ];
    await assertEnded(...workers);
    const runs = await assertSame(store);
    assert.deepEqual([...new Set(runs.map(({ attempt }) => attempt))], [1]);
    for (const worker of workers) assert.doesNotMatch(worker.said(), /Trouble/);
    const { done, failed } = JSON.parse(workers[0].stdout()) as Record<string, number>;
    assert.equal(failed, 0);
    assert.equal(workers[0].said().match(/: done/g)?.length ?? 0, done);
  });

  test('a run goes on elsewhere within 30 seconds after kill −9 of its worker, the others meanwhile', async (t) => {
    const { url, store } = await open();
    const { runs: others } = long('others', 0, 1);
    await add(url, store, { ...paused, runs: [...paused.runs, ...others] });
    const victim = startWorker(url, ...often);
    const { id } = await untilCheckpoint(store, victim);
    const heirs = [startWorker(url, ...often), startWorker(url, ...often, '--until-empty')];
    for (const heir of heirs) await untilReady(heir);
    victim.child.kill('SIGKILL');
    const killed = performance.now();
    // A machine that is so busy that this test itself has to wait gets that much longer.
    let lag = 0;
    let looked = killed;
    const { step } = await until('somebody else has its run', async () => {
      lag = Math.max(lag, performance.now() - looked - 100);
      looked = performance.now();
      const { runs } = await store.listRuns();
      return runs.find((run) => run.id === id && run.attempt > 1) ?? null;
    });
    const seconds = (performance.now() - killed) / 1000;
    t.diagnostic(`in other hands after ${seconds.toFixed(1)} s; lag ${lag.toFixed(0)} ms`);
    assert.ok(seconds < 30 + (4 * lag) / 1000);
    assert.ok(step > 0, 'from its checkpoint');
    await assertEnded(heirs[1]);
    heirs[0].child.kill('SIGTERM');
    await assertEnded(heirs[0]);
    const runs = await assertSame(store);
    assert.deepEqual(runs.map(({ attempt }) => attempt).sort(), [1, 1, 2]);
    assert.match(heirs.map(({ said }) => said()).join(), /goes on at step [1-9]/);
  });

  test('a worker that was frozen and wakes again is refused', async () => {
    const { url, store } = await open();
    await add(url, store, long('frozen', 0));
    const sleeper = startWorker(url, ...often);
    await untilCheckpoint(store, sleeper);
    sleeper.child.kill('SIGSTOP');
    const other = startWorker(url, '--until-empty', ...often);
    await assertEnded(other);
    const [run] = await assertSame(store);
    assert.equal(run.attempt, 2);
    sleeper.child.kill('SIGCONT');
    await until('it notices', async () => /in other hands/.test(sleeper.said()) || null);
    sleeper.child.kill('SIGTERM');
    await assertEnded(sleeper);
    assert.deepEqual(await assertSame(store), [run]);
  });

  test('stopped by SIGTERM, a run is at hand for others within 10 seconds, and ends at the same bits', async () => {
    const { url, store } = await open();
    await add(url, store, long('stopped', 0));
    const first = startWorker(url, ...often);
    const seen = await untilCheckpoint(store, first);
    first.child.kill('SIGTERM');
    const asked = performance.now();
    await assertEnded(first);
    assert.ok(performance.now() - asked < 10_000);
    const { runs } = await store.listRuns();
    assert.equal(runs[0].status, 'stopped');
    assert.ok(runs[0].step >= seen.step);
    const second = startWorker(url, '--until-empty');
    await assertEnded(second);
    const [run] = await assertSame(store);
    assert.equal(run.attempt, 2);
    assert.match(second.said(), /goes on at step [1-9]/);
  });

  test('a run outlives by far the time that the queue gives a job', async () => {
    const { url, store } = await open();
    const boss = new PgBoss({
      connectionString: url,
      schema: queueSchema,
      superviseIntervalSeconds: 1,
      monitorIntervalSeconds: 1,
    });
    boss.on('error', () => {});
    await boss.start();
    await boss.createQueue(queueName, { policy: 'short', expireInSeconds: 1 });
    await add(url, store, long('longer', 0));
    const worker = startWorker(url, '--until-empty', ...often);
    await assertEnded(worker);
    const [queue] = await boss.getQueues([queueName]);
    assert.equal(queue.expireInSeconds, 1);
    await boss.stop({ graceful: false });
    const [run] = await assertSame(store);
    assert.equal(run.attempt, 1);
    assert.ok(run.seconds > 1);
  });

  test('a paused sweep lets go of its runs, and goes on when it is resumed', async () => {
    const { url, store } = await open();
    const id = await add(url, store, paused);
    const worker = startWorker(url);
    await until('it works', async () => (await store.owners()).length > 0 || null);
    await store.setSweepState(id, 'paused');
    await until('it lets go', async () => (await store.owners()).length === 0 || null);
    assert.equal(await enqueueSweep(store, url, id), 0);
    await sleep(2000);
    assert.deepEqual(await store.owners(), []);
    await store.setSweepState(id, 'active');
    assert.equal(await enqueueSweep(store, url, id), 1);
    await until(
      'it is done',
      async () => (await store.sweepStatus('paused')).counts.done === 1 || null,
    );
    worker.child.kill('SIGTERM');
    await assertEnded(worker);
    const [run] = await assertSame(store);
    assert.equal(run.attempt, 2);
  });

  test('a store that is a file is refused, a server that is away named', async () => {
    await inFolder(async (folder) => {
      const file = await undertone(folder, 'worker', '--store', 'runs.db');
      assert.equal(file.code, 2);
      assert.match(file.stderr, /undertone sweep/);
      const away = await undertone(
        folder,
        'worker',
        '--store',
        'postgres://me:secret@127.0.0.1:1/x',
      );
      assert.equal(away.code, 2);
      assert.match(away.stderr, /can't be opened/);
      assert.doesNotMatch(away.stderr, /secret/);
    });
  });

  suite('whose server goes away', () => {
    let own: TestPostgres;
    before(async () => {
      own = await startPostgres();
    });
    after(() => own.remove());

    test('workers wait for a restart, and stop within 10 seconds also while it is away', async () => {
      const { url, store } = await open(own);
      await add(url, store, long('restarted', 0, 1));
      const workers = [startWorker(url, '--until-empty', ...often), startWorker(url, ...often)];
      for (const worker of workers) await untilReady(worker);
      await until('a run is in work', async () => (await store.owners()).length > 0 || null);
      await own.stop('fast');
      await sleep(3000);
      await own.start();
      await assertEnded(workers[0]);
      const runs = await assertSame(store);
      assert.deepEqual(
        runs.map(({ attempt }) => attempt),
        [1, 1],
      );

      await add(url, store, long('away', 2));
      const { id } = await untilCheckpoint(store, workers[1]);
      await own.stop('immediate');
      workers[1].child.kill('SIGTERM');
      const asked = performance.now();
      assert.equal(await workers[1].ended, 1);
      assert.ok(performance.now() - asked < 10_000);
      assert.match(workers[1].said(), /1 could not be given back/);
      await own.start();
      await assertEnded(startWorker(url, '--until-empty', ...often));
      const last = (await assertSame(store)).find((run) => run.id === id);
      assert.equal(last?.attempt, 2);
    });
  });
});
