/**
 * What a page and its engine say to each other. An engine lives in a worker, owns one network in training (or one
 * read from a file), and shows it through a lens. Another source of networks is another implementation of the
 * same messages.
 */
import type { Activation, Network } from 'undertone/model';
import type { Accuracies, Dataset } from 'undertone/task';
import type { MetricsRow, PartialSettings, Settings } from 'undertone/train';

/** What of the network is looked at: G + λR at a step, without the neurons that are switched off. */
export interface Lens {
  readonly lambda: number;
  /** How G's frequencies are chosen; the paper's is "energy". */
  readonly select: 'energy' | 'triad';
  /** One of `Started.keyframes`; null: the newest. */
  readonly step: number | null;
  readonly ablated: readonly number[];
}

export const wholeNetwork: Lens = { lambda: 1, select: 'energy', step: null, ablated: [] };

/** When to stop before the last step. */
export const stopConditions = ['steps', 'memorised', 'generalised'] as const;
export type StopCondition = (typeof stopConditions)[number];

export interface TrainOrder {
  readonly settings: PartialSettings;
  /** The random-feature control: the first layer stays as it was drawn. */
  readonly control: boolean;
  readonly play: boolean;
  readonly stopAt: StopCondition;
}

/** Files that were dropped: a model and, if there is one, the rows it was trained on. */
export interface OpenOrder {
  readonly model: { readonly name: string; readonly bytes: Uint8Array };
  readonly rows: { readonly name: string; readonly text: string } | null;
  /** What the files don't say; null where nobody knows. */
  readonly task: string | null;
  readonly activation: Activation | null;
}

export type Order =
  | ({ readonly type: 'train' } & TrainOrder)
  | ({ readonly type: 'open' } & OpenOrder)
  | { readonly type: 'play' }
  | { readonly type: 'pause' }
  | { readonly type: 'step'; readonly count: number }
  | { readonly type: 'rates'; readonly learningRate: number; readonly weightDecay: number }
  | { readonly type: 'lens'; readonly lens: Lens }
  | { readonly type: 'snapshot'; readonly request: number };

export interface Ready {
  readonly type: 'ready';
  readonly instructionSet: string;
  readonly threads: number;
  /** Whether the bits are those of the command line's kernel. */
  readonly isFused: boolean;
}

/** How G joins frequencies: û at k1·ω, v̂ at k2·ω, ŵ at ω, in a basis; and where that is known from. */
export interface Joined {
  readonly k1: number;
  readonly k2: number;
  readonly basis: string;
  readonly source: 'task' | 'assumed';
}

/** A network that is there now. */
export interface Started {
  readonly type: 'started';
  /** Settings of a training; null for a network from a file. */
  readonly settings: Settings | null;
  readonly name: string | null;
  readonly modulus: number;
  readonly width: number;
  readonly activation: Activation;
  readonly dataset: Dataset | null;
  readonly joined: Joined;
  /** The `train` command that ends at the same weights; null for a file. */
  readonly command: string | null;
  readonly notices: readonly string[];
}

export type Status = 'playing' | 'paused' | 'finished';

/** The network as the lens shows it. */
export interface View {
  readonly lens: Lens;
  readonly step: number;
  /** [P²] at a·P + b. */
  readonly answers: Uint16Array;
  /** Null without a data set. */
  readonly accuracies: Accuracies | null;
}

export interface Frame {
  readonly type: 'frame';
  readonly status: Status;
  readonly step: number;
  readonly stepsPerSecond: number | null;
  /** Measurements since the last frame, of the whole network. */
  readonly rows: readonly MetricsRow[];
  readonly view: View;
  /** Steps that a lens may look at besides the newest. */
  readonly keyframes: readonly number[];
  /** SHA-256 of the weights at the newest step; null while training and where browsers have none. */
  readonly hash: string | null;
  /** Why training stopped before its last step; null otherwise. */
  readonly stopped: StopCondition | null;
  /** Whether rates were changed on the way, so that no one command makes this run. */
  readonly altered: boolean;
}

/** Everything that an analysis needs of a network. */
export interface Snapshot {
  readonly step: number;
  readonly network: Network;
  /** The weights before the first step; null for a file. */
  readonly initial: Network | null;
  readonly activation: Activation;
  readonly dataset: Dataset | null;
  readonly joined: Joined;
}

export type Message =
  | Ready
  | Started
  | Frame
  | { readonly type: 'snapshot'; readonly request: number; readonly snapshot: Snapshot | null }
  | { readonly type: 'failed'; readonly message: string };
