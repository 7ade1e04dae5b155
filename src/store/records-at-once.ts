/**
 * The quick way from rows to records, for lists of thousands: the same checks as the schemas of `records.ts`, of which
 * nothing is done twice. Runs of a study share most values, so each value of a setting is put to its schema once.
 */
import type { Selectable } from 'kysely';
import { type SettingName, settingNames } from '../train/setting-kinds.ts';
import { type Settings, settingsSchema } from '../train/settings.ts';
import { runStatuses } from './filter.ts';
import type { Extracted, FinalMetrics, Made, RunRecord } from './port.ts';
import type { RunsTable } from './tables.ts';

/** The record of a row that is right in all its parts; null for all else, and then `records.ts` says what is wrong. */
export function knownRecord(row: Selectable<RunsTable>, tags: readonly string[]): RunRecord | null {
  const isRight =
    isCount(row.id) &&
    isHash(row.key) &&
    typeof row.name === 'string' &&
    statuses.has(row.status) &&
    isTextOrNull(row.dataset) &&
    (row.measure_every === null || (isCount(row.measure_every) && row.measure_every >= 1)) &&
    (row.keep === 'weights' || row.keep === 'metrics') &&
    isCount(row.attempt) &&
    isTextOrNull(row.owner) &&
    isCount(row.step) &&
    typeof row.seconds === 'number' &&
    row.seconds >= 0 &&
    row.seconds < Number.POSITIVE_INFINITY &&
    isCount(row.created) &&
    (row.started === null || isCount(row.started)) &&
    (row.finished === null || isCount(row.finished)) &&
    (row.hash === null || isHash(row.hash)) &&
    isTextOrNull(row.error) &&
    typeof row.note === 'string' &&
    (row.archived === 0 || row.archived === 1);
  if (!isRight) return null;
  try {
    const settings = settingsOf(JSON.parse(row.settings));
    const extract = sameText(row.extract, isTextList);
    const metrics = row.metrics === null ? null : metricsOf(JSON.parse(row.metrics));
    const extracted: unknown = row.extracted === null ? null : JSON.parse(row.extracted);
    const made = row.made === null ? null : sameText(row.made, isMade);
    if (settings === null || extract === null || metrics === undefined) return null;
    if (row.extracted !== null && !isExtracted(extracted)) return null;
    if (row.made !== null && made === null) return null;
    const { id, key, name, status, dataset, measure_every, keep, attempt, owner } = row;
    const { step, seconds, created, started, finished, hash, error, note, archived } = row;
    return {
      id,
      key,
      name,
      status: status as RunRecord['status'],
      settings,
      datasetHash: dataset,
      measureEvery: measure_every,
      extract,
      keep: keep as RunRecord['keep'],
      attempt,
      owner,
      step,
      seconds,
      created,
      started,
      finished,
      hash,
      metrics,
      extracted: extracted as Extracted | null,
      error,
      made,
      note,
      archived: archived === 1,
      tags,
    };
  } catch {
    // Not JSON.
    return null;
  }
}

const statuses: ReadonlySet<string> = new Set(runStatuses);

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isHash(text: unknown): boolean {
  return typeof text === 'string' && text.length === 64 && /^[0-9a-f]{64}$/.test(text);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

/** Values that a setting's schema has let pass as they are. */
const accepted = new Map<SettingName, Set<unknown>>(settingNames.map((name) => [name, new Set()]));
/** No more are remembered: seeds may be many. */
const mostAccepted = 20_000;
const longest = 1000;

function settingsOf(value: unknown): Settings | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const settings = value as Record<string, unknown>;
  if (Object.keys(settings).length !== settingNames.length) return null;
  for (const name of settingNames) {
    const setting = settings[name];
    const known = accepted.get(name) as Set<unknown>;
    if (known.has(setting)) continue;
    // An absent setting is undefined here, for which a default would come out.
    const parsed = settingsSchema.shape[name].safeParse(setting);
    if (!parsed.success || parsed.data !== setting) return null;
    // A task may be a whole table.
    const isLong = typeof setting === 'string' && setting.length > longest;
    if (known.size < mostAccepted && !isLong) known.add(setting);
  }
  return value as Settings;
}

/** Texts that many rows share, parsed and checked; each is parsed once. */
const shared = new Map<string, unknown>();
const mostShared = 1000;

function sameText<T>(text: string, isRight: (value: unknown) => value is T): T | null {
  const known = shared.get(text);
  const value: unknown = known ?? JSON.parse(text);
  if (!isRight(value)) return null;
  if (known === undefined && shared.size < mostShared && text.length <= longest) {
    shared.set(text, value);
  }
  return value;
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

const madeNames = ['undertone', 'node', 'machine', 'backend', 'instructionSet'] as const;

function isMade(value: unknown): value is Made {
  return (
    isObject(value) &&
    Object.keys(value).length === madeNames.length &&
    madeNames.every((name) => typeof value[name] === 'string')
  );
}

function isExtracted(value: unknown): value is Extracted {
  return (
    isObject(value) &&
    Object.values(value).every(
      (one) => one === null || typeof one === 'string' || typeof one === 'number',
    )
  );
}

const accuracyNames = ['cleanTrain', 'noisyTrain', 'noisyTrue', 'validation', 'test'] as const;

/** Undefined where they are wrong. */
function metricsOf(value: unknown): FinalMetrics | undefined {
  if (!isObject(value) || Object.keys(value).length !== accuracyNames.length + 2) return undefined;
  const { step, loss } = value;
  if (!isCount(step) || !(loss === null || typeof loss === 'number')) return undefined;
  for (const name of accuracyNames) {
    const share = value[name];
    if (share !== null && !(typeof share === 'number' && share >= 0 && share <= 1))
      return undefined;
  }
  // NaN has no JSON.
  return { ...value, loss: loss ?? Number.NaN } as FinalMetrics;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
