/** A store that goes away under the lab, and comes back. */
import assert from 'node:assert/strict';
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { findPostgres, startPostgres, type TestPostgres } from '../scripts/test-postgres.ts';
import type { LabServer, RunJson } from '../src/serve/index.ts';
import {
  ask,
  fillStore,
  listenTo,
  startTestServer,
  type TestFolder,
  testFolder,
  until,
  yaml,
} from './serve-lab.ts';

const limit = { timeout: 120_000 };
const keeper = { patience: 1500, every: 100 };

async function awayAndBack(lab: LabServer, leave: () => unknown, come: () => unknown, why: RegExp) {
  const listener = await listenTo(lab.port);
  await leave();
  await until(async () => (await ask(lab.port, '/api/runs')).status === 503);
  const { status, json } = await ask(lab.port, '/api/sweeps');
  assert.equal(status, 503);
  assert.match(json.error, why);
  const info = await ask(lab.port, '/api/info');
  assert.equal(info.status, 200);
  assert.match(info.json.store.away, why);
  await listener.wait((name, data) => name === 'store' && why.test(data.away ?? ''));
  await come();
  await until(async () => (await ask(lab.port, '/api/runs')).status === 200);
  await listener.wait((name, data) => name === 'store' && data.away === null);
  listener.close();
  assert.equal((await ask(lab.port, '/api/runs')).json.total, 4);
}

suite('the lab outlives its store on SQLite', limit, () => {
  let folder: TestFolder;
  let lab: LabServer;
  let place: string;
  let copy: string;
  before(async () => {
    folder = testFolder();
    place = join(folder.path, 'lab.db');
    copy = join(folder.path, 'copy.db');
    await fillStore(place);
    copyFileSync(place, copy);
    lab = await startTestServer(folder, { keeper });
  });
  after(async () => {
    await lab.close();
    folder.remove();
  });

  test('removed and put back', async () => {
    const aside = join(folder.path, 'aside.db');
    await awayAndBack(
      lab,
      () => renameSync(place, aside),
      () => copyFileSync(copy, place),
      /is gone; put it back/,
    );
  });

  test('damaged and restored', async () => {
    await awayAndBack(
      lab,
      () => {
        renameSync(place, join(folder.path, 'good.db'));
        writeFileSync(place, 'this was a store once. '.repeat(1000));
      },
      () => copyFileSync(copy, place),
      /is no store|replaced by another/,
    );
  });

  test('damaged where it lies, and restored', async () => {
    const other = testFolder();
    const damaged = join(other.path, 'lab.db');
    copyFileSync(copy, damaged);
    // What it has read already a database needn't read again: this server has read nothing.
    const fresh = await startTestServer(other, { keeper });
    try {
      await awayAndBack(
        fresh,
        () => {
          const { size } = statSync(damaged);
          const file = openSync(damaged, 'r+');
          writeSync(file, Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096);
          closeSync(file);
        },
        () => copyFileSync(copy, damaged),
        /is damaged/,
      );
    } finally {
      await fresh.close();
      other.remove();
    }
  });

  test('gone under a sweep that is worked on, which goes on when it is back', async () => {
    const text =
      'name: through\nbase: {modulus: 11, width: 8, steps: 60000}\ngrid: {seed: [0, 1]}\n';
    await ask(lab.port, '/api/sweeps', yaml(text));
    const listener = await listenTo(lab.port);
    await listener.wait(
      (name, data) => name === 'runs' && data.some((run: RunJson) => run.step > 0),
    );
    listener.close();
    const aside = join(folder.path, 'meanwhile.db');
    const move = (from: string, to: string) => {
      for (const end of ['', '-wal', '-shm']) {
        if (existsSync(from + end)) renameSync(from + end, to + end);
      }
    };
    move(place, aside);
    await until(async () => (await ask(lab.port, '/api/runs')).status === 503);
    move(aside, place);
    await until(async () => {
      const { status, json } = await ask(lab.port, '/api/sweeps/through');
      return status === 200 && json.counts.done === 2;
    });
  });
});

const skip = findPostgres() === null && 'PostgreSQL is not on this machine';
suite('the lab outlives its store on PostgreSQL', { ...limit, skip }, () => {
  let folder: TestFolder;
  let server: TestPostgres;
  let lab: LabServer;
  before(async () => {
    folder = testFolder();
    server = await startPostgres();
    const store = await server.createDatabase();
    await fillStore(store);
    lab = await startTestServer(folder, { store, keeper });
  });
  after(async () => {
    await lab?.close();
    await server?.remove();
    folder.remove();
  });

  test('stopped and started, with a sweep going on through it', async () => {
    await awayAndBack(
      lab,
      () => server.stop('fast'),
      () => server.start(),
      /can't be reached|doesn't answer|can't be used/,
    );
    const { status } = await ask(
      lab.port,
      '/api/sweeps',
      yaml('name: through\nbase: {modulus: 11, steps: 3000}\ngrid: {width: [8, 12, 16]}\n'),
    );
    assert.equal(status, 201);
    await server.stop('immediate');
    await until(async () => (await ask(lab.port, '/api/runs')).status === 503);
    await server.start();
    await until(async () => {
      const { status: now, json } = await ask(lab.port, '/api/runs?filter=sweep%3Dthrough');
      return now === 200 && json.runs.every((run: RunJson) => run.status === 'done');
    });
  });
});
