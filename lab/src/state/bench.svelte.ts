/** One network on the bench: what its engine last said of it. */
import type { MetricsRow } from 'undertone/train';
import { type Engine, openEngine } from '../engine/client.ts';
import type {
  Frame,
  Lens,
  OpenOrder,
  Ready,
  Started,
  Status,
  TrainOrder,
  View,
} from '../engine/protocol.ts';

/** Beyond this many points a curve keeps every other one. */
const mostRows = 3000;

export class Bench {
  ready = $state.raw<Ready | null>(null);
  started = $state.raw<Started | null>(null);
  frame = $state.raw<Frame | null>(null);
  rows = $state.raw<readonly MetricsRow[]>([]);
  failure = $state<string | null>(null);
  /** Steps at which rates were changed in flight. */
  changes = $state.raw<readonly number[]>([]);
  /** Grows with every change of weights; while they train, twice a second. */
  version = $state(0);
  onFinished: () => void = () => {};
  private readonly engine: Engine;
  private counted = 0;

  readonly status: Status | 'empty' = $derived(
    this.started === null ? 'empty' : (this.frame?.status ?? 'paused'),
  );
  readonly view: View | null = $derived(this.frame?.view ?? null);
  /** The newest measurement of the whole network. */
  readonly latest: MetricsRow | null = $derived(this.rows.at(-1) ?? null);

  constructor(threads: number) {
    this.engine = openEngine(threads, (message) => {
      switch (message.type) {
        case 'ready':
          this.ready = message;
          break;
        case 'started':
          this.started = message;
          this.rows = [];
          this.frame = null;
          this.failure = null;
          this.changes = [];
          break;
        case 'frame':
          this.take(message);
          break;
        case 'failed':
          this.failure = message.message;
      }
    });
  }

  train(order: TrainOrder): void {
    this.failure = null;
    this.engine.send({ type: 'train', ...order });
  }

  open(order: OpenOrder): void {
    this.failure = null;
    this.engine.send({ type: 'open', ...order });
  }

  play = () => this.engine.send({ type: 'play' });
  pause = () => this.engine.send({ type: 'pause' });
  step = (count: number) => this.engine.send({ type: 'step', count });
  look = (lens: Lens) => this.engine.send({ type: 'lens', lens });
  setRates = (learningRate: number, weightDecay: number) => {
    this.changes = [...this.changes, this.frame?.step ?? 0];
    this.engine.send({ type: 'rates', learningRate, weightDecay });
  };
  snapshot = () => this.engine.snapshot();

  /** Forgets the network; its engine stops and keeps it until it gets another. */
  clear(): void {
    this.engine.send({ type: 'pause' });
    this.started = null;
    this.frame = null;
    this.rows = [];
  }

  private take(frame: Frame): void {
    // One that was on its way when its network was cleared.
    if (this.started === null) return;
    const before = this.frame;
    this.frame = frame;
    if (frame.rows.length > 0) this.rows = thinned([...this.rows, ...frame.rows]);
    const rests = frame.status !== 'playing';
    const moved =
      before === null ||
      before.step !== frame.step ||
      before.view.step !== frame.view.step ||
      before.status !== frame.status;
    const now = performance.now();
    if ((rests && moved) || (!rests && now - this.counted > 500)) {
      this.version++;
      this.counted = now;
    }
    if (frame.status === 'finished' && before?.status !== 'finished') this.onFinished();
  }
}

function thinned(rows: MetricsRow[]): MetricsRow[] {
  return rows.length <= mostRows
    ? rows
    : rows.filter((_, i) => i % 2 === 0 || i === rows.length - 1);
}
