/** Which runs a command is about: names, or all that pass a filter. */
import { InputError } from '../../errors.ts';
import { parseFilter, type RunFilter } from '../../store/filter.ts';
import type { RunQuery, RunRecord, Store } from '../../store/index.ts';
import { notice } from '../terminal.ts';

export interface FilterOptions {
  readonly sweep?: string;
  readonly filter?: string;
}

/** Whether words on the command line are a filter: no name holds an operator. */
function isFilter(words: readonly string[]): boolean {
  return words.some((word) => /[=<>~]/.test(word));
}

/** The filter that words and `--sweep` make together. @throws InputError where they are none. */
export function filterOf(words: readonly string[], sweep?: string): RunFilter {
  const own = parseFilter(words.join(' '));
  return sweep === undefined
    ? own
    : [
        ...own,
        { field: { of: 'run', name: 'sweep', type: 'text' }, operator: '=', values: [sweep] },
      ];
}

/**
 * Runs by name, key or hash, in the order given and each once, or those that pass a filter, newest first. Damaged
 * ones that a filter finds are named on standard error and left out.
 *
 * @throws InputError where neither or both are given, a run isn't there, or nothing passes.
 */
export async function chooseRuns(
  store: Store,
  words: readonly string[],
  { filter, sweep }: FilterOptions = {},
  archived = false,
): Promise<readonly RunRecord[]> {
  const given = filter !== undefined || sweep !== undefined;
  const terms = isFilter(words) ? words : [];
  const names = isFilter(words) ? [] : words;
  if (names.length > 0 && given) {
    throw new InputError('Give names of runs or a filter, not both.');
  }
  if (names.length > 0) {
    const runs: RunRecord[] = [];
    for (const name of names) runs.push(await store.findRun(name));
    return runs.filter(({ id }, i) => runs.findIndex((run) => run.id === id) === i);
  }
  if (terms.length === 0 && !given) {
    throw new InputError(
      'Which runs? Give their names, or a filter such as "width>=513 status=done" with --filter.',
    );
  }
  const query = { filter: filterOf([...terms, filter ?? ''], sweep), archived };
  const runs = await listed(store, { ...query, sort: 'created', descending: true });
  if (runs.length === 0) throw new InputError(await nothingPasses(store, query, sweep));
  return runs;
}

/** Runs that pass; what can't be read is named on standard error. */
export async function listed(store: Store, query: RunQuery): Promise<readonly RunRecord[]> {
  const { runs, damaged } = await store.listRuns(query);
  for (const problem of damaged) notice(problem);
  return runs;
}

/** Why a list is empty; names the sweep that was probably meant. @throws InputError where there is no such sweep. */
export async function nothingPasses(
  store: Store,
  query: RunQuery,
  sweep?: string,
): Promise<string> {
  if (sweep !== undefined) await store.findSweep(sweep);
  const { total } = await store.listRuns({ ...query, archived: true, limit: 1 });
  const hidden =
    total > 0 ? ` ${total === 1 ? 'One that does is' : `${total} that do are`} archived.` : '';
  return `No run in ${store.place} passes that filter.${hidden}`;
}
