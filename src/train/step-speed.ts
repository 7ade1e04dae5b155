/** How fast a step is: the problem that settings describe, and its time per step. */
import type { TrainingProblem, TrainingSession } from '../compute/port.ts';
import { datasetOf, initialNetworkOf } from './prepare.ts';
import { trainingProblem } from './problem.ts';
import type { Settings } from './settings.ts';

/** The problem whose steps a run with these settings takes. */
export function problemOf(settings: Settings): TrainingProblem {
  return trainingProblem(settings, datasetOf(settings), initialNetworkOf(settings));
}

/** Milliseconds per step over `steps` steps in one call. */
export function stepMilliseconds(session: TrainingSession, steps: number): number {
  const start = performance.now();
  session.run(steps);
  return (performance.now() - start) / steps;
}

/** Takes one step and returns how many steps fill about `milliseconds`: at least one. */
export function stepsWithin(session: TrainingSession, milliseconds: number): number {
  return Math.max(1, Math.round(milliseconds / stepMilliseconds(session, 1)));
}

/**
 * Useful floating-point operations of a full-batch step: three products (forward, and back into each
 * layer) of 2·n·M·P each, a multiply-add being two. Activation, softmax, optimizer and what is computed
 * twice to save memory aren't counted.
 */
export function stepOperations({ rows, initial }: TrainingProblem): number {
  return 6 * rows.a.length * initial.width * initial.modulus;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
