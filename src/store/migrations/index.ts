import type { StoreMigration } from './migration.ts';
import { runsAndSweeps } from './runs-and-sweeps.ts';

/**
 * In their order: a store has passed through the first so many. Never changed once published, only added to. Where
 * runs get a new setting, a step goes with it, be it one that does nothing: so that older programs refuse the store
 * rather than take its runs for damaged.
 */
export const migrations: readonly StoreMigration[] = [runsAndSweeps];
