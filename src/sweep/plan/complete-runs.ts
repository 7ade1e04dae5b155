/** From what a sweep file says of a run to settings that can be trained, with the files that they name. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../../errors.ts';
import { completeDataset, readCayleyTable, readDataset, readText } from '../../format/index.ts';
import { parseOperation } from '../../task/operation.ts';
import { type SettingName, type SettingValue, settingNames } from '../../train/setting-kinds.ts';
import { completeSettings, type PartialSettings, type Settings } from '../../train/settings.ts';
import type { Draft } from './conditions.ts';
import type { Place } from './problems.ts';
import type { Source } from './source.ts';

export interface RunCompleter {
  /** The settings of a run; null where they are refused, which `tellProblems` tells. */
  complete(draft: Draft): Settings | null;
  /** Tells the source's problems why runs were refused, each reason once. */
  tellProblems(): void;
}

interface Refusal {
  readonly place: Place;
  readonly message: string;
  runs: number;
}

/**
 * @param folder of the sweep file: `dataset` and `cayley:FILE` are relative to it. A data set's path becomes an absolute
 *   one, a Cayley table the task itself. Null: files are refused.
 */
export function runCompleter(source: Source, folder: string | null): RunCompleter {
  const refusals = new Map<string, Refusal>();
  let runs = 0;
  const readTable = remembered((path) => readCayleyTable(readText(path), path));
  const readRows = remembered((path) => readText(path));
  const operations = new Map<number, (task: string) => ReturnType<typeof parseOperation>>();
  const operationOf = (task: string, modulus: number) => {
    const ofModulus =
      operations.get(modulus) ?? remembered((text) => parseOperation(text, modulus));
    operations.set(modulus, ofModulus);
    return ofModulus(task);
  };
  const checkRows = remembered((key) => {
    const [dataset, modulus, task] = JSON.parse(key) as [string, number, string | null];
    const rule = task === null ? null : operationOf(task, modulus).apply;
    completeDataset(readDataset(readRows(dataset), modulus, dataset), rule, dataset);
  });

  const withFiles = (given: Partial<Record<SettingName, SettingValue>>): PartialSettings => {
    const settings = { ...given } as PartialSettings;
    if (folder === null) {
      refuseFiles(settings);
      return settings;
    }
    if (typeof settings.dataset === 'string') {
      settings.dataset = resolve(folder, settings.dataset);
      settings.task ??= null;
    }
    const file = settings.task?.startsWith('cayley:') ? settings.task.slice(7) : null;
    if (file === null || (isTable(file) && !existsSync(resolve(folder, file)))) {
      return settings;
    }
    const table = about('task', () => readTable(resolve(folder, file)));
    if (settings.modulus !== undefined && settings.modulus !== table.modulus) {
      throw new InputError(
        `The table of the task has ${table.modulus} elements and the modulus is ${settings.modulus}; expected no modulus beside it.`,
      );
    }
    return { ...settings, ...table };
  };

  const check = ({ dataset, modulus, task }: Settings) => {
    if (task !== null) operationOf(task, modulus);
    else if (dataset === null) throw new InputError('Expected a task, or a dataset without one.');
    if (dataset !== null) {
      about('dataset', () => checkRows(JSON.stringify([dataset, modulus, task])));
    }
  };

  return {
    complete(draft) {
      runs++;
      const given = Object.fromEntries([...draft].map(([name, { value }]) => [name, value]));
      try {
        const settings = completeSettings(withFiles(given));
        check(settings);
        return settings;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const place = placeOfRefusal(error, draft, source);
        const key = `${place.start} ${error.message}`;
        const refusal = refusals.get(key) ?? { place, message: error.message, runs: 0 };
        refusal.runs++;
        refusals.set(key, refusal);
        return null;
      }
    },
    tellProblems() {
      for (const { place, message, runs: refused } of refusals.values()) {
        const share = runs > 1 ? ` (${refused} of ${runs} runs)` : '';
        source.problems.add(place, `${message}${share}`);
      }
    },
  };
}

/** Whether what stands after `cayley:` is the table itself. */
const isTable = (text: string) => /^[\d,/]+$/.test(text);

function refuseFiles({ dataset, task }: PartialSettings): void {
  const refuse = (setting: SettingName, what: string) =>
    about(setting, () => {
      throw new InputError(
        `A sweep from elsewhere can't name files of this machine: expected no ${what}. Run it here with: npx undertone sweep FILE`,
      );
    });
  if (typeof dataset === 'string') refuse('dataset', 'dataset');
  if (task?.startsWith('cayley:') && !isTable(task.slice(7))) {
    refuse('task', 'cayley:FILE; the table itself, cayley:0,1,…/…, may stand there');
  }
}

/** An error of one setting's file. */
class RefusedFile extends InputError {
  readonly setting: SettingName;
  constructor(setting: SettingName, { message }: InputError) {
    super(message);
    this.setting = setting;
  }
}

function about<T>(setting: SettingName, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof InputError ? new RefusedFile(setting, error) : error;
  }
}

/** Where the setting stands that an error speaks of: one that varies before one of the base. */
function placeOfRefusal(error: InputError, draft: Draft, source: Source): Place {
  const isNamed = (name: SettingName) => new RegExp(`\\b${name}\\b`, 'i').test(error.message);
  const named = error instanceof RefusedFile ? [error.setting] : settingNames.filter(isNamed);
  const candidates = named.flatMap((name) => draft.get(name) ?? []);
  const chosen = candidates.find(({ path }) => path[0] !== 'base') ?? candidates[0];
  return source.placeOf(chosen?.path ?? []);
}

/** A function whose results, and the errors it throws, are kept. */
function remembered<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, { readonly value: T } | { readonly error: unknown }>();
  return (key) => {
    let result = known.get(key);
    if (result === undefined) {
      try {
        result = { value: compute(key) };
      } catch (error) {
        result = { error };
      }
      known.set(key, result);
    }
    if ('error' in result) throw result.error;
    return result.value;
  };
}
