import type { Cells } from './cells.ts';
import { answersOf, type NamedRule } from './rule.ts';

/** How a rule fares where it goes round the circle in the way it does most rightly, and everywhere else. */
export interface WrapAround {
  /** Of the cells where k1·a + k2·b + shift lies on one turn of the circle, those that follow the rule. */
  readonly inside: { readonly cells: number; readonly matches: number };
  /** The same for all other turns. */
  readonly outside: { readonly cells: number; readonly matches: number };
  /** Whether the rule holds on one turn alone: then the circle has another number of symbols. */
  readonly isBroken: boolean;
}

/** [assumed] Deviations of these sizes are no exception in a part of the table; without a suspicion no accident. */
const leastZ = { odd: 0, usual: 3 };
const mostShare = 0.5;

/**
 * Whether a rule mod P is one on a circle of another size (ours). With one symbol too many, c = a + b is right
 * where a + b < P and wrong by one beyond. With k1 and k2 between −P/2 and P/2 cells are sorted by the turn
 * ⌊(k1·a + k2·b + shift)/P⌋ they lie on; wrong labels fall on all turns alike. The rule is broken where the
 * share of matches on all other turns is less than half of that on the best turn, and the difference is more
 * than 3 standard errors of two shares; a table with odd symbols is suspected beforehand, and there any such
 * difference will do. A rule that stays on one turn isn't.
 */
export function wrapAround(
  rule: NamedRule,
  { given, modulus }: Cells,
  hasOddSymbols: boolean,
): WrapAround {
  const least = hasOddSymbols ? leastZ.odd : leastZ.usual;
  const answers = answersOf(rule, modulus);
  const signed = (k: number) => (2 * k > modulus ? k - modulus : k);
  const turns = new Map<number, { cells: number; matches: number }>();
  for (const { pair, labels } of given) {
    const a = Math.floor(pair / modulus);
    const sum = signed(rule.k1) * a + signed(rule.k2) * (pair % modulus) + rule.shift;
    const turn = Math.floor(sum / modulus);
    const tally = turns.get(turn) ?? { cells: 0, matches: 0 };
    turns.set(turn, tally);
    tally.cells++;
    if (labels[0].label === answers[pair]) tally.matches++;
  }
  const all = [...turns.values()];
  const total = sum(all);
  const [inside] = all.toSorted((x, y) => y.matches - x.matches || x.cells - y.cells);
  const outside = {
    cells: total.cells - inside.cells,
    matches: total.matches - inside.matches,
  };
  const share = inside.matches / inside.cells;
  const other = outside.cells === 0 ? share : outside.matches / outside.cells;
  const pooled = total.matches / total.cells;
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / inside.cells + 1 / outside.cells));
  return { inside, outside, isBroken: other < mostShare * share && share - other > least * error };
}

function sum(tallies: readonly { readonly cells: number; readonly matches: number }[]) {
  return {
    cells: tallies.reduce((total, { cells }) => total + cells, 0),
    matches: tallies.reduce((total, { matches }) => total + matches, 0),
  };
}
