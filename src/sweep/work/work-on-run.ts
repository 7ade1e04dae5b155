/** One claimed run, segment by segment, until it is done, fails, or somebody wants it stopped. */
import { InputError, WorkError } from '../../errors.ts';
import { type Claim, StaleAttemptError, type Store } from '../../store/index.ts';
import type { WorkerPool } from '../worker-pool.ts';
import { type SegmentResult, segmentJob, segmentOf } from './segment.ts';

export interface WorkOptions {
  readonly store: Store;
  readonly pool: WorkerPool;
  /** Stops it at a checkpoint; the run is given back. */
  readonly signal: AbortSignal;
  /** Longest time between two checkpoints. */
  readonly segmentSeconds: number;
  readonly onStep?: (step: number) => void;
}

/**
 * How work on a run ended. `given back`: it waits for somebody to go on, `why` says what was in the way, if
 * anything. `lost`: it is in other hands, or gone.
 */
export type WorkEnd =
  | {
      readonly kind: 'done';
      readonly hash: string;
      readonly extracted: Readonly<Record<string, unknown>>;
      readonly test: number | null;
    }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'given back'; readonly why: string | null }
  | { readonly kind: 'lost' };

/** Works on a run; never rejects because of the run itself, only where the store can't be reached. */
export async function workOnRun(claim: Claim, options: WorkOptions): Promise<WorkEnd> {
  const { store, signal } = options;
  const { run } = claim;
  try {
    return await segments(claim, options);
  } catch (error) {
    if (error instanceof StaleAttemptError) return { kind: 'lost' };
    if (signal.aborted && error === signal.reason) {
      await store.release([run]);
      return { kind: 'given back', why: null };
    }
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof StoreTrouble) {
      // Nothing is wrong with the run: it can be done again when the store takes it.
      await store.release([run], message);
      return { kind: 'given back', why: message };
    }
    const known = error instanceof InputError || error instanceof WorkError;
    const text = known ? message : `unexpected error: ${message}`;
    await store.fail(run, text).catch((late: unknown) => {
      if (!(late instanceof StaleAttemptError)) throw late;
    });
    return { kind: 'failed', error: text };
  }
}

/** The store refused a write, such as for want of space. */
class StoreTrouble extends WorkError {
  override name = 'StoreTrouble';
}

async function segments(claim: Claim, options: WorkOptions): Promise<WorkEnd> {
  const { store, pool, signal, segmentSeconds } = options;
  const { run } = claim;
  const { steps } = run.settings;
  let { checkpoint } = claim;
  options.onStep?.(run.step);
  for (;;) {
    const order = segmentOf({ ...claim, checkpoint }, segmentSeconds);
    const result: SegmentResult = await pool.run(segmentJob, order, {
      signal,
      onProgress: (share) => options.onStep?.(Math.round(share * steps)),
    });
    if (result.kind === 'done') {
      await written(() => store.finish(run, result.result));
      const { hash, extracted, series } = result.result;
      const test = series?.at(-1)?.test ?? run.metrics?.test ?? null;
      return { kind: 'done', hash, extracted, test };
    }
    const { step, seconds } = result;
    if (result.checkpoint !== null && result.checkpoint !== checkpoint) {
      checkpoint = result.checkpoint;
      const bytes = checkpoint;
      await written(() => store.saveCheckpoint(run, step, bytes, seconds));
    }
    options.onStep?.(step);
    if (signal.aborted) {
      await store.release([run]);
      return { kind: 'given back', why: null };
    }
  }
}

async function written(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof StaleAttemptError) throw error;
    throw new StoreTrouble((error as Error).message, { cause: error });
  }
}
