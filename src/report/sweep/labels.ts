/** What people read for settings and metrics. */
import { methodTitles } from '../method-titles.ts';
import { percent, plain } from '../numbers.ts';
import type { AxisValue } from './study.ts';

const symbols: Readonly<Record<string, string>> = { modulus: 'P', width: 'M', noiseRatio: 'α' };

/** "weight decay", "width M". */
export function settingTitle(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return symbols[name] === undefined ? words : `${words} ${symbols[name]}`;
}

/** "M = 513", "optimizer adam". */
export function settingText(name: string, value: AxisValue): string {
  const text = axisValueText(value);
  const symbol = symbols[name];
  if (symbol !== undefined) return `${symbol} = ${text}`;
  const title = settingTitle(name);
  return typeof value === 'number' ? `${title} = ${text}` : `${title} ${text}`;
}

export function axisValueText(value: AxisValue): string {
  return value === null ? 'none' : String(value);
}

const roles: Readonly<Record<string, string>> = {
  test: 'test accuracy',
  validation: 'validation accuracy',
  cleanTrain: 'right labels fit',
  noisyTrain: 'wrong labels fit',
  noisyTrue: 'wrong labels repaired',
};

/** "Test accuracy", "Triad filtration: test accuracy". */
export function metricTitle(metric: string): string {
  const capital = (text: string) => text.replace(/^./, (letter) => letter.toUpperCase());
  if (Object.hasOwn(roles, metric)) return capital(roles[metric]);
  const [method, role] = metric.split('.');
  if (role !== undefined && Object.hasOwn(methodTitles, method) && Object.hasOwn(roles, role)) {
    const title = methodTitles[method as keyof typeof methodTitles].replace(' (G)', '');
    return `${title}: ${roles[role]}`;
  }
  if (metric === 'loss') return 'Training loss';
  if (metric === 'scan.log10PValue') return 'Scan: log₁₀ p';
  if (method === 'scan') return `Scan: ${role}`;
  return capital(metric);
}

/** Whether a metric is a share, 0…1. */
export function isShare(metric: string): boolean {
  return Object.hasOwn(roles, metric.split('.').at(-1) ?? '');
}

/** A value of a metric as people read it. */
export function metricText(metric: string, value: number | null): string {
  return isShare(metric) ? percent(value) : plain(value);
}
