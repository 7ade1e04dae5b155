/** What queries ask of a run. */
import { sql } from 'kysely';
import type { StoreDialect } from './dialect.ts';
import { heartbeatLimit } from './port.ts';

/** Waits, or is in the hands of somebody who has given no sign of life. */
export const isFree = (dialect: StoreDialect) =>
  sql<boolean>`(runs.status in ('queued', 'stopped') or ${isLost(dialect)})`;

/** In the hands of somebody who has given no sign of life, although the store could hear it. */
export const isLost = ({ now, couldHear }: StoreDialect) =>
  sql<boolean>`(runs.status = 'running' and coalesce(runs.heartbeat, 0) < ${now} - ${sql.lit(heartbeatLimit)} and ${couldHear})`;

/** Some active sweep wants it. */
export const isWanted = sql<boolean>`exists (select 1 from sweep_runs join sweeps on sweeps.id = sweep_runs.sweep_id
  where sweep_runs.run_id = runs.id and sweeps.state = 'active')`;
