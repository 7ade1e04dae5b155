/** A figure in several panels side by side: one for each value of the settings that are on no axis of it. */
import { escapeHtml } from '../html.ts';
import { groupsBy } from './groups.ts';
import { settingText } from './labels.ts';
import type { StudyRun, SweepAxis } from './study.ts';

/** More panels than these would be a wall. */
export const mostPanels = 12;

export interface Panel {
  /** "α = 0.4"; empty where there is one panel only. */
  readonly title: string;
  readonly runs: readonly StudyRun[];
}

/** Panels over some axes, and how many there are beyond those that are shown. */
export function panelsOver(
  runs: readonly StudyRun[],
  axes: readonly SweepAxis[],
): { readonly panels: readonly Panel[]; readonly left: number } {
  const all = groupsBy(runs, axes).map(({ at, runs: own }) => ({
    title: axes.map(({ name }, i) => settingText(name, at[i])).join(', '),
    runs: own,
  }));
  return { panels: all.slice(0, mostPanels), left: Math.max(0, all.length - mostPanels) };
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

export function leftText(left: number): string {
  return left === 0
    ? ''
    : ` ${left} more panel${left === 1 ? ' is' : 's are'} not shown; a filter chooses others.`;
}
