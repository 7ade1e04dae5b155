/** Results of trainings that never ran, written down by a test: a claim must tell a phenomenon from its absence. */
import assert from 'node:assert/strict';
import type { MetricsRow } from '../train/metrics-row.ts';
import type { Settings } from '../train/settings.ts';
import type { Cell, Outputs } from './cells/cell.ts';
import type { Chart } from './charts/chart.ts';
import type { Claim, Criterion, Findings } from './claim.ts';
import type { TrainingInput, TrainingOutput } from './experiments/training.ts';
import type { MeasurementName, Measurements } from './measurements/index.ts';

/** Which training a result is asked of. */
export interface Asked {
  readonly settings: Settings;
  readonly frozen: boolean;
  readonly step: number;
  /** Small and different for every seed, so that intervals have a width. */
  readonly jitter: number;
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
    return { settings, frozen, step, jitter: 0.002 * (settings.seed - 1) };
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

/** Findings from any outputs: `answer` gives that of each cell that the claim has asked for. */
export function findingsBy(claim: Claim, answer: (cell: Cell) => unknown): Findings {
  const options = { mnistFolder: null };
  const asked = new Set(claim.cells('quick', options).map(({ key }) => key));
  const outputs: Outputs = {
    of<Output>(cell: Cell<Output>) {
      assert.ok(
        asked.has(cell.key),
        `${cell.kind} ${JSON.stringify(cell.input)} was not asked for`,
      );
      return answer(cell) as Output;
    },
    measured: () => assert.fail('this claim measures nothing on trainings'),
  };
  return claim.judge(outputs, 'quick', options);
}

/** The criteria that a claim judges from made-up results, after a check of its charts. */
export function judged(claim: Claim, measured: Stub['measured'] & {}): readonly Criterion[] {
  const { criteria, charts } = findingsOf(claim, { measured });
  checkCharts(charts);
  return criteria;
}

/** Charts have keys of their own, rows with all columns that they name, and no more series than colours. */
export function checkCharts(charts: readonly Chart[]): void {
  assert.equal(new Set(charts.map(({ key }) => key)).size, charts.length);
  for (const { key, rows, series, low, high, x, y, facet } of charts) {
    assert.ok(rows.length > 0, key);
    for (const column of [x.column, y.column, low, high, series?.column, facet?.column]) {
      assert.ok(column === undefined || rows.every((row) => row[column] !== undefined), key);
    }
    const names = new Set(rows.map((row) => row[series?.column ?? '']));
    assert.ok(names.size <= 7, `${key} has ${names.size} series`);
  }
}

/** Texts of the criteria that fail. */
export function failing(criteria: readonly Criterion[]): string[] {
  return criteria.filter(({ holds }) => !holds).map(({ text }) => text);
}
