/** How often a scan of all bases finds a rule where there is none. */
import type { Outputs } from './cells/cell.ts';
import { training } from './cells/cell.ts';
import type { Criterion, Preset } from './claim.ts';
import { measuredOn } from './panel-trainings.ts';
import { reaches } from './statistics/level.ts';
import { log10BinomialTail, proportion, rateText } from './statistics/proportion.ts';

const modulus = 16;
const networks: Record<Preset, number> = { quick: 60, standard: 400, paper: 400 };
const levels = [0.05, 0.01] as const;
/** More false positives than a binomial number is with this probability are too many. */
const tooMany = 0.01;
/** Apart from every other seed. */
const firstSeed = 7000;

/** Networks trained on labels drawn uniformly from all P, with 8 bases that fit 16 tokens. */
export function noiseCells(preset: Preset) {
  return Array.from({ length: networks[preset] }, (_, i) =>
    training(
      {
        modulus,
        width: 129,
        steps: 300,
        noiseRatio: 1,
        noiseKind: 'uniform-all',
        seed: firstSeed + i,
      },
      { measure: ['group-scan'] },
    ),
  );
}

export function falsePositives(outputs: Outputs, preset: Preset): Criterion {
  const found = measuredOn(outputs, noiseCells(preset), 'group-scan');
  const parts = levels.map((level) => {
    const count = found.filter(({ log10PValue }) => reaches(log10PValue, level)).length;
    return {
      level,
      rate: proportion(count, found.length),
      log10Tail: log10BinomialTail(count, found.length, level),
    };
  });
  return {
    text: `Pure noise, P = ${modulus}, M = 129, ${found[0].tried} bases: a rule is found no more often than the level says (ours)`,
    expected: 'at 0.05 and 0.01 not more than a binomial number with that rate would be at 1 %',
    measured: `${found.length} networks: ${parts.map(({ level, rate }) => `${rateText(rate)} at ${level}`).join(', ')}`,
    holds: parts.every(({ log10Tail }) => !reaches(log10Tail, tooMany)),
  };
}
