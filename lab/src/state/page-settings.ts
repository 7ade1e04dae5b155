/** What the page's controls set, and how its address holds it: everything that isn't the default. */
import type { PartialSettings } from 'undertone/train';
import { type Lens, type StopCondition, stopConditions } from '../engine/protocol.ts';

/** The first screen: about a second of steps, and the filter reads the whole rule. */
export const firstScreen = {
  task: 'add',
  modulus: 31,
  width: 2049,
  activation: 'quadratic',
  noiseRatio: 0.8,
  noiseKind: 'uniform',
  tied: false,
  optimizer: 'adamw',
  learningRate: null as number | null,
  weightDecay: null as number | null,
  steps: 200,
  seed: 8,
};

export type PageSettings = typeof firstScreen;

const which = ['trained', 'control'] as const;
export type Which = (typeof which)[number];

export interface PageState {
  readonly settings: PageSettings;
  readonly stopAt: StopCondition;
  readonly lambda: number;
  readonly select: Lens['select'];
  readonly network: Which;
  readonly axis: 'log' | 'linear';
}

export const firstState: PageState = {
  settings: firstScreen,
  stopAt: 'steps',
  lambda: 1,
  select: 'energy',
  network: 'trained',
  axis: 'log',
};

export function trainingSettings(settings: PageSettings): PartialSettings {
  const { learningRate, weightDecay, ...rest } = settings;
  return {
    ...rest,
    ...(learningRate === null ? {} : { learningRate }),
    ...(weightDecay === null ? {} : { weightDecay }),
  } as PartialSettings;
}

/** "#noiseRatio=0.3&seed=2", or nothing where all is as at first. */
export function hashOf(state: PageState): string {
  const found = new URLSearchParams();
  for (const name of settingNames) {
    const value = state.settings[name];
    if (value !== firstScreen[name] && value !== null) found.set(name, String(value));
  }
  for (const name of ['stopAt', 'select', 'network', 'axis', 'lambda'] as const) {
    if (state[name] !== firstState[name]) found.set(name, String(state[name]));
  }
  const text = found.toString();
  return text === '' ? '' : `#${text}`;
}

/** What an address says; what it doesn't say, or says wrongly, is as at first. Ranges are the engine's to check. */
export function stateOf(hash: string): PageState {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const settings: Record<string, unknown> = { ...firstScreen };
  for (const name of settingNames) {
    const text = given.get(name);
    if (text === null) continue;
    const example = firstScreen[name];
    if (typeof example === 'string') settings[name] = text;
    else if (typeof example === 'boolean') settings[name] = text === 'true';
    else if (text.trim() !== '' && Number.isFinite(Number(text))) settings[name] = Number(text);
  }
  const oneOf = <Value extends string>(name: string, values: readonly Value[], other: Value) =>
    values.find((value) => value === given.get(name)) ?? other;
  const lambda = Number(given.get('lambda') ?? 1);
  return {
    settings: settings as PageSettings,
    stopAt: oneOf('stopAt', stopConditions, firstState.stopAt),
    select: oneOf('select', ['energy', 'triad'] as const, firstState.select),
    network: oneOf('network', which, firstState.network),
    axis: oneOf('axis', ['log', 'linear'] as const, firstState.axis),
    lambda: lambda >= 0 && lambda <= 1 ? lambda : 1,
  };
}

const settingNames = Object.keys(firstScreen) as (keyof PageSettings)[];
