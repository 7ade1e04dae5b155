/**
 * The queue through which the workers of a cluster find runs: pg-boss, in the store's own database, in a schema of
 * its own, so that nobody else's pg-boss there is touched. A job says no more than that a run may be taken, and ends as soon as a worker has claimed the run or
 * couldn't: from then on the store's attempts and signs of life count, and nothing else. So no limit of the
 * queue ends a run, a job too many does no harm, and one too few is made again by the workers.
 */
import { InputError } from '../../errors.ts';
import type { WaitingRun } from '../../store/index.ts';

export const queueName = 'undertone-runs';
export const queueSchema = 'undertone_queue';
/** Tries to reach a server at the start, over about 15 seconds. */
const attempts = 5;

/** A job is in a worker's hands only while he claims its run; one that he died on comes again after this. */
const expireInSeconds = 60;
/** How long jobs that have ended stay to be looked at. */
const deleteAfterSeconds = 3600;
/** The longest that the queue allows; whatever it drops is put in again. */
const retentionSeconds = 365 * 24 * 3600;
/** Rows of one insert. */
const atOnce = 1000;

/** A job in hand. */
interface RunJob {
  readonly id: string;
  readonly retryCount: number;
  readonly run: WaitingRun;
}

export interface RunQueue {
  /** Puts runs in, each unless a job of it waits already; `delaySeconds`: nobody gets them before. */
  add(runs: readonly WaitingRun[], delaySeconds?: number): Promise<void>;
  /** Up to `count` jobs: of all sweeps together, those first that come first in theirs. */
  take(count: number): Promise<readonly RunJob[]>;
  /** Ends jobs. */
  done(jobs: readonly RunJob[]): Promise<void>;
  close(): Promise<void>;
}

export interface RunQueueOptions {
  /** Gets what goes wrong between calls. */
  readonly onTrouble?: (message: string) => void;
  /** Whether this process looks after the queue: jobs that nobody ended, and old ones. */
  readonly supervise?: boolean;
}

/** Opens the queue, and makes it where there is none yet. @throws InputError where the server refuses. */
export async function openRunQueue(url: string, options: RunQueueOptions = {}): Promise<RunQueue> {
  const { onTrouble = () => {}, supervise = false } = options;
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({
    connectionString: url,
    schema: queueSchema,
    application_name: 'undertone queue',
    max: 2,
    schedule: false,
    supervise,
    registerInstance: false,
  });
  boss.on('error', (error) => onTrouble(error.message));
  try {
    await boss.start({ attempts });
    // `short`: no second job of a run waits.
    await boss.createQueue(queueName, {
      policy: 'short',
      expireInSeconds,
      deleteAfterSeconds,
      retentionSeconds,
    });
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw new InputError(
      `The queue of the store can't be opened: ${(error as Error).message}. It is in the schema ${queueSchema}, which the user must be allowed to make or to use.`,
      { cause: error },
    );
  }
  return {
    async add(runs, delaySeconds = 0) {
      for (let start = 0; start < runs.length; start += atOnce) {
        await boss.insert(
          queueName,
          runs.slice(start, start + atOnce).map((run) => ({
            data: run,
            singletonKey: String(run.id),
            priority: -run.position,
            startAfter: delaySeconds,
          })),
        );
      }
    },
    async take(count) {
      const jobs = await boss.fetch<WaitingRun>(queueName, { batchSize: count });
      // The server doesn't return them in their order.
      return jobs
        .map(({ id, retryCount, data }) => ({ id, retryCount, run: data }))
        .sort((x, y) => x.run.position - y.run.position || x.run.id - y.run.id);
    },
    async done(jobs) {
      if (jobs.length > 0) await boss.complete(queueName, [...jobs]);
    },
    close: () => boss.stop({ graceful: false }),
  };
}
