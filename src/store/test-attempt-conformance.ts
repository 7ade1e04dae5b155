/** What every store must do for those who work on runs: claims, signs of life, fences, results. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openStore } from './open-store.ts';
import {
  type Claim,
  heartbeatLimit,
  StaleAttemptError,
  type Store,
  type WantedRun,
} from './port.ts';
import type { StorePlaces } from './test-conformance.ts';
import { attempt, claimAll, finishAll, plan, resultOf, wanted } from './test-runs.ts';

export function attemptSuite({ fresh: place, execute, settled }: StorePlaces): void {
  const stores: Store[] = [];
  const open = async (where: string) => {
    const store = await openStore(where);
    stores.push(store);
    return store;
  };
  const fresh = async () => open(await place());
  after(async () => {
    for (const store of stores) await store.close();
  });

  test('every run is given to one worker only, however many ask at once', async () => {
    const where = await place();
    const stores = await Promise.all(Array.from({ length: 4 }, () => open(where)));
    const { sweep } = await stores[0].putSweep(
      plan(
        'a',
        Array.from({ length: 60 }, (_, seed) => ({ seed })),
      ),
    );
    const taken = await Promise.all(
      stores.map(async (store, worker) => {
        const ids: number[] = [];
        for (;;) {
          const claims = await store.claimNext(sweep.id, 3, `worker-${worker}`);
          // A row that another transaction holds is passed over: an empty answer is not yet the end.
          if (claims.length === 0) {
            const { counts } = await store.sweepStatus('a');
            if (counts.queued === 0) return ids;
          }
          for (const { run } of claims) {
            ids.push(run.id);
            await store.finish(run, resultOf(run.settings.seed));
          }
        }
      }),
    );
    const ids = taken.flat();
    assert.equal(ids.length, 60);
    assert.equal(new Set(ids).size, 60);
    assert.deepEqual((await stores[1].sweepStatus('a')).counts, {
      queued: 0,
      running: 0,
      done: 60,
      failed: 0,
      stopped: 0,
    });
  });

  test('results come back as they were written', async () => {
    const store = await fresh();
    await store.putSweep(plan('a', [{ seed: 3 }]));
    const [claim] = await claimAll(store, 'a');
    assert.equal(claim.run.attempt, 1);
    const result = resultOf(3);
    await store.finish(claim.run, result);
    const run = await store.findRun(claim.run.name);
    assert.equal(run.status, 'done');
    assert.equal(run.hash, result.hash);
    assert.equal(run.step, 20);
    assert.equal(run.seconds, 0.5);
    assert.deepEqual(run.metrics, result.series?.at(-1));
    assert.deepEqual(run.extracted, result.extracted);
    assert.deepEqual(run.made, result.made);
    assert.deepEqual((await store.series([run.id])).get(run.id), result.series);
    assert.deepEqual(await store.artifact(run.id, 'model'), result.model);
    assert.equal(await store.artifact(run.id, 'checkpoint'), null);
  });

  test('a run goes on from its checkpoint in other hands, and the first writer is refused', async () => {
    const store = await fresh();
    await store.putSweep(plan('a', [{ seed: 0 }]));
    const [first] = await claimAll(store, 'a', 'frozen');
    await store.saveCheckpoint(first.run, 7, new Uint8Array([1, 2, 3]), 1.5);
    assert.equal(await store.claimRun(first.run.id, 'other'), null, 'it is alive');
    await store.releaseOwners(['frozen']);
    assert.equal((await store.findRun(first.run.name)).status, 'stopped');
    const second = (await store.claimRun(first.run.id, 'other')) as Claim;
    assert.deepEqual(second.checkpoint, new Uint8Array([1, 2, 3]));
    assert.equal(second.run.step, 7);
    const refused = (work: Promise<unknown>) => assert.rejects(work, StaleAttemptError);
    await refused(store.saveCheckpoint(first.run, 9, new Uint8Array([9]), 1));
    await refused(store.finish(first.run, resultOf(0)));
    await refused(store.fail(first.run, 'late'));
    assert.deepEqual(await store.heartbeat([{ ...attempt(first), step: 9 }]), [first.run.id]);
    await store.release([first.run]);
    assert.deepEqual(await store.heartbeat([{ ...attempt(second), step: 8 }]), []);
    await store.finish(second.run, resultOf(0));
    // Whoever never heard that the write went through may write the same again.
    await store.finish(second.run, resultOf(0));
    await refused(store.finish(second.run, resultOf(1)));
    assert.equal((await store.findRun(first.run.name)).seconds, 2);
  });

  test('a cancelled sweep stops what runs and what waits; resumed, it goes on', async () => {
    const store = await fresh();
    const { sweep } = await store.putSweep(plan('a', [{ seed: 0 }, { seed: 1 }]));
    const [claim] = await store.claimNext(sweep.id, 1, 'w');
    await store.setSweepState(sweep.id, 'paused');
    assert.deepEqual(await store.heartbeat([{ ...attempt(claim), step: 1 }]), [claim.run.id]);
    assert.deepEqual(await store.claimNext(sweep.id, 1, 'w'), []);
    await store.setSweepState(sweep.id, 'cancelled');
    await store.release([claim.run]);
    const { counts } = await store.sweepStatus('a');
    assert.deepEqual([counts.stopped, counts.queued, counts.running], [2, 0, 0]);
    await store.setSweepState(sweep.id, 'active');
    assert.equal((await store.sweepStatus('a')).counts.queued, 2);
    assert.equal((await claimAll(store, 'a')).length, 2);
  });

  test('what waits is known in the order of the sweep, and nobody alive loses a run', async () => {
    const store = await fresh();
    const { sweep } = await store.putSweep(plan('a', [{ seed: 0 }, { seed: 1 }, { seed: 2 }]));
    await store.putSweep(plan('b', [{ seed: 3 }, { seed: 2 }, { seed: 4 }]));
    const seeds = async (of?: Parameters<Store['waiting']>[0]) => {
      const { runs } = await store.listRuns();
      return (await store.waiting(of)).map(({ id, position }) => [
        runs.find((run) => run.id === id)?.settings.seed,
        position,
      ]);
    };
    const [claim] = await store.claimNext(sweep.id, 1, 'w');
    const [, second] = (await store.sweepRuns(sweep.id)).runs;
    assert.deepEqual(await seeds({ sweepId: sweep.id }), [
      [1, 1],
      [2, 2],
    ]);
    assert.deepEqual(await seeds(), [
      [3, 0],
      [1, 1],
      [2, 1],
      [4, 2],
    ]);
    assert.deepEqual(await seeds({ ids: [claim.run.id, second.run.id] }), [[1, 1]]);
    assert.deepEqual(await seeds({ ids: [] }), []);
    assert.deepEqual(await store.releaseLost(), []);
    assert.deepEqual(await store.owners(), ['w']);
    await store.setSweepState(sweep.id, 'paused');
    assert.deepEqual(await seeds(), [
      [3, 0],
      [2, 1],
      [4, 2],
    ]);
  });

  test('failed runs say why, and wait again only when asked', async () => {
    const store = await fresh();
    const { sweep } = await store.putSweep(plan('a', [{ seed: 0 }]));
    const [claim] = await claimAll(store, 'a');
    await store.fail(claim.run, 'it diverged');
    assert.equal((await store.findRun(claim.run.name)).error, 'it diverged');
    assert.deepEqual(await claimAll(store, 'a'), []);
    assert.equal(await store.requeue(sweep.id, 'failed'), 1);
    assert.equal((await claimAll(store, 'a')).length, 1);
  });

  test('a run from which more is wanted waits again, with its weights at hand', async () => {
    const store = await fresh();
    await store.putSweep(plan('a', [{ seed: 0 }]));
    await finishAll(store, 'a');
    const more = {
      ...plan('b', []),
      runs: [{ run: { ...wanted({ seed: 0 }), extract: ['scan', 'raw'] }, axes: {} }],
    };
    await store.putSweep(more);
    const [claim] = await claimAll(store, 'b');
    assert.deepEqual(claim.run.extract, ['scan', 'raw']);
    assert.deepEqual(claim.model, resultOf(0).model);
    await store.finish(claim.run, {
      ...resultOf(0),
      series: null,
      model: null,
      extracted: { x: 2 },
    });
    const run = await store.findRun(claim.run.name);
    assert.deepEqual(run.extracted, { x: 2 });
    assert.equal((await store.series([run.id])).get(run.id)?.length, 3);
    assert.notEqual(await store.artifact(run.id, 'model'), null);
    // Forced, it is trained anew.
    assert.equal(await store.requeue((await store.findSweep('b')).id, 'all'), 1);
    assert.equal((await claimAll(store, 'b'))[0].model, null);
  });

  test('what is asked of a run while it is at work is not lost', async () => {
    const store = await fresh();
    const asked = (name: string, change: Partial<WantedRun>) =>
      store.putSweep({
        ...plan(name, []),
        runs: [{ run: { ...wanted({ seed: 0 }), ...change }, axes: {} }],
      });
    await asked('a', { extract: ['scan'] });
    const [claim] = await claimAll(store, 'a');
    await asked('b', { extract: ['raw'] });
    await store.finish(claim.run, resultOf(0));
    // The same write once more, for its answer was lost.
    await store.finish(claim.run, resultOf(0));
    const again = await store.findRun(claim.run.name);
    assert.deepEqual([again.status, again.extract], ['queued', ['scan', 'raw']]);
    const [more] = await claimAll(store, 'b');
    assert.deepEqual(more.model, resultOf(0).model);
    const taken = { ...resultOf(0), series: null, model: null };
    await store.finish(more.run, { ...taken, made: { ...taken.made, machine: 'another' } });
    const run = await store.findRun(claim.run.name);
    assert.equal(run.status, 'done');
    assert.equal(run.made?.machine, 'm', 'who trained it stays known');
    // A run that comes from elsewhere is not done where a sweep wants more of it.
    await asked('c', { settings: wanted({ seed: 1 }).settings, extract: ['scan'] });
    const imported = await store.importRun({ ...wanted({ seed: 1 }), extract: [] }, resultOf(1));
    assert.equal(imported.status, 'queued');
    assert.notEqual((await claimAll(store, 'c'))[0].model, null);
  });

  test('forced, a run begins anew: no checkpoint, no time, no hash of before', async () => {
    const store = await fresh();
    const { sweep } = await store.putSweep(plan('a', [{ seed: 0 }]));
    const [claim] = await claimAll(store, 'a');
    await store.saveCheckpoint(claim.run, 7, new Uint8Array([1]), 1.5);
    await store.release([claim.run]);
    assert.equal(await store.requeue(sweep.id, 'all'), 1);
    const [again] = await claimAll(store, 'a');
    assert.deepEqual([again.checkpoint, again.run.step, again.run.seconds], [null, 0, 0]);
  });

  test('a run whose worker gives no sign of life is anybody’s, and is nobody’s twice', async () => {
    const where = await place();
    const store = await open(where);
    const { sweep } = await store.putSweep(plan('a', [{ seed: 0 }, { seed: 1 }]));
    const [lost, alive] = await claimAll(store, 'a', 'other:1:1');
    const age = (milliseconds: number) =>
      execute(
        where,
        `update runs set heartbeat = heartbeat - ${milliseconds} where id = ${lost.run.id}`,
      );
    await age(heartbeatLimit - 5000);
    assert.equal(await store.claimRun(lost.run.id, 'me'), null, 'it is only late');
    await assert.rejects(store.deleteRuns([lost.run.id]), /being worked on/);
    await settled?.();
    await age(6000);
    assert.deepEqual(await store.claimNext(sweep.id, 5, 'me', [lost.run.id]), []);
    const [taken, ...more] = await store.claimNext(sweep.id, 5, 'me');
    assert.deepEqual([taken.run.id, taken.run.attempt, more.length], [lost.run.id, 2, 0]);
    assert.deepEqual(await store.heartbeat([{ ...attempt(alive), step: 3 }]), []);
    // Cancelled with a worker that never comes back: it can be seen and removed.
    await age(heartbeatLimit + 1);
    await store.setSweepState(sweep.id, 'cancelled');
    assert.deepEqual((await store.sweepStatus('a')).counts.running, 1);
    await store.deleteRuns([lost.run.id]);
    await store.release([alive.run]);
    assert.equal((await store.findRun(alive.run.name)).status, 'stopped');
  });
}
