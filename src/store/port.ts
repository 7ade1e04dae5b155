/**
 * A store keeps runs: settings, status, metrics, weights, and the sweeps they belong to. Everything above
 * it speaks this interface; SQLite and PostgreSQL stand behind it with the same queries, and one suite
 * (`test-conformance.ts`) holds both to it.
 *
 * A run is worked on by attempts. `claim` makes one, and every write of its results names it: a worker
 * that was taken for dead and wakes again is refused (`StaleAttemptError`), so nothing is written twice.
 */
import { WorkError } from '../errors.ts';
import type { MetricsRow } from '../train/metrics-row.ts';
import type { Settings } from '../train/settings.ts';
import type { RunFilter, runStatuses } from './filter.ts';

export type RunStatus = (typeof runStatuses)[number];
export type SweepState = 'active' | 'paused' | 'cancelled';

/** What was taken out of the final weights: name → number, text, or null where it couldn't be had. */
export type Extracted = Readonly<Record<string, number | string | null>>;

/** The last measurement of a run. */
export type FinalMetrics = Omit<MetricsRow, 'evidence'>;

/** What a run was made with. */
export interface Made {
  readonly undertone: string;
  readonly node: string;
  readonly machine: string;
  readonly backend: string;
  readonly instructionSet: string;
}

/** A run that is wanted. */
export interface WantedRun {
  readonly settings: Settings;
  /** The rows of `settings.dataset`, as `writeDataset` writes them; null where the settings describe them. */
  readonly dataset: string | null;
  readonly measureEvery: number | null;
  /** What is to be taken out of the final weights, as `sweep/extract-run.ts` knows it. */
  readonly extract: readonly string[];
  /** Whether the final weights are kept. */
  readonly keep: 'weights' | 'metrics';
}

export interface RunRecord extends Omit<WantedRun, 'dataset'> {
  readonly id: number;
  /** Content address: SHA-256 over settings and data (`run-identity.ts`). */
  readonly key: string;
  readonly name: string;
  readonly status: RunStatus;
  /** Hash of the rows in `settings.dataset`. */
  readonly datasetHash: string | null;
  readonly attempt: number;
  /** Who works or worked on it last. */
  readonly owner: string | null;
  /** Steps taken, as far as the store knows. */
  readonly step: number;
  /** Computing time of all attempts. */
  readonly seconds: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly started: number | null;
  readonly finished: number | null;
  /** SHA-256 of the final weights. */
  readonly hash: string | null;
  readonly metrics: FinalMetrics | null;
  readonly extracted: Extracted | null;
  /** Why it failed, last time. */
  readonly error: string | null;
  readonly made: Made | null;
  readonly tags: readonly string[];
  readonly note: string;
  readonly archived: boolean;
}

export interface RunQuery {
  readonly filter?: RunFilter;
  /** Default: those that aren't archived; `true`: all. */
  readonly archived?: boolean;
  readonly sort?: 'created' | 'name' | 'seconds' | 'test' | 'finished';
  readonly descending?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

/** Runs, and what is wrong with those that can't be read: a damaged row is named, and hides no other. */
export interface RunList {
  readonly runs: readonly RunRecord[];
  readonly damaged: readonly string[];
  /** How many pass the filter, beyond any limit. */
  readonly total: number;
}

/** `model`: the final weights, safetensors. `checkpoint`: where an unfinished training goes on. */
export type ArtifactKind = 'model' | 'checkpoint';

/** Names an attempt: what a write must show. */
export type AttemptOf = Pick<RunRecord, 'id' | 'attempt'>;

/** The attempt at a run with what was asked of it. */
export type FinishedRun = Pick<RunRecord, 'id' | 'attempt' | 'extract' | 'keep'>;

/** The right to work on a run: what a worker needs to start or go on. */
export interface Claim {
  readonly run: RunRecord;
  /** Its rows where `settings.dataset` names a file; CSV. */
  readonly dataset: string | null;
  readonly checkpoint: Uint8Array | null;
  /** Weights of a run that was done and from which more is to be taken out. */
  readonly model: Uint8Array | null;
}

/** What a finished training leaves behind. */
export interface RunResult {
  readonly hash: string;
  /** Null where only more was taken out of weights that were there: series and weights stay. */
  readonly series: readonly MetricsRow[] | null;
  readonly model: Uint8Array | null;
  readonly extracted: Extracted;
  readonly made: Made;
  /** Computing time of this attempt's last segment. */
  readonly seconds: number;
}

export interface SweepPlanRecord {
  readonly name: string;
  readonly filename: string;
  /** The file, as it was. */
  readonly text: string;
  readonly runs: readonly SweepMember[];
}

export interface SweepMember {
  readonly run: WantedRun;
  /** The settings that vary in the sweep, with this run's values. */
  readonly axes: Readonly<Record<string, unknown>>;
}

export interface SweepRecord {
  readonly id: number;
  readonly name: string;
  readonly filename: string;
  readonly text: string;
  readonly state: SweepState;
  readonly created: number;
  readonly updated: number;
}

export interface SweepStatus extends SweepRecord {
  readonly counts: Readonly<Record<RunStatus, number>>;
}

/** A sweep's runs in the order of its file. */
export interface SweepRun {
  readonly run: RunRecord;
  readonly axes: Readonly<Record<string, unknown>>;
}

export interface PutSweepResult {
  readonly sweep: SweepRecord;
  /** Runs that the store hadn't seen; those it had; and those that its last plan had and this one hasn't. */
  readonly added: number;
  readonly found: number;
  readonly dropped: number;
}

/** A run that waits, and its place in the order of its sweep, from 0; of several active sweeps the first. */
export interface WaitingRun {
  readonly id: number;
  readonly position: number;
}

/** How long a run may go without a sign of life before somebody else takes it, in milliseconds. */
export const heartbeatLimit = 25_000;

export interface Store {
  readonly kind: 'sqlite' | 'postgres';
  /** Where it is, without a password. */
  readonly place: string;

