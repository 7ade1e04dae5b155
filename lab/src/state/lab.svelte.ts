/** All that the page knows: its settings, the network and its control, and how they are looked at. */
import type { AnalysisName, Question } from '../analyst/analyses.ts';
import { openAnalyst } from '../analyst/client.ts';
import { threadsToUse } from '../engine/client.ts';
import type { Lens, OpenOrder, StopCondition } from '../engine/protocol.ts';
import { Bench } from './bench.svelte.ts';
import {
  firstState,
  hashOf,
  type PageSettings,
  type PageState,
  stateOf,
  trainingSettings,
  type Which,
} from './page-settings.ts';

const slow: ReadonlySet<AnalysisName> = new Set<AnalysisName>(['extraction', 'filtered', 'rung']);

export class Lab {
  settings = $state<PageSettings>({ ...firstState.settings });
  stopAt = $state<StopCondition>('steps');
  lambda = $state(1);
  select = $state<Lens['select']>('energy');
  which = $state<Which>('trained');
  axis = $state<PageState['axis']>('log');
  /** A keyframe of the run, or null for the newest step. */
  step = $state<number | null>(null);
  ablated = $state.raw<readonly number[]>([]);
  readonly trained: Bench;
  readonly control: Bench;
  readonly bench: Bench;
  /** Two, so that what takes a second doesn't wait for what takes ten. */
  private readonly analysts = { quick: openAnalyst(), slow: openAnalyst() };
  /** Names the weights that instruments look at. */
  readonly subjectKey: string;

  constructor(hash: string) {
    const threads = threadsToUse();
    this.trained = new Bench(threads);
    this.control = new Bench(1);
    this.bench = $derived(this.which === 'trained' ? this.trained : this.control);
    this.subjectKey = $derived(
      `${this.which} ${this.bench.version} ${this.which === 'trained' ? this.step : null}`,
    );
    this.take(stateOf(hash));
    this.trained.onFinished = () => this.trainControl();
  }

  private take(state: PageState): void {
    this.settings = { ...state.settings };
    this.stopAt = state.stopAt;
    this.lambda = state.lambda;
    this.select = state.select;
    this.which = state.network;
    this.axis = state.axis;
  }

  /** The page's address without the part before the hash. */
  get hash(): string {
    const { settings, stopAt, lambda, select, which, axis } = this;
    return hashOf({ settings, stopAt, lambda, select, network: which, axis });
  }

  /** Puts the state into the page's address. */
  writeAddress(): void {
    const { hash } = this;
    if (hash === location.hash) return;
    history.replaceState(null, '', hash === '' ? location.pathname + location.search : hash);
  }

  get lens(): Lens {
    const { lambda, select, step, ablated } = this;
    return { lambda, select, step, ablated };
  }

  /** Both networks are looked at alike; only the trained one can lack neurons. */
  look(): void {
    this.trained.look(this.lens);
    this.control.look({ ...this.lens, step: null, ablated: [] });
  }

  /** A new network from the settings; it trains at once unless told otherwise. */
  restart(play = true): void {
    this.step = null;
    this.ablated = [];
    this.control.clear();
    this.look();
    const { stopAt } = this;
    this.trained.train({ settings: trainingSettings(this.settings), control: false, play, stopAt });
    if (this.which === 'control') this.trainControl();
  }

  /** A network from files instead of one in training. */
  open(order: OpenOrder): void {
    this.step = null;
    this.ablated = [];
    this.which = 'trained';
    this.control.clear();
    this.trained.open(order);
  }

  /** The control comes after the network, so that it doesn't slow it; or when somebody looks at it. */
  trainControl(): void {
    if (this.control.started !== null || this.trained.started?.settings === null) return;
    const settings = trainingSettings(this.settings);
    this.control.train({ settings, control: true, play: true, stopAt: 'steps' });
  }

  private keyOf(which: Which): string {
    const { version } = which === 'trained' ? this.trained : this.control;
    return `${which} ${version} ${which === 'trained' ? this.step : null}`;
  }

  /** Asks the analyst of one of the networks, whichever is shown. */
  askOf<Name extends AnalysisName>(which: Which, name: Name, question: Question<Name>) {
    const bench = which === 'trained' ? this.trained : this.control;
    const analyst = this.analysts[slow.has(name) ? 'slow' : 'quick'];
    return analyst.ask(this.keyOf(which), bench.snapshot, name, question);
  }

  show(which: Which): void {
    this.which = which;
    if (which === 'control') this.trainControl();
  }

  /** Other settings; what isn't named is as on the first screen. */
  choose(settings: Partial<PageSettings>): void {
    // So that the back button leads to what was there before.
    this.writeAddress();
    history.pushState(null, '', location.href);
    this.settings = { ...firstState.settings, ...settings };
    this.stopAt = 'steps';
    this.lambda = 1;
    this.which = 'trained';
    this.writeAddress();
    this.restart();
  }

  /** The state of another address, as after the browser's back button. */
  visit(hash: string): void {
    if (hash === this.hash) return;
    this.take(stateOf(hash));
    this.restart();
  }
}
