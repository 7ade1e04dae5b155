/** The lab's API over real HTTP, on a store with a real sweep. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readDataset, readModel, weightsHash } from '../src/format/index.ts';
import type { LabServer, RunJson, SweepDetailJson, SweepJson } from '../src/serve/index.ts';
import { openStore } from '../src/store/index.ts';
import {
  ask,
  fillStore,
  json,
  listenTo,
  longSweep,
  post,
  startTestServer,
  type TestFolder,
  testFolder,
  until,
  yaml,
} from './serve-lab.ts';

const limit = { timeout: 60_000 };

suite('the lab’s API', () => {
  let folder: TestFolder;
  let lab: LabServer;
  before(async () => {
    folder = testFolder();
    await fillStore(join(folder.path, 'lab.db'));
    lab = await startTestServer(folder);
  });
  after(async () => {
    await lab.close();
    folder.remove();
  });
  const get = async (path: string) => (await ask(lab.port, path)).json;

  test('says what it is', async () => {
    const info = await get('/api/info');
    assert.equal(info.store.kind, 'sqlite');
    assert.equal(info.store.away, null);
    assert.deepEqual([info.workers, info.work], [1, []]);
  });

  test('lists runs by filter, in order, in pages; a wrong filter is answered with its place', async () => {
    const all = await get('/api/runs?sort=created&order=ascending');
    assert.equal(all.total, 4);
    const wide = await get('/api/runs?filter=width%3E%3D16%20status%3Ddone');
    assert.deepEqual(
      wide.runs.map(({ settings }: RunJson) => settings.width),
      [16, 16],
    );
    const byName = await get('/api/runs?sort=name&order=ascending&limit=2&offset=1');
    const names = all.runs.map(({ name }: RunJson) => name).sort();
    assert.deepEqual(
      byName.runs.map(({ name }: RunJson) => name),
      names.slice(1, 3),
    );
    const wrong = await ask(lab.port, '/api/runs?filter=widht%3D3');
    assert.equal(wrong.status, 400);
    assert.match(wrong.json.error, /position 1: .*Did you mean width\?/);
    assert.equal((await ask(lab.port, '/api/runs?limit=-1')).status, 400);
    assert.equal((await ask(lab.port, '/api/runs?sort=settings')).status, 400);
  });

  test('hands out curves, weights of the run’s hash, and rows', async () => {
    const { runs } = await get('/api/runs');
    const run: RunJson = runs[0];
    const detail = await get(`/api/runs/${run.name}`);
    assert.match(detail.command, /^npx undertone train --modulus 11 .*--steps 60/);
    const { rows } = await get(`/api/runs/${run.name}/series`);
    assert.deepEqual(rows.at(-1), run.metrics);
    const many = await get(`/api/series?runs=${runs.map(({ name }: RunJson) => name)}`);
    assert.deepEqual(
      many.map((one: { run: string }) => one.run),
      runs.map(({ name }: RunJson) => name),
    );
    const model = await ask(lab.port, `/api/runs/${run.name}/model`);
    assert.equal(weightsHash(readModel(new Uint8Array(model.bytes), 'model').network), run.hash);
    const csv = (await ask(lab.port, `/api/runs/${run.name}/dataset`)).text;
    assert.equal(readDataset(csv, 11, 'rows').a.length, 121);
    const missing = await ask(lab.port, '/api/runs/no-such-run');
    assert.equal(missing.status, 404);
    assert.match(missing.json.error, /There is no run no-such-run/);
    assert.equal((await ask(lab.port, '/api/series?runs=no-such-run')).status, 404);
  });

  test('shows a sweep with its axes', async () => {
    const [sweep]: SweepJson[] = await get('/api/sweeps');
    assert.deepEqual([sweep.name, sweep.counts.done, sweep.here], ['tiny', 4, false]);
    const detail: SweepDetailJson = await get('/api/sweeps/tiny');
    assert.deepEqual(detail.axes, [
      { name: 'width', values: [8, 16] },
      { name: 'seed', values: [0, 1] },
    ]);
    assert.deepEqual(detail.runs[3].axes, { width: 16, seed: 1 });
    assert.equal((await ask(lab.port, '/api/sweeps/tony')).status, 404);
  });

  test('plans a sweep, and says where its text is wrong', async () => {
    const plan = await ask(
      lab.port,
      '/api/plan?estimate=true',
      yaml('name: tiny\nbase: {modulus: 11, steps: 10}\ngrid: {width: [8, 16, 32]}\n'),
    );
    assert.deepEqual([plan.json.runs, plan.json.exists], [3, true]);
    assert.ok(plan.json.estimate.seconds > 0);
    const wrong = await ask(lab.port, '/api/sweeps', yaml('base:\n  width: 8\n  stepps: 10\n'));
    assert.equal(wrong.status, 400);
    assert.deepEqual(
      wrong.json.problems.map(({ line, column }: { line: number; column: number }) => [
        line,
        column,
      ]),
      [[3, 3]],
    );
    assert.match(wrong.json.problems[0].message, /stepps/);
  });

  test('lets a sweep name no files', async () => {
    for (const [text, line] of [
      ['base: {width: 8}\ngrid:\n  dataset: ["/etc/passwd"]\n', 3],
      ['base: {width: 8}\nlist:\n  - task: "cayley:/etc/passwd"\n', 3],
    ] as const) {
      const { status, json: said, text: all } = await ask(lab.port, '/api/plan', yaml(text));
      assert.equal(status, 400);
      assert.match(said.error, /can't name files/);
      assert.equal(said.problems[0].line, line);
      assert.doesNotMatch(all, /root:/);
    }
    const run = await ask(lab.port, '/api/runs', json({ dataset: '/etc/passwd' }));
    assert.equal(run.status, 400);
    assert.match(run.json.error, /can’t name a file/);
  });

  test('starts a sweep and tells its runs as they go', limit, async () => {
    const listener = await listenTo(lab.port);
    const text = 'name: posted\nbase: {modulus: 11, steps: 200}\ngrid: {width: [8, 9, 10]}\n';
    const begun = await ask(lab.port, '/api/sweeps', yaml(text));
    assert.equal(begun.status, 201);
    assert.deepEqual([begun.json.name, begun.json.here], ['posted', true]);
    await listener.wait(
      (name, data) => name === 'runs' && data.some((run: RunJson) => run.status === 'running'),
    );
    await listener.wait(
      (name, data) =>
        name === 'runs' &&
        data.some((run: RunJson) => run.status === 'done' && run.metrics !== null),
    );
    await listener.wait(
      (name, data) =>
        name === 'sweeps' &&
        data.some(
          (sweep: SweepJson) => sweep.name === 'posted' && sweep.counts.done === 3 && !sweep.here,
        ),
    );
    listener.close();
    assert.equal((await get('/api/sweeps/posted')).runs[2].metrics.step, 200);
  });

  test('pauses, starts again, cancels', limit, async () => {
    await ask(lab.port, '/api/sweeps', yaml(longSweep('long')));
    const listener = await listenTo(lab.port);
    await listener.wait(
      (name, data) => name === 'runs' && data.some((run: RunJson) => run.step > 0),
    );
    const paused = await ask(lab.port, '/api/sweeps/long/pause', post);
    assert.deepEqual(
      [paused.json.state, paused.json.here, paused.json.counts.running],
      ['paused', false, 0],
    );
    assert.equal(paused.json.counts.stopped, 1);
    const started = await ask(lab.port, '/api/sweeps/long/start', post);
    assert.deepEqual([started.json.state, started.json.here], ['active', true]);
    await until(async () => (await get('/api/sweeps/long')).counts.running > 0);
    const cancelled = await ask(lab.port, '/api/sweeps/long/cancel', post);
    assert.deepEqual(
      [
        cancelled.json.state,
        cancelled.json.here,
        cancelled.json.counts.queued,
        cancelled.json.counts.running,
      ],
      ['cancelled', false, 0, 0],
    );
    const resumed = await ask(lab.port, '/api/sweeps/long/resume', post);
    assert.deepEqual([resumed.json.state, resumed.json.here], ['active', false]);
    await ask(lab.port, '/api/sweeps/long/cancel', post);
    listener.close();
  });

  test('trains one run after the other into the sweep lab', limit, async () => {
    const settings = { modulus: 7, width: 8, steps: 20, noiseRatio: 0.2 };
    const [one, two] = await Promise.all(
      [1, 2].map((seed) => ask(lab.port, '/api/runs', json({ ...settings, seed }))),
    );
    assert.deepEqual([one.status, two.status], [201, 201]);
    await until(async () => (await get('/api/sweeps/lab')).counts.done === 2);
    const { runs } = await get('/api/runs?filter=sweep%3Dlab');
    assert.deepEqual(
      new Set(runs.map(({ name }: RunJson) => name)),
      new Set([one.json.name, two.json.name]),
    );
    const wrong = await ask(lab.port, '/api/runs', json({ width: -3 }));
    assert.equal(wrong.status, 400);
    assert.match(wrong.json.error, /width/);
    assert.equal((await ask(lab.port, '/api/runs', json({ task: 'nonsense' }))).status, 400);
  });

  test('tells what other programs change in the store', limit, async () => {
    const listener = await listenTo(lab.port);
    // Its first look is what later ones are compared with.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const store = await openStore(join(folder.path, 'lab.db'));
    const { id } = await store.findSweep('tiny');
    await store.requeue(id, 'all');
    const [claim] = await store.claimNext(id, 1, 'somebody:1:1');
    await store.heartbeat([{ ...claim.run, step: 17 }]);
    await listener.wait(
      (name, data) =>
        name === 'runs' &&
        data.some(
          (run: RunJson) =>
            run.name === claim.run.name && run.status === 'running' && run.step === 17,
        ),
    );
    await store.fail(claim.run, 'it was not to be');
    await listener.wait(
      (name, data) =>
        name === 'runs' && data.some((run: RunJson) => run.error === 'it was not to be'),
    );
    await listener.wait(
      (name, data) =>
        name === 'sweeps' &&
        data.some((sweep: SweepJson) => sweep.name === 'tiny' && sweep.counts.failed === 1),
    );
    await store.close();
    const retried = await ask(lab.port, '/api/sweeps/tiny/retry', post);
    assert.equal(retried.json.counts.failed, 0);
    await until(async () => (await get('/api/sweeps/tiny')).counts.done === 4);
    listener.close();
  });
});

test('undertone serve says where it is, and on Ctrl-C leaves its runs at a checkpoint', {
  timeout: 150_000,
}, async () => {
  const folder = testFolder();
  const program = fileURLToPath(new URL('../bin/undertone.js', import.meta.url));
  const place = join(folder.path, 'cli.db');
  const child = spawn(
    process.execPath,
    [program, 'serve', '--port', '0', '--store', place, '--json', '--workers', '1'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  const address = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('\n')) resolve(JSON.parse(said).url);
    });
  });
  const { port } = new URL(address);
  assert.match((await ask(Number(port), '/')).text, /undertone-lab/);
  await ask(Number(port), '/api/sweeps', yaml(longSweep('kept')));
  await until(async () => (await ask(Number(port), '/api/sweeps/kept')).json.counts.running === 1);
  const listener = await listenTo(Number(port));
  await listener.wait((name, data) => name === 'runs' && data.some((run: RunJson) => run.step > 0));
  child.kill('SIGINT');
  const code = await new Promise((resolve) => child.on('exit', resolve));
  assert.equal(code, 0);
  const store = await openStore(place);
  const { runs } = await store.listRuns();
  const stopped = runs.filter(({ status }) => status === 'stopped');
  assert.deepEqual(
    [stopped.length, runs.filter(({ status }) => status === 'running').length],
    [1, 0],
  );
  assert.notEqual(await store.artifact(stopped[0].id, 'checkpoint'), null);
  await store.close();
  folder.remove();
});
