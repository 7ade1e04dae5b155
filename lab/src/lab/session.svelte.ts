/** What all of the lab's pages share: the server, its sweeps, and what it tells as it happens. */
import type { InfoJson, LabEvents, SweepJson } from 'undertone/serve';
import { ApiError, api } from './api.ts';
import { Router } from './router.svelte.ts';

type RunNews = LabEvents['runs'];

export class Session {
  readonly router = new Router();
  info = $state.raw<InfoJson | null>(null);
  sweeps = $state.raw<readonly SweepJson[]>([]);
  needsToken = $state(false);
  /** Why the store can't be used. */
  away = $state<string | null>(null);
  /** Whether the server talks to us. */
  isConnected = $state(true);
  /** Counts up where what is shown is to be loaded again. */
  version = $state(0);
  /** The rows ticked in the list of runs. */
  chosen = $state.raw<readonly string[]>([]);

  readonly #listeners = new Set<(news: RunNews) => void>();
  #source: EventSource | null = null;

  /** Calls back with runs as they change, until the returned function is called. */
  onRuns(listener: (news: RunNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async load(): Promise<void> {
    try {
      this.info = await api.info();
      this.needsToken = false;
      this.away = this.info.store.away;
      if (this.away === null) this.sweeps = await api.sweeps();
      this.version++;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.take(error);
    }
  }

  /** Errors that concern all pages; returns the sentence for the others. */
  take(error: unknown): string | null {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) this.needsToken = true;
    else if (error.status === 503) this.away = error.message;
    else if (error.status === 0) this.isConnected = false;
    else return error.message;
    return null;
  }

  /** Connects; a page that nobody sees doesn't listen, for browsers open only six connections to a server. */
  listen(): () => void {
    const look = () => {
      if (document.hidden) this.#close();
      else this.#open();
    };
    look();
    document.addEventListener('visibilitychange', look);
    const forget = this.router.listen();
    return () => {
      document.removeEventListener('visibilitychange', look);
      forget();
      this.#close();
    };
  }

  #open(): void {
    if (this.#source !== null) return;
    const source = new EventSource('./api/events');
    this.#source = source;
    const on = <Name extends keyof LabEvents>(name: Name, use: (data: LabEvents[Name]) => void) =>
      source.addEventListener(name, (event) => use(JSON.parse((event as MessageEvent).data)));
    // What was missed is loaded again.
    source.addEventListener('open', () => {
      this.isConnected = true;
      void this.load();
    });
    source.addEventListener('error', () => {
      this.isConnected = false;
      if (source.readyState !== EventSource.CLOSED) return;
      // Refused, as by a server that was started anew with another token: the API says why.
      this.#close();
      void this.load();
      setTimeout(() => document.hidden || this.#open(), 3000);
    });
    on('runs', (news) => {
      for (const listener of this.#listeners) listener(news);
    });
    on('sweeps', (sweeps) => {
      this.sweeps = sweeps;
    });
    on('reload', () => {
      this.version++;
    });
    on('store', ({ away }) => {
      const isBack = this.away !== null && away === null;
      this.away = away;
      if (isBack) void this.load();
    });
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
  }
}
