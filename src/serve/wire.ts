/** What the server and the page say to each other: plain JSON. */
import type { Extracted, FinalMetrics, Made, RunStatus, SweepState } from '../store/index.ts';
import type { Settings } from '../train/settings.ts';

export interface InfoJson {
  readonly version: string;
  readonly store: {
    readonly kind: 'sqlite' | 'postgres';
    /** Without a password. */
    readonly place: string;
    /** Why it can't be reached now, in a sentence. */
    readonly away: string | null;
  };
  readonly backend: string;
  readonly workers: number;
  /** Sweeps that this server works on. */
  readonly work: readonly WorkJson[];
}

export interface WorkJson {
  readonly sweep: string;
  /** What is in the way, if anything. */
  readonly trouble: string | null;
}

/** Metrics as JSON has them: where the loss isn't a number, null. */
export type MetricsJson = Omit<FinalMetrics, 'loss'> & { readonly loss: number | null };

export interface RunJson {
  readonly name: string;
  readonly key: string;
  readonly status: RunStatus;
  readonly settings: Settings;
  readonly step: number;
  readonly seconds: number;
  readonly created: number;
  readonly started: number | null;
  readonly finished: number | null;
  readonly hash: string | null;
  readonly metrics: MetricsJson | null;
  readonly extracted: Extracted | null;
  readonly error: string | null;
  /** The machine that works or worked on it. */
  readonly machine: string | null;
  readonly tags: readonly string[];
  readonly note: string;
}

export interface RunDetailJson extends RunJson {
  readonly measureEvery: number | null;
  readonly extract: readonly string[];
  readonly keep: 'weights' | 'metrics';
  readonly made: Made | null;
  /** The command that makes the run again. */
  readonly command: string;
}

export interface RunListJson {
  readonly runs: readonly RunJson[];
  readonly total: number;
  readonly damaged: readonly string[];
}

export interface SeriesJson {
  readonly run: string;
  readonly rows: readonly MetricsJson[];
}

export interface SweepJson {
  readonly name: string;
  readonly filename: string;
  readonly state: SweepState;
  readonly created: number;
  readonly updated: number;
  readonly counts: Readonly<Record<RunStatus, number>>;
  /** Whether this server works on it. */
  readonly here: boolean;
  readonly trouble: string | null;
}

/** A run of a sweep: without its settings, for there may be thousands. */
export interface SweepRunJson {
  readonly name: string;
  readonly status: RunStatus;
  readonly axes: Readonly<Record<string, unknown>>;
  readonly step: number;
  readonly steps: number;
  readonly seconds: number;
  readonly metrics: MetricsJson | null;
  readonly extracted: Extracted | null;
  readonly error: string | null;
}

export interface AxisJson {
  readonly name: string;
  readonly values: readonly (number | string | boolean | null)[];
}

export interface SweepDetailJson extends SweepJson {
  readonly text: string;
  readonly axes: readonly AxisJson[];
  readonly runs: readonly SweepRunJson[];
  readonly damaged: readonly string[];
}

export interface PlanJson {
  readonly name: string;
  readonly runs: number;
  readonly axes: readonly AxisJson[];
  readonly extract: readonly string[];
  readonly notices: readonly string[];
  /** Whether the store has a sweep of this name, which would be changed. */
  readonly exists: boolean;
  readonly estimate: { readonly seconds: number; readonly bytes: number } | null;
}

export interface ErrorJson {
  /** A sentence for people. */
  readonly error: string;
  /** Of a sweep's text: where. Lines and columns are counted from 1. */
  readonly problems?: readonly {
    readonly line: number;
    readonly column: number;
    readonly message: string;
  }[];
  /** The server wants its token first. */
  readonly needsToken?: true;
}

/** Server-sent events by name. */
export interface LabEvents {
  /** Runs as they are now; of a running one perhaps only its step. */
  readonly runs: readonly (RunJson | { readonly name: string; readonly step: number })[];
  /** All sweeps, where one has changed. */
  readonly sweeps: readonly SweepJson[];
  /** More has changed than is worth sending: load again what is shown. */
  readonly reload: null;
  /** The store went away, or came back (null). */
  readonly store: { readonly away: string | null };
}
