import type { RunRecord } from '../../store/index.ts';

/** A run as `--json` prints it: what nobody knows yet is null, metrics that aren't there are an empty object. */
export function runJson(run: RunRecord) {
  const { name, status, settings, metrics, hash, key, tags, note, archived, step, seconds } = run;
  const { created, started, finished, extract, extracted, error, made, measureEvery, keep } = run;
  return {
    name,
    status,
    settings,
    metrics: metrics ?? {},
    hash,
    key,
    tags,
    note,
    archived,
    step,
    seconds,
    created: isoTime(created),
    started: isoTime(started),
    finished: isoTime(finished),
    extract,
    extracted,
    error,
    made,
    measureEvery,
    keep,
    datasetHash: run.datasetHash,
  };
}

/** "2026-11-26T14:30:05.120Z". */
function isoTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
