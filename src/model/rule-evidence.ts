/**
 * How much of one rule c = k1·a + k2·b + shift (mod P) a network holds, in the numbers that are tracked while it
 * trains. `analysis/track-evidence.ts` measures and defines them; metrics.csv and the report keep and show them.
 *
 * Every z is (statistic − mean) / spread against other rules; null where it can't be had, such as on held-out
 * pairs where every pair trains.
 */
export interface RuleEvidence {
  /** The triad statistic of the weights: its significance, not how much of the rule is held. */
  readonly T: number | null;
  /** The net share of all triads' strength that is aligned with the rule, −1…1. */
  readonly triadEnergy: number | null;
  /** z of T, of the standardised logits and of the answers, on all P² pairs. */
  readonly weights: number | null;
  readonly logits: number | null;
  readonly answers: number | null;
  /** The latter two on the pairs that are not trained on. */
  readonly heldOutLogits: number | null;
  readonly heldOutAnswers: number | null;
}
