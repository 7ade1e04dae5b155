/** Holds the store for a server that outlives its absences: notices that it is gone, says so, takes it up again. */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isServer, openStore, type Store } from '../store/index.ts';
import { StoreAwayError, storeTrouble } from './store-trouble.ts';

export interface StoreKeeper {
  readonly kind: Store['kind'];
  readonly place: string;
  /** Why it can't be used now; null where it can. */
  away(): string | null;
  /** @throws StoreAwayError where it is away, or doesn't answer in time; whatever `work` throws otherwise. */
  use<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** The store as soon as it can be used; rejects with the signal's reason. */
  whenBack(signal: AbortSignal): Promise<Store>;
  /** Calls back with `away()` when that changes. */
  onChange(listener: (away: string | null) => void): void;
  close(): Promise<void>;
}

export interface KeeperOptions {
  readonly onBackup?: (notice: string) => void;
  /** How long a request waits for the store; default 5 s. */
  readonly patience?: number;
  /** How often an absent one is looked for; default 1 s. */
  readonly every?: number;
}

/** Opens the store at `place`. @throws InputError as `openStore` does. */
export async function keepStore(place: string, options: KeeperOptions = {}): Promise<StoreKeeper> {
  const { patience = 5000, every = 1000 } = options;
  const opening = options.onBackup === undefined ? {} : { onBackup: options.onBackup };
  let store: Store = await openStore(place, opening);
  let file = isServer(place) ? null : fileAt(place);
  let away: string | null = null;
  let closed = false;
  let recovery: Promise<void> | null = null;
  const listeners = new Set<(away: string | null) => void>();
  const { kind, place: shown } = store;

  const setAway = (why: string | null) => {
    if (closed || why === away) return;
    away = why;
    for (const listener of listeners) listener(away);
    if (why !== null) recovery ??= recover().finally(() => (recovery = null));
  };

  /** A file that was removed or replaced goes on under an open handle, where nobody else sees it. */
  const look = () => {
    if (file === null) return;
    const now = fileAt(place);
    if (now === null)
      setAway(`The store ${shown} is gone; put it back, or start again with --store.`);
    else if (now !== file) setAway(`The store ${shown} was replaced by another file.`);
  };

  const recover = async () => {
    // The handle on a file may lead nowhere; a server's connections mend themselves.
    if (kind === 'sqlite') await store.close().catch(() => {});
    while (!closed) {
      await sleep(every, undefined, { ref: false });
      if (closed) return;
      try {
        if (kind === 'sqlite') {
          if (fileAt(place) === null)
            throw new StoreAwayError(
              `The store ${shown} is gone; put it back, or start again with --store.`,
            );
          const opened = await openStore(place, opening);
          try {
            await probe(opened);
          } catch (error) {
            await opened.close().catch(() => {});
            throw error;
          }
          store = opened;
          file = fileAt(place);
        } else await probe(store);
        setAway(null);
        return;
      } catch (error) {
        const why = storeTrouble(error, shown) ?? (error as Error).message;
        if (why !== away) setAway(why);
      }
    }
  };

  const inTime = async <T>(work: Promise<T>, milliseconds: number): Promise<T> => {
    const over = new AbortController();
    work.catch(() => {});
    try {
      return await Promise.race([
        work,
        sleep(milliseconds, undefined, { signal: over.signal }).then(() => {
          throw new StoreAwayError(
            `The store ${shown} doesn't answer; check that it runs and can be reached.`,
          );
        }),
      ]);
    } finally {
      over.abort();
    }
  };
  const probe = async (which: Store) => {
    await inTime(which.listSweeps(), 30_000);
    await inTime(which.listRuns({ limit: 1 }), 30_000);
  };

  return {
    kind,
    place: shown,
    away: () => away,
    async use(work) {
      if (away === null) look();
      if (away !== null) throw new StoreAwayError(away);
      const used = store;
      try {
        return await inTime(work(used), patience);
      } catch (error) {
        // A store that was closed meanwhile throws whatever it likes.
        const isGone = used !== store || away !== null;
        const trouble =
          storeTrouble(error, shown) ??
          (isGone ? (away ?? `The store ${shown} was opened anew; ask again.`) : null);
        if (trouble === null) throw error;
        if (isGone) throw new StoreAwayError(trouble, { cause: error });
        // One request may ask for much; where even a small one isn't answered, the store is away.
        const isAway =
          !(error instanceof StoreAwayError) ||
          (await inTime(used.listSweeps(), patience).then(
            () => false,
            () => true,
          ));
        if (isAway && used === store) setAway(trouble);
        throw new StoreAwayError(trouble, { cause: error });
      }
    },
    async whenBack(signal) {
      for (;;) {
        signal.throwIfAborted();
        if (away === null) look();
        if (away === null) return store;
        await sleep(every, undefined, { signal });
      }
    },
    onChange: (listener) => listeners.add(listener),
    async close() {
      closed = true;
      await recovery;
      await store.close().catch(() => {});
    },
  };
}

/** Which file lies there, as device and inode; null where none does. */
function fileAt(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}
