import type { ExtractionResult, MethodName, MethodResult } from '../analysis/results.ts';
import { chanceLimit } from './chance-range.ts';

/** The network method with the best test accuracy; null where no test accuracy is known. */
export function bestMethod(methods: readonly MethodResult[]): MethodResult | null {
  let best: MethodResult | null = null;
  for (const method of tested(methods)) {
    if (best === null || (method.test ?? 0) > (best.test ?? 0)) best = method;
  }
  return best;
}

/**
 * Whether a method does better on the test pairs than answering at random, allowing for how many
 * methods it may have been picked from.
 */
export function methodBeatsChance(
  extraction: ExtractionResult,
  testPairs: number | null,
  { test }: MethodResult,
): boolean {
  return test !== null && testPairs !== null && test > methodLimit(extraction, testPairs);
}

/** The test accuracy that the best of all network methods would pass by chance in 2.5 of 100 cases. */
export function methodLimit({ methods, chance }: ExtractionResult, testPairs: number): number {
  return chanceLimit(testPairs, chance, Math.max(1, tested(methods).length));
}

/** The filtration that answers most test pairs right, if that is better than chance; else null. */
export function workingFiltration(
  extraction: ExtractionResult,
  testPairs: number | null,
): MethodResult | null {
  const filtrations: readonly MethodName[] = ['frequency-filtration', 'triad-filtration'];
  const best = bestMethod(extraction.methods.filter(({ name }) => filtrations.includes(name)));
  return best !== null && methodBeatsChance(extraction, testPairs, best) ? best : null;
}

function tested(methods: readonly MethodResult[]): MethodResult[] {
  return methods.filter(({ kind, test }) => kind === 'network' && test !== null);
}
