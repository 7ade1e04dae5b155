import type { StoreMigration } from './migration.ts';
import { runsAndSweeps } from './runs-and-sweeps.ts';

/** In their order: a store has passed through the first so many. Never changed once published, only added to. */
export const migrations: readonly StoreMigration[] = [runsAndSweeps];
