/** Runs as a table for people. */
import type { RunList, RunRecord, RunStatus } from '../../store/index.ts';
import { settingNames } from '../../train/setting-kinds.ts';
import { shown } from '../shown.ts';
import { duration, percent, styled, table } from '../terminal.ts';

/** More settings than these would make a table that no terminal is wide enough for. */
const mostSettings = 6;

/** Settings of which these runs have several values, in the order of the settings; the seed last. */
export function varyingSettings(runs: readonly Pick<RunRecord, 'settings'>[]) {
  const varies = settingNames.filter(
    (name) => new Set(runs.map(({ settings }) => settings[name])).size > 1,
  );
  return [...varies.filter((name) => name !== 'seed'), ...varies.filter((name) => name === 'seed')];
}

export function listText({ runs, total }: RunList, now: number): string {
  const varying = varyingSettings(runs);
  const columns = varying.slice(0, mostSettings);
  const header = ['run', 'status', ...columns, 'step', 'loss', 'noisy', 'test', 'time', 'age'];
  const rows = runs.map((run) => [
    run.archived ? styled('dim', run.name) : run.name,
    statusText(run.status),
    ...columns.map((name) => settingText(run.settings[name])),
    `${run.step}/${run.settings.steps}`,
    lossText(run.metrics?.loss),
    percent(run.metrics?.noisyTrain ?? null),
    percent(run.metrics?.test ?? null),
    run.seconds === 0 ? '–' : duration(run.seconds),
    age(now - run.created),
  ]);
  const lines = [table([header.map((name) => styled('bold', name)), ...rows])];
  const more = varying.slice(mostSettings);
  if (more.length > 0) lines.push(styled('dim', `${more.join(', ')} differ too; --json has all.`));
  const left = total - runs.length;
  lines.push(
    styled(
      'dim',
      left > 0
        ? `${runs.length} of ${total} runs; --all shows the rest.`
        : `${total === 1 ? 'One run' : `${total} runs`}.`,
    ),
  );
  return lines.join('\n');
}

const statusStyles = {
  queued: 'dim',
  running: 'cyan',
  done: 'green',
  failed: 'red',
  stopped: 'yellow',
} as const satisfies Record<RunStatus, string>;

export function statusText(status: RunStatus): string {
  return styled(statusStyles[status], status);
}

/** A setting's value; a dash where it has none. */
export function settingText(value: unknown): string {
  return value === null ? '–' : shown(String(value));
}

export function lossText(loss: number | undefined): string {
  if (loss === undefined || !Number.isFinite(loss)) return '–';
  return loss !== 0 && loss < 1e-3 ? loss.toExponential(1) : loss.toFixed(3);
}

/** How long ago: "12 s", "5 min", "3 h", "8 d". */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1000);
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}
