/** Settings that each tell one of the paper's stories, small enough for a few seconds in a browser. */
import { firstScreen, type PageSettings } from './page-settings.ts';

export interface Preset {
  readonly id: string;
  /** On its card. */
  readonly title: string;
  readonly line: string;
  /** Over the first screen. */
  readonly heading: string;
  /** What differs from the first screen. */
  readonly settings: Partial<PageSettings>;
}

const given = [
  {
    id: 'underneath',
    title: 'The rule underneath',
    line: '80 % wrong labels, learned by heart, and the rule all the same.',
    heading: 'It was taught 80 % wrong answers. The rule is in there all the same.',
    settings: {},
  },
  {
    id: 'noise-first',
    title: 'Noise first',
    line: 'Wrong labels are memorised before the right ones.',
    heading: 'It learns the wrong labels before the right ones.',
    settings: { width: 1025, activation: 'relu', noiseRatio: 0.3, steps: 300 },
  },
  {
    id: 'larger',
    title: 'Larger is better',
    line: 'Both memorise everything; the wider network holds the clearer rule.',
    heading: 'A small network memorises just as well. Its rule is less clear.',
    settings: { width: 129, steps: 1000 },
  },
  {
    id: 'tied',
    title: 'Tied weights fail',
    line: 'With one embedding for both tokens the noise can’t be memorised.',
    heading: 'With one embedding for a and b, it can’t memorise the noise.',
    settings: { tied: true, steps: 300 },
  },
  {
    id: 'subtraction',
    title: 'Subtraction',
    line: 'The same circuit with one phase turned round.',
    heading: 'Subtraction: the same waves, one phase turned round.',
    settings: { task: 'sub' },
  },
  {
    id: 'multiplication',
    title: 'Multiplication',
    line: 'No stripes, until the tokens are put in order of their logarithm.',
    heading: 'Multiplication: addition, once the tokens are in the right order.',
    settings: { task: 'mul' },
  },
  {
    id: 'xor',
    title: 'XOR',
    line: 'Another group, other waves: Walsh functions instead of cosines.',
    heading: 'XOR: another group, and the same story.',
    settings: { task: 'xor', modulus: 32 },
  },
  {
    id: 'pure-noise',
    title: 'Pure noise',
    line: 'Every label is wrong. There is nothing to find, and nothing is found.',
    heading: 'Every single label is wrong. There is nothing to find.',
    settings: { noiseRatio: 1 },
  },
] as const satisfies readonly Preset[];

export const presets: readonly Preset[] = given;
export type PresetId = (typeof given)[number]['id'];

/** The preset that these settings are, whatever their seed; null for settings of one's own. */
export function presetOf(settings: PageSettings): PresetId | null {
  const names = Object.keys(firstScreen) as (keyof PageSettings)[];
  const found = given.find(({ settings: changed }) => {
    const whole: PageSettings = { ...firstScreen, ...changed };
    return names.every((name) => name === 'seed' || whole[name] === settings[name]);
  });
  return found?.id ?? null;
}
