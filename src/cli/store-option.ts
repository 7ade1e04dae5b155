/** `--store`: where runs are kept. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { InputError } from '../errors.ts';
import { isServer, openStore, type Store } from '../store/index.ts';
import { notice } from './terminal.ts';

export const defaultStore = 'undertone.db';

export interface StoreOptions {
  readonly store: string;
}

export function addStoreOption(command: Command): Command {
  return command.option(
    '--store <place>',
    'where runs are kept: a file, or postgres://USER@HOST/DATABASE',
    defaultStore,
  );
}

/** Opens the store, and makes it where it isn't there yet. */
export function storeFor({ store }: StoreOptions): Promise<Store> {
  return openStore(store, { onBackup: notice });
}

/**
 * Opens a store that must be there.
 * @throws InputError where it isn't.
 */
export async function existingStore({ store }: StoreOptions): Promise<Store> {
  if (!isServer(store) && !existsSync(store)) {
    throw new InputError(
      `There is no store ${store} yet: undertone sweep FILE makes one; --store names another.`,
    );
  }
  return await storeFor({ store });
}
