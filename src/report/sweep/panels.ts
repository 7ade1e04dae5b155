/** A figure in several panels side by side: one for each value of the settings that are on no axis of it. */
import { completeSettings } from '../../train/settings.ts';
import { escapeHtml } from '../html.ts';
import { list } from '../numbers.ts';
import { groupsBy } from './groups.ts';
import { settingText } from './labels.ts';
import type { StudyRun, SweepAxis } from './study.ts';

/** More panels than these would be a wall. */
const mostPanels = 12;

export interface Panel {
  /** "α = 0.4"; empty where there is one panel only. */
  readonly title: string;
  readonly runs: readonly StudyRun[];
}

export interface Panels {
  readonly panels: readonly Panel[];
  /** "weight decay = 0.1": where the rest stands, if there are too many panels. */
  readonly fixed: readonly string[];
}

/**
 * Panels over some axes. Where they would be too many, the last axes are held at one value, their default where it is
 * among them.
 */
export function panelsOver(runs: readonly StudyRun[], axes: readonly SweepAxis[]): Panels {
  const defaults: Readonly<Record<string, unknown>> = completeSettings({});
  let kept = runs;
  let free = axes;
  const fixed: string[] = [];
  while (free.length > 0 && groupsBy(kept, free).length > mostPanels) {
    const { name, values } = free[free.length - 1];
    const present = values.filter((value) => kept.some(({ settings }) => settings[name] === value));
    const value = present.find((one) => one === defaults[name]) ?? present[0];
    kept = kept.filter(({ settings }) => settings[name] === value);
    free = free.slice(0, -1);
    fixed.unshift(settingText(name, value));
  }
  const panels = groupsBy(kept, free).map(({ at, runs: own }) => ({
    title: free.map(({ name }, i) => settingText(name, at[i])).join(', '),
    runs: own,
  }));
  return { panels, fixed };
}

/** Pixels that a panel is drawn at, for so many of them. */
export function panelWidth(count: number): number {
  return count === 1 ? 640 : count === 2 ? 540 : 372;
}

export function panelsHtml(
  drawn: readonly { readonly title: string; readonly svg: string }[],
): string {
  const panels = drawn.map(({ title, svg }) => {
    const head = title === '' ? '' : `<p class="panel-title"><b>${escapeHtml(title)}</b></p>`;
    return `<div class="sweep-panel">${head}${svg}</div>`;
  });
  return `<div class="sweep-panels of-${Math.min(drawn.length, 3)}">${panels.join('\n')}</div>`;
}

export function fixedText(fixed: readonly string[]): string {
  return fixed.length === 0 ? '' : ` Shown at ${list(fixed)} alone; a filter chooses others.`;
}