  /** The run of this name, or whose key or hash begins so (six digits or more). @throws InputError where none or several are. */
  findRun(nameOrKey: string): Promise<RunRecord>;
  /** The same without reading the rest of it: also of a run that is damaged. */
  findRunId(nameOrKey: string): Promise<Pick<RunRecord, 'id' | 'name'>>;
  listRuns(query?: RunQuery): Promise<RunList>;
  /** The measurements of each run, ascending by step; without evidence. */
  series(ids: readonly number[]): Promise<ReadonlyMap<number, readonly FinalMetrics[]>>;
  /** @throws DamageError where its bytes aren't those that were written. */
  artifact(id: number, kind: ArtifactKind): Promise<Uint8Array | null>;
  dataset(hash: string): Promise<string | null>;
  /** Puts a finished run that was made elsewhere into the store; returns it, found or added. */
  importRun(run: WantedRun, result: RunResult): Promise<RunRecord>;
  tag(ids: readonly number[], tags: readonly string[], remove?: boolean): Promise<void>;
  note(id: number, text: string): Promise<void>;
  archive(ids: readonly number[], archived: boolean): Promise<void>;
  /** Removes runs with all that is kept of them. @throws InputError where one is being worked on. */
  deleteRuns(ids: readonly number[]): Promise<void>;

  /** Adds or changes the sweep of this name; runs that are there are found, not added. */
  putSweep(plan: SweepPlanRecord): Promise<PutSweepResult>;
  /** @throws InputError where there is no such sweep; names the nearest. */
  findSweep(name: string): Promise<SweepRecord>;
  listSweeps(): Promise<readonly SweepStatus[]>;
  sweepStatus(name: string): Promise<SweepStatus>;
  sweepRuns(id: number): Promise<{ runs: readonly SweepRun[]; damaged: readonly string[] }>;
  /** Cancelling stops what waits; making it active queues what was stopped. */
  setSweepState(id: number, state: SweepState): Promise<void>;
  /** Queues failed runs of a sweep again, or with `all` every one; returns how many. */
  requeue(sweepId: number, which: 'failed' | 'all'): Promise<number>;

  /**
   * Takes up to `count` runs of an active sweep: those that wait, and those whose worker has given no sign
   * of life for `heartbeatLimit`. No run is given to two, and none of `except`, ids of what the asker has in hand.
   */
  claimNext(
    sweepId: number,
    count: number,
    owner: string,
    except?: readonly number[],
  ): Promise<readonly Claim[]>;
  /** Takes this run; null where it is done, in other hands, or no active sweep wants it. */
  claimRun(id: number, owner: string): Promise<Claim | null>;
  /** A sign of life for these; returns the ids of those that are to be stopped: in other hands, paused or cancelled. */
  heartbeat(
    working: readonly (AttemptOf & { readonly step: number })[],
  ): Promise<readonly number[]>;
  /** Keeps where a training stands. @throws StaleAttemptError */
  saveCheckpoint(
    attempt: AttemptOf,
    step: number,
    bytes: Uint8Array,
    seconds: number,
  ): Promise<void>;
  /**
   * Writes results, whole or not at all. Where more was asked of the run meanwhile than `run` says, it waits again.
   * @throws StaleAttemptError
   */
  finish(run: FinishedRun, result: RunResult): Promise<void>;
  /** @throws StaleAttemptError */
  fail(attempt: AttemptOf, error: string): Promise<void>;
  /** Gives runs back: they wait again, or are stopped where they had begun; `why` is kept as their error. */
  release(attempts: readonly AttemptOf[], why?: string): Promise<void>;
  /** Gives back what these owners hold; for owners known to be dead. */
  releaseOwners(owners: readonly string[]): Promise<void>;
  /** Owners of the runs that are being worked on. */
  owners(): Promise<readonly string[]>;
  /** Gives back all runs whose worker has given no sign of life for `heartbeatLimit`; returns their ids. */
  releaseLost(): Promise<readonly number[]>;
  /** Runs of active sweeps that nobody works on, by position; with `of` only those of this sweep, or among these ids. */
  waiting(of?: {
    readonly sweepId?: number;
    readonly ids?: readonly number[];
  }): Promise<readonly WaitingRun[]>;

  close(): Promise<void>;
}

/** The run is in other hands: whoever writes was taken for dead. */
export class StaleAttemptError extends WorkError {
  override name = 'StaleAttemptError';
}

/** What is kept isn't what was written. */
export class DamageError extends WorkError {
  override name = 'DamageError';
}
