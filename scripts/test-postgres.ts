/**
 * A PostgreSQL server for tests: of its own, on a free port, in a folder that goes away with it. Finds the
 * programs on the PATH or where Debian puts them. The server refuses to run as root; then it runs as nobody.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** The folder with `initdb` and `postgres`, or null. */
export function findPostgres(): string | null {
  const packaged = '/usr/lib/postgresql';
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...(existsSync(packaged)
      ? readdirSync(packaged)
          .sort((x, y) => Number(y) - Number(x))
          .map((version) => join(packaged, version, 'bin'))
      : []),
  ];
  return (
    folders.find(
      (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
    ) ?? null
  );
}

export interface TestPostgres {
  /** Address of a new, empty database. */
  createDatabase(): Promise<string>;
  /** Ends the server: `fast` cuts all connections, `immediate` is as good as a crash. */
  stop(how?: 'fast' | 'immediate'): Promise<void>;
  /** Starts it again, on the same port with the same data. */
  start(): Promise<void>;
  /** Ends the server and removes its folder. */
  remove(): Promise<void>;
}

/** Another name than the store's schema has, or that would be found by it. */
const user = 'undertone_owner';

/** Starts a server; takes about two seconds. */
export async function startPostgres(): Promise<TestPostgres> {
  const programs = findPostgres();
  if (programs === null) throw new Error('PostgreSQL is not on this machine');
  const folder = mkdtempSync(join(tmpdir(), 'undertone-postgres-'));
  const isRoot = process.getuid?.() === 0;
  const nobody = isRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (isRoot) chownSync(folder, idOf('-u'), idOf('-g'));
  const data = join(folder, 'data');
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', user, '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-locale'],
    { ...nobody, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const port = await freePort();
  const url = (database: string) => `postgres://${user}@127.0.0.1:${port}/${database}`;
  let server: ChildProcess | null = null;

  const start = async () => {
    const options = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: folder,
      max_connections: 60,
      shared_buffers: '32MB',
      // Tests may lose what is on a disk; speed is all.
      fsync: 'off',
    };
    // A shell between them: where the tests are killed its input ends, and it takes server and folder away.
    const started = spawn(
      'sh',
      [
        '-c',
        `exec 3<&0; folder=$1; shift; "$0" "$@" < /dev/null & server=$!
        (read -r word <&3; [ "$word" = ended ] || { kill -QUIT $server; sleep 1; rm -rf "$folder"; }) 2> /dev/null &
        wait $server`,
        join(programs, 'postgres'),
        folder,
        '-D',
        data,
        ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { ...nobody, cwd: folder, stdio: ['pipe', 'ignore', 'pipe'] },
    );
    server = started;
    let said = '';
    started.stderr?.on('data', (text) => {
      said = (said + text).slice(-4000);
    });
    for (let tries = 0; tries < 300; tries++) {
      if (started.exitCode !== null) throw new Error(`PostgreSQL ended at once:\n${said}`);
      if (await canConnect(url('postgres'))) return;
      await sleep(50);
    }
    throw new Error(`PostgreSQL did not start:\n${said}`);
  };
  const stop = async (how: 'fast' | 'immediate' = 'fast') => {
    const running = server;
    server = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    // Heard before the shell ends: nothing is to be taken away.
    running.stdin?.end('ended\n');
    const [pid] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  };
  await start();
  let databases = 0;
  return {
    async createDatabase() {
      const name = `test_${++databases}`;
      const client = new pg.Client({ connectionString: url('postgres') });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return url(name);
    },
    stop,
    start,
    async remove() {
      await stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
}

async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });
}
