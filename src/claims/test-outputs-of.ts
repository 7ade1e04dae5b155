/** Results of trainings that never ran, written down by a test: what a claim makes of them is the question. */
import type { MetricsRow } from '../train/metrics-row.ts';
import type { Settings } from '../train/settings.ts';
import type { Cell, Outputs } from './cells/cell.ts';
import type { Claim, Criterion, Findings } from './claim.ts';
import type { TrainingInput, TrainingOutput } from './experiments/training.ts';
import type { MeasurementName, Measurements } from './measurements/index.ts';

/** Which training a result is asked of. */
export interface Asked {
  readonly settings: Settings;
  readonly frozen: boolean;
  readonly step: number;
}

export interface Stub {
  /** The metrics after the last step; what is left out is 0. */
  readonly metrics?: (asked: Asked) => Partial<MetricsRow>;
  readonly measured?: {
    readonly [Name in MeasurementName]?: (asked: Asked) => Measurements[Name];
  };
}

const nothing = {
  loss: 0,
  cleanTrain: 0,
  noisyTrain: 0,
  noisyTrue: 0,
  validation: 0,
  test: 0,
};

/** Outputs that answer for every training by what a test says, and keep to what a claim has asked for. */
function testOutputsOf({ metrics, measured = {} }: Stub): Outputs {
  const askedOf = (cell: Cell, step: number): Asked => {
    const { settings, frozen } = cell.input as TrainingInput;
    return { settings, frozen, step };
  };
  return {
    of<Output>(cell: Cell<Output>) {
      const { steps } = (cell.input as TrainingInput).settings;
      const row: MetricsRow = { ...nothing, ...metrics?.(askedOf(cell, steps)), step: steps };
      const output: TrainingOutput = { weightsHash: '', metrics: [row], measurements: {} };
      return output as Output;
    },
    measured(cell, name, step = cell.settings.steps) {
      const answer = measured[name];
      if (answer === undefined) throw new Error(`the test says nothing about ${name}`);
      return answer(askedOf(cell, step));
    },
  };
}

/** A claim's criteria under the quick preset, in the order of the claim: which of them hold. */
export function holding(claim: Claim, stub: Stub): boolean[] {
  return findingsOf(claim, stub).criteria.map(({ holds }) => holds);
}

export function findingsOf(claim: Claim, stub: Stub): Findings {
  return claim.judge(testOutputsOf(stub), 'quick', { mnistFolder: null });
}

/** The criterion whose text has these words. */
export function criterionOf(claim: Claim, stub: Stub, words: string): Criterion {
  const found = findingsOf(claim, stub).criteria.filter(({ text }) => text.includes(words));
  if (found.length !== 1) throw new Error(`${found.length} criteria say “${words}”`);
  return found[0];
}
