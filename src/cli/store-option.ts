/** `--store`: where runs are kept, for every command that keeps or reads them. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { InputError } from '../errors.ts';
import type { Store } from '../store/index.ts';
import { isServer } from '../store/place.ts';
import { notice } from './terminal.ts';

export interface StoreOption {
  readonly store?: string;
}

/** The store in the current folder: the project's own. */
export const defaultStore = 'undertone.db';

export function addStoreOption(command: Command): Command {
  return command.option(
    '--store <place>',
    `where runs are kept: FILE.db, or postgres://USER:PASSWORD@HOST/DATABASE (default: ${defaultStore} in the current folder)`,
  );
}

/**
 * Opens the store that is meant, lets it be used, closes it.
 *
 * @param intent `read`: a file that isn't there is not made, for nothing could be read from it.
 * @throws InputError where there is no such store, or it can't be opened.
 */
export async function withStore<T>(
  { store: place = defaultStore }: StoreOption,
  intent: 'read' | 'write',
  use: (store: Store) => Promise<T>,
): Promise<T> {
  if (intent === 'read' && !hasStore({ store: place })) {
    throw new InputError(
      `There is no store ${place} yet. npx undertone sweep FILE.yaml makes one, and so does npx undertone runs add RUNDIR with a finished run; or name another with --store.`,
    );
  }
  // The database's packages are loaded only where a store is opened.
  const { openStore } = await import('../store/index.ts');
  const store = await openStore(place, { onBackup: notice });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Whether the store that is meant is there, or is on a server. */
export function hasStore({ store: place = defaultStore }: StoreOption): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(place) || existsSync(place);
}

/** The option as it is to be typed again; without a password. */
export function storeFlag({ store: place }: StoreOption, store: Store): string {
  return place === undefined ? '' : ` --store ${isServer(place) ? store.place : place}`;
}
