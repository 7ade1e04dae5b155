/** What each worker of the pool runs: one job after the other, each on this worker's own backend. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Backend, selectBackend } from '../compute/index.ts';
import type { Job } from './job.ts';
import { type FromWorker, type ToWorker, toFailure, type WorkerSettings } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('this module is the entry of a worker thread');
const { backend: backendName } = workerData as WorkerSettings;
let backend: Backend | null = null;
let current: { readonly id: number; readonly controller: AbortController } | null = null;

const tell = (message: FromWorker) => port.postMessage(message);

port.on('message', (message: ToWorker) => {
  if (message.kind === 'run') void run(message);
  else if (current?.id === message.id) current.controller.abort();
});

async function run({ id, module, name, input }: Extract<ToWorker, { kind: 'run' }>): Promise<void> {
  const controller = new AbortController();
  current = { id, controller };
  try {
    backend ??= selectBackend({ backend: backendName, threads: 1 });
    const job = (await import(module))[name] as Job<unknown, unknown>;
    const onProgress = (share: number) => tell({ kind: 'progress', id, share });
    const output = await job.run(input, { backend, signal: controller.signal, onProgress });
    tell({ kind: 'done', id, output });
  } catch (error) {
    tell({ kind: 'failed', id, failure: toFailure(error) });
  } finally {
    current = null;
  }
}
