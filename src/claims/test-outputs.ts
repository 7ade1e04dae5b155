/** Results that were never run, for the tests of claims: a claim must tell a phenomenon from its absence. */
import assert from 'node:assert/strict';
import type { Settings } from '../train/settings.ts';
import type { Outputs } from './cells/cell.ts';
import type { Claim, Criterion } from './claim.ts';
import type { TrainingInput } from './experiments/training.ts';
import type { MeasurementName, Measurements } from './measurements/index.ts';

/** What a made-up network measures, by what would have been trained. */
export type MadeUp = {
  readonly [Name in MeasurementName]?: (asked: {
    readonly settings: Settings;
    readonly frozen: boolean;
    readonly step: number;
    /** Small and different for every seed, so that intervals have a width. */
    readonly jitter: number;
  }) => Measurements[Name];
};

/** Outputs that answer every measurement by a function of its settings, and know no other output. */
function stubOutputs(madeUp: MadeUp): Outputs {
  return {
    of: ({ key }) => {
      throw new Error(`the stub has no output of ${key}`);
    },
    measured: (cell, name, step = cell.settings.steps) => {
      const { settings } = cell;
      const { frozen } = cell.input as TrainingInput;
      const make = madeUp[name];
      if (make === undefined) throw new Error(`the stub has no measurement ${name}`);
      return make({ settings, frozen, step, jitter: 0.002 * (settings.seed - 1) });
    },
  };
}

/** The criteria that a claim judges from made-up results, after a check of its charts. */
export function judged(claim: Claim, madeUp: MadeUp): readonly Criterion[] {
  const { criteria, charts } = claim.judge(stubOutputs(madeUp), 'quick', { mnistFolder: null });
  assert.equal(new Set(charts.map(({ key }) => key)).size, charts.length);
  for (const { key, rows, series, low, high, x, y, facet } of charts) {
    assert.ok(rows.length > 0, key);
    for (const column of [x.column, y.column, low, high, series?.column, facet?.column]) {
      assert.ok(column === undefined || rows.every((row) => row[column] !== undefined), key);
    }
    const names = new Set(rows.map((row) => row[series?.column ?? '']));
    assert.ok(names.size <= 7, `${key} has ${names.size} series`);
  }
  return criteria;
}

/** Texts of the criteria that fail. */
export function failing(criteria: readonly Criterion[]): string[] {
  return criteria.filter(({ holds }) => !holds).map(({ text }) => text);
}
