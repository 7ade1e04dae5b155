/** What can be measured on a network; each with a version that changes with its meaning. */
import { type FiltrationMeasurement, measureFiltration } from './filtration.ts';
import { measurePartition, type PartitionMeasurement } from './partition.ts';
import {
  measureReplacedActivation,
  type ReplacedActivationMeasurement,
} from './replaced-activation.ts';
import { measureRuleMatch, type RuleMatchMeasurement } from './rule-match.ts';
import type { Subject } from './subject.ts';

export interface Measurements {
  filtration: FiltrationMeasurement;
  partition: PartitionMeasurement;
  'replaced-activation': ReplacedActivationMeasurement;
  'rule-match': RuleMatchMeasurement;
}
export type MeasurementName = keyof Measurements;

const measures: {
  readonly [Name in MeasurementName]: {
    readonly version: number;
    readonly measure: (subject: Subject) => Measurements[Name];
  };
} = {
  filtration: { version: 1, measure: measureFiltration },
  partition: { version: 1, measure: measurePartition },
  'replaced-activation': { version: 1, measure: measureReplacedActivation },
  'rule-match': { version: 1, measure: measureRuleMatch },
};

/** A measurement at a step. */
export interface Wanted {
  readonly name: MeasurementName;
  readonly step: number;
}

/** "filtration.1@2000": what a result is kept under. */
export function measurementKey({ name, step }: Wanted): string {
  return `${name}.${measures[name].version}@${step}`;
}

export function measure(name: MeasurementName, subject: Subject): unknown {
  return measures[name].measure(subject);
}
