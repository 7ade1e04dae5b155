/** Runs that somebody should take: those that wait, and those that were lost with their worker. */
import { givenBack } from './attempts.ts';
import { isLost } from './conditions.ts';
import type { StoreDialect } from './dialect.ts';
import type { WaitingRun } from './port.ts';
import { inParts } from './runs.ts';

export async function releaseLost(dialect: StoreDialect): Promise<number[]> {
  return await dialect.db.transaction().execute(async (change) => {
    const query = change.selectFrom('runs').select('id').where(isLost(dialect));
    // One whose worker froze in the middle of a write is locked: it holds up no other.
    const rows = await (dialect.lockRuns === null
      ? query
      : query.modifyEnd(dialect.lockRuns)
    ).execute();
    const ids = rows.map(({ id }) => id);
    for (const part of inParts(ids)) {
      await change.updateTable('runs').set(givenBack).where('id', 'in', part).execute();
    }
    return ids;
  });
}

export async function waiting(
  { db }: StoreDialect,
  of: { readonly sweepId?: number; readonly ids?: readonly number[] },
): Promise<WaitingRun[]> {
  const { sweepId, ids } = of;
  const query = db
    .selectFrom('runs')
    .innerJoin('sweep_runs', 'sweep_runs.run_id', 'runs.id')
    .innerJoin('sweeps', 'sweeps.id', 'sweep_runs.sweep_id')
    .select('runs.id')
    .select(({ fn }) => fn.min('sweep_runs.position').as('position'))
    .where('sweeps.state', '=', 'active')
    .where('runs.status', 'in', ['queued', 'stopped'])
    .groupBy('runs.id');
  const ofSweep = sweepId === undefined ? query : query.where('sweep_runs.sweep_id', '=', sweepId);
  const found: WaitingRun[] = [];
  for (const part of ids === undefined ? [null] : inParts(ids)) {
    const rows = await (part === null ? ofSweep : ofSweep.where('runs.id', 'in', part)).execute();
    found.push(...rows.map(({ id, position }) => ({ id, position: Number(position) })));
  }
  return found.sort((x, y) => x.position - y.position || x.id - y.id);
}
