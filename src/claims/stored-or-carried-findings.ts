/** What `stored-or-carried` reads off its trainings: evidence over time, and when each sign first shows for good. */
import type { Outputs } from './cells/cell.ts';
import type { PanelCells } from './panel-trainings.ts';
import { knownValue } from './statistics/by-seed.ts';
import { type Interval, interval } from './statistics/interval.ts';
import { reaches } from './statistics/level.ts';
import { log10BinomialTail } from './statistics/proportion.ts';

/** The level of every test here. */
export const level = 0.01;

/** z of the task's own rule. */
export const evidenceParts = {
  'held-out logits': ({ heldOut }) => heldOut.logits.z,
  'held-out answers': ({ heldOut }) => heldOut.answers.z,
  'held-out logits, no additive part': ({ interaction }) => interaction.z,
  'weights (T)': ({ weights }) => weights.z,
} as const satisfies Record<string, (look: Look) => number>;
export type EvidencePart = keyof typeof evidenceParts;

/** Shares of test pairs that are right. */
export const accuracyParts = {
  network: ({ raw }) => raw,
  'no additive part': ({ withoutAdditive }) => withoutAdditive,
  FF: ({ G }) => G,
  'FF, x²': ({ quadraticG }) => quadraticG,
} as const satisfies Record<string, (look: Look) => number>;

/** Signs of the rule, each from a step on. */
export const signs = {
  'stored: T': ({ weights }) => reaches(weights.log10PValue, level),
  'FF right on 90 %': ({ quadraticG, G }) => Math.max(quadraticG, G) >= 0.9,
  'carried beneath': ({ interaction }) => reaches(interaction.log10PValue, level),
  carried: ({ isCarried }) => isCarried,
  'answers above chance': ({ isAboveChance }) => isAboveChance,
  'answers right on 50 %': ({ raw }) => raw >= 0.5,
} as const satisfies Record<string, (look: Look) => boolean>;
export type Sign = keyof typeof signs;

/** One network at one step. */
export type Look = ReturnType<typeof lookAt>;

function lookAt(outputs: Outputs, cell: PanelCells[number], step: number) {
  const evidence = outputs.measured(cell, 'rule-evidence', step);
  const { raw, G, quadraticG } = outputs.measured(cell, 'filtration', step);
  const { interaction } = outputs.measured(cell, 'interaction', step);
  const { modulus, trainFraction, validationFraction } = cell.settings;
  const testPairs = Math.round((1 - trainFraction - validationFraction) * modulus ** 2);
  const { heldOut, heldOutInteraction, carried } = evidence;
  if (heldOut === null || heldOutInteraction === null) throw new RangeError('nothing was held out');
  const test = knownValue(raw.test, 'test accuracy');
  return {
    weights: evidence.weights,
    heldOut,
    interaction: heldOutInteraction,
    isCarried: carried?.verdict === 'carried',
    raw: test,
    isAboveChance: reaches(log10BinomialTail(test * testPairs, testPairs, 1 / modulus), level),
    withoutAdditive: knownValue(interaction, 'accuracy without the additive part'),
    G: knownValue(G.test, 'accuracy of G'),
    quadraticG: knownValue(quadraticG.test, 'accuracy of G'),
  };
}

/** By step, then by seed. */
export type Looks = readonly { readonly step: number; readonly bySeed: readonly Look[] }[];

export function looksAt(outputs: Outputs, cells: PanelCells, times: readonly number[]): Looks {
  return times.map((step) => ({ step, bySeed: cells.map((cell) => lookAt(outputs, cell, step)) }));
}

/**
 * The first step looked at from which on a sign shows to the end, seed by seed; null where it doesn't at
 * the last.
 */
export function firstSteps(looks: Looks, sign: Sign): (number | null)[] {
  return looks[0].bySeed.map((_, seed) => {
    const shows = looks.map(({ bySeed }) => signs[sign](bySeed[seed]));
    const lastWithout = shows.lastIndexOf(false);
    return looks[lastWithout + 1]?.step ?? null;
  });
}

/** By how many steps `early` comes before `late`; a `late` that never comes counts as the end: a lower bound. */
export interface Lead {
  /** Null where `early` never comes in some seed. */
  readonly steps: Interval | null;
  readonly early: readonly (number | null)[];
  readonly late: readonly (number | null)[];
}

export function leadOf(looks: Looks, early: Sign, late: Sign): Lead {
  const end = looks[looks.length - 1].step;
  const [before, after] = [firstSteps(looks, early), firstSteps(looks, late)];
  const all = before.every((step) => step !== null);
  return {
    steps: all ? interval(before.map((step, i) => (after[i] ?? end) - (step ?? end))) : null,
    early: before,
    late: after,
  };
}

/** z of a part at a step, by seed; `step` defaults to the last. */
export function zAt(looks: Looks, part: EvidencePart, step?: number): number[] {
  const found = looks.find((one) => one.step === (step ?? looks[looks.length - 1].step));
  if (found === undefined) throw new Error(`nothing at step ${step}`);
  return found.bySeed.map((look) => evidenceParts[part](look));
}
