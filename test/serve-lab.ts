/** A lab's server for tests: a small page, a store with a finished sweep, and requests as they go over the wire. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LabServer, type ServerOptions, startServer } from '../src/serve/index.ts';
import { openStore } from '../src/store/index.ts';
import { openWorkerPool, parseSweep, runSweep, wantedRuns } from '../src/sweep/index.ts';

const tinySweep = `name: tiny
base: { modulus: 11, steps: 60, trainFraction: 0.8, validationFraction: 0 }
grid:
  width: [8, 16]
  seed: [0, 1]
`;

/** Steps without end: to be paused and cancelled. */
export const longSweep = (name: string) => `name: ${name}
base: { modulus: 11, width: 8, steps: 100000000 }
grid: { seed: [0, 1, 2] }
measureEvery: 50000000
`;

export interface TestFolder {
  readonly path: string;
  readonly page: string;
  remove(): void;
}

export function testFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'undertone-serve-'));
  const page = join(path, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(
    join(page, 'index.html'),
    '<!doctype html><html><head><title>t</title></head></html>',
  );
  writeFileSync(join(page, 'assets', 'index-AbCd1234.js'), 'void 0;\n'.repeat(200));
  writeFileSync(join(page, 'assets', 'secret.key'), 'not for the page');
  writeFileSync(join(path, 'outside.html'), 'outside');
  return { path, page, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs the tiny sweep into the store at `place`. */
export async function fillStore(place: string): Promise<void> {
  const store = await openStore(place);
  const pool = openWorkerPool({ workers: 1 });
  try {
    const { sweep } = await store.putSweep(wantedRuns(parseSweep(tinySweep, 'tiny.yaml')));
    await runSweep({ store, sweepId: sweep.id, pool, signal: new AbortController().signal });
  } finally {
    await pool.close();
    await store.close();
  }
}

export async function startTestServer(
  folder: TestFolder,
  options: Partial<ServerOptions> = {},
): Promise<LabServer> {
  return await startServer({
    store: join(folder.path, 'lab.db'),
    page: folder.page,
    port: 0,
    workers: 1,
    ...options,
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever came
  readonly json: any;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One request, with nothing set that wasn't asked for; the path goes out as it is. */
export function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const bytes = Buffer.concat(parts);
          const text = bytes.toString('utf8');
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            bytes,
            text,
            get json() {
              return JSON.parse(text);
            },
          });
        });
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

export const yaml = (text: string): Asked => ({
  method: 'POST',
  headers: { 'content-type': 'application/yaml' },
  body: text,
});
export const json = (value: unknown): Asked => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
export const post: Asked = { method: 'POST' };

export interface Listener {
  readonly events: { readonly name: string; readonly data: unknown }[];
  /** The first event, past or to come, for which this holds. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever came
  wait(holds: (name: string, data: any) => boolean): Promise<void>;
  close(): void;
}

export function listenTo(port: number, headers: Record<string, string> = {}): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/api/events', headers, agent: false },
      (answer) => {
        if (answer.statusCode !== 200) {
          reject(new Error(`status ${answer.statusCode}`));
          return;
        }
        const events: { name: string; data: unknown }[] = [];
        const waiting = new Set<() => void>();
        let rest = '';
        answer.setEncoding('utf8').on('data', (text: string) => {
          const parts = (rest + text).split('\n\n');
          rest = parts.pop() ?? '';
          for (const part of parts) {
            const match = /^event: (\w+)\ndata: (.*)$/s.exec(part);
            if (match !== null) events.push({ name: match[1], data: JSON.parse(match[2]) });
          }
          for (const look of waiting) look();
        });
        answer.on('error', () => {});
        resolve({
          events,
          wait: (holds) =>
            new Promise((found) => {
              const look = () => {
                if (!events.some(({ name, data }) => holds(name, data))) return;
                waiting.delete(look);
                found();
              };
              waiting.add(look);
              look();
            }),
          close: () => asked.destroy(),
        });
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

/** Asks until it holds, ten times a second. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}
