/** What can be measured on a network; each with a version that changes with its meaning. */
import { type FiltrationMeasurement, measureFiltration } from './filtration.ts';
import type { Subject } from './subject.ts';

export interface Measurements {
  filtration: FiltrationMeasurement;
}
export type MeasurementName = keyof Measurements;

const measures: {
  readonly [Name in MeasurementName]: {
    readonly version: number;
    readonly measure: (subject: Subject) => Measurements[Name];
  };
} = {
  filtration: { version: 1, measure: measureFiltration },
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
