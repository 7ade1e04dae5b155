import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { BackendName } from '../compute/index.ts';
import { InputError, WorkError } from '../errors.ts';
import type { Job } from './job.ts';
import { type FromWorker, fromFailure, type ToWorker, type WorkerSettings } from './messages.ts';

export interface WorkerPoolOptions {
  /** Jobs at once, one a thread; default: as many as the machine has cores. */
  readonly workers?: number | undefined;
  /** What each worker computes with; default "auto". */
  readonly backend?: BackendName | undefined;
}

export interface RunOptions {
  /**
   * Stops the job: one that waits is rejected with the signal's reason, one that runs is told and decides
   * itself what it returns.
   */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/**
 * Threads that do many independent jobs, one job a thread. For many models this is as fast as all
 * threads on one model or faster, and nothing waits at a barrier (kernel/README.md). Workers start when
 * they are first needed and keep no process alive while they are idle.
 */
export interface WorkerPool {
  readonly workers: number;
  /**
   * Queues a job; the promise has its result.
   * @throws whatever the job throws (`InputError` and `WorkError` as such), and `WorkError` where its
   * thread dies; the others go on.
   */
  run<Input, Output>(job: Job<Input, Output>, input: Input, options?: RunOptions): Promise<Output>;
  /** Ends the threads; jobs that are not done are rejected with `WorkError`. */
  close(): Promise<void>;
}

interface Assignment {
  readonly id: number;
  readonly message: ToWorker;
  readonly options: RunOptions;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  assignment: Assignment | null;
}

/** The same depth and name in src/ and in dist/. */
const workerFile = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';

/** @throws InputError for a number of workers that is none. */
export function openWorkerPool(options: WorkerPoolOptions = {}): WorkerPool {
  const workers = options.workers ?? availableParallelism();
  if (!Number.isInteger(workers) || workers < 1 || workers > 1024) {
    throw new InputError(
      `The number of workers must be an integer from 1 to 1024, not ${workers}.`,
    );
  }
  const settings: WorkerSettings = { backend: options.backend ?? 'auto' };
  const threads = new Set<Thread>();
  const waiting: Assignment[] = [];
  let nextId = 0;
  let closed = false;

  const settle = (thread: Thread, use: (assignment: Assignment) => void) => {
    const { assignment } = thread;
    if (assignment === null) return;
    thread.assignment = null;
    thread.worker.unref();
    use(assignment);
  };
  const startThread = (): Thread => {
    const url = new URL(workerFile, import.meta.url);
    const thread: Thread = {
      worker: new Worker(fileURLToPath(url), { workerData: settings }),
      assignment: null,
    };
    thread.worker.unref();
    threads.add(thread);
    thread.worker.on('message', (message: FromWorker) => {
      if (message.id !== thread.assignment?.id) return;
      if (message.kind === 'progress') {
        thread.assignment.options.onProgress?.(message.share);
        return;
      }
      settle(thread, ({ resolve, reject }) => {
        if (message.kind === 'done') resolve(message.output);
        else reject(fromFailure(message.failure));
      });
      assign();
    });
    const lose = (why: string) => {
      threads.delete(thread);
      settle(thread, ({ reject }) => reject(new WorkError(`A worker thread ended (${why}).`)));
      if (!closed) assign();
    };
    thread.worker.on('messageerror', (error) => lose(error.message));
    thread.worker.on('error', (error) => lose(error.message));
    thread.worker.on('exit', (code) => lose(`exit code ${code}`));
    return thread;
  };
  const idleThread = (): Thread | null => {
    for (const thread of threads) if (thread.assignment === null) return thread;
    return threads.size < workers ? startThread() : null;
  };
  /** Hands waiting jobs to idle threads. */
  const assign = () => {
    while (waiting.length > 0) {
      const thread = idleThread();
      const assignment = thread === null ? undefined : waiting.shift();
      if (thread === null || assignment === undefined) return;
      try {
        thread.worker.postMessage(assignment.message);
      } catch (error) {
        // An input that can't cross threads, such as a function; the thread is none the worse.
        assignment.reject(error);
        continue;
      }
      thread.assignment = assignment;
      thread.worker.ref();
    }
  };

  return {
    workers,
    run<Input, Output>(job: Job<Input, Output>, input: Input, options: RunOptions = {}) {
      const { signal } = options;
      return new Promise<Output>((resolve, reject) => {
        if (closed) throw new WorkError('The pool of workers is closed.');
        signal?.throwIfAborted();
        const id = nextId++;
        const message: ToWorker = { kind: 'run', id, module: job.module, name: job.name, input };
        const onAbort = () => {
          const place = waiting.findIndex((assignment) => assignment.id === id);
          if (place >= 0) waiting.splice(place, 1)[0].reject(signal?.reason);
          for (const { worker, assignment } of threads) {
            if (assignment?.id === id) worker.postMessage({ kind: 'stop', id } satisfies ToWorker);
          }
        };
        const done = () => signal?.removeEventListener('abort', onAbort);
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.push({
          id,
          message,
          options,
          resolve: (output) => {
            done();
            resolve(output as Output);
          },
          reject: (error) => {
            done();
            reject(error);
          },
        });
        assign();
      });
    },
    async close() {
      closed = true;
      const ended = new WorkError('The pool of workers was closed before the job was done.');
      for (const { reject } of waiting.splice(0)) reject(ended);
      for (const thread of threads) settle(thread, ({ reject }) => reject(ended));
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}
