/** Real workers in processes of their own, and sweeps for them, as the tests of the cluster need them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openStore, type RunRecord, type Store, type SweepPlanRecord } from '../src/store/index.ts';
import { openWorkerPool } from '../src/sweep/index.ts';
import { runSweep } from '../src/sweep/work/run-sweep.ts';
import { completeSettings } from '../src/train/settings.ts';
import { inFolder } from './run-undertone.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A sweep over seeds; `steps` decides how long its runs take. */
export function plan(
  name: string,
  seeds: readonly number[],
  steps: number,
  extract: readonly string[] = [],
): SweepPlanRecord {
  return {
    name,
    filename: `${name}.yaml`,
    text: `name: ${name}`,
    runs: seeds.map((seed) => ({
      run: {
        settings: completeSettings({ modulus: 11, width: 17, steps, seed, noiseRatio: 0.3 }),
        dataset: null,
        measureEvery: null,
        extract,
        keep: 'weights',
      },
      axes: { seed },
    })),
  };
}

/** Hash of each run, as a sweep on this machine alone makes them: key → hash. */
export async function hashesOf(plans: readonly SweepPlanRecord[]): Promise<Map<string, string>> {
  return await inFolder(async (folder) => {
    const store = await openStore(`${folder}/store.db`);
    const pool = openWorkerPool({ workers: 2 });
    const { signal } = new AbortController();
    const hashes = new Map<string, string>();
    for (const each of plans) {
      const { sweep } = await store.putSweep(each);
      await runSweep({ store, sweepId: sweep.id, pool, signal });
      for (const { run } of (await store.sweepRuns(sweep.id)).runs) {
        hashes.set(run.key, String(run.hash));
      }
    }
    await pool.close();
    await store.close();
    return hashes;
  });
}

export interface WorkerProcess {
  readonly child: ChildProcess;
  /** What it has said so far on standard error. */
  said(): string;
  /** Its exit code, when it has ended; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly stdout: () => string;
}

const started = new Set<ChildProcess>();

export function startWorker(url: string, ...args: string[]): WorkerProcess {
  return watch(
    spawn(
      process.execPath,
      ['bin/undertone.js', 'worker', '--store', url, '--workers', '1', ...args],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
    ),
  );
}

/** A worker as the Slurm script starts it. */
export function startSlurmTask(url: string): WorkerProcess {
  const env = { ...process.env, UNDERTONE_STORE: url, SLURM_CPUS_PER_TASK: '1' };
  return watch(
    spawn('bash', ['examples/cluster/slurm-array.sh'], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

function watch(child: ChildProcess): WorkerProcess {
  started.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => {
    started.delete(child);
    return code as number | null;
  });
  return { child, said: () => stderr, stdout: () => stdout, ended };
}

/** Ends what a failed test left behind. */
export function endWorkers(): void {
  for (const child of started) child.kill('SIGKILL');
}

/** Waits until `look` finds something; looks ten times a second, and gives up after a while. */
export async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const start = performance.now();
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() - start > 150_000) throw new Error(`waited in vain until ${what}`);
    await sleep(100);
  }
}

/** Waits until a worker takes runs. */
export async function untilReady({ child, said }: WorkerProcess): Promise<void> {
  await until(
    `worker ${child.pid} is ready`,
    async () => said().includes(`Worker ${child.pid}:`) || null,
  );
}

/** Waits for a run that this process has in hand and of which it has kept a checkpoint. */
export async function untilCheckpoint(store: Store, { child }: WorkerProcess): Promise<RunRecord> {
  return await until(`process ${child.pid} keeps a checkpoint`, async () => {
    const { runs } = await store.listRuns();
    for (const run of runs) {
      const isIts = run.owner?.split(':').at(-2) === String(child.pid);
      if (isIts && (await store.artifact(run.id, 'checkpoint')) !== null) return run;
    }
    return null;
  });
}
