/** What can be measured on a network; each with a version that changes with its meaning. */
import { type FilterControlsMeasurement, measureFilterControls } from './filter-controls.ts';
import { type FiltrationMeasurement, measureFiltration } from './filtration.ts';
import { type GroupScanMeasurement, measureGroupScan } from './group-scan.ts';
import { type HeldOutEvidenceMeasurement, measureHeldOutEvidence } from './held-out-evidence.ts';
import { type InteractionMeasurement, measureInteraction } from './interaction.ts';
import { type LabelBaselineMeasurement, measureLabelBaseline } from './label-baseline.ts';
import { type LabelCountsMeasurement, measureLabelCounts } from './label-counts.ts';
import { measureLabelEvidence } from './label-evidence.ts';
import { type MirrorsMeasurement, measureMirrors } from './mirrors.ts';
import { measurePartition, type PartitionMeasurement } from './partition.ts';
import {
  measurePermutationEvidence,
  type PermutationEvidenceMeasurement,
} from './permutation-evidence.ts';
import {
  measureReplacedActivation,
  type ReplacedActivationMeasurement,
} from './replaced-activation.ts';
import { measureRuleEvidence, type RuleEvidenceMeasurement } from './rule-evidence.ts';
import { measureRuleMatch, type RuleMatchMeasurement } from './rule-match.ts';
import {
  type BestRule,
  measureScanEvidence,
  type ScanEvidenceMeasurement,
} from './scan-evidence.ts';
import type { Subject } from './subject.ts';
import { measureSubnetworks, type SubnetworksMeasurement } from './subnetworks.ts';
import { measureWithoutBasis, type WithoutBasisMeasurement } from './without-basis.ts';

export interface Measurements {
  filtration: FiltrationMeasurement;
  partition: PartitionMeasurement;
  'replaced-activation': ReplacedActivationMeasurement;
  'rule-match': RuleMatchMeasurement;
  'filter-controls': FilterControlsMeasurement;
  'group-scan': GroupScanMeasurement;
  'held-out-evidence': HeldOutEvidenceMeasurement;
  interaction: InteractionMeasurement;
  'label-baseline': LabelBaselineMeasurement;
  'label-counts': LabelCountsMeasurement;
  'label-evidence': BestRule | null;
  mirrors: MirrorsMeasurement;
  'permutation-evidence': PermutationEvidenceMeasurement;
  'rule-evidence': RuleEvidenceMeasurement;
  'scan-evidence': ScanEvidenceMeasurement;
  subnetworks: SubnetworksMeasurement;
  'without-basis': WithoutBasisMeasurement;
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
  'filter-controls': { version: 1, measure: measureFilterControls },
  'group-scan': { version: 2, measure: measureGroupScan },
  'held-out-evidence': { version: 1, measure: measureHeldOutEvidence },
  interaction: { version: 1, measure: measureInteraction },
  'label-baseline': { version: 1, measure: measureLabelBaseline },
  'label-counts': { version: 1, measure: measureLabelCounts },
  'label-evidence': { version: 1, measure: measureLabelEvidence },
  mirrors: { version: 1, measure: measureMirrors },
  'permutation-evidence': { version: 1, measure: measurePermutationEvidence },
  'rule-evidence': { version: 2, measure: measureRuleEvidence },
  'scan-evidence': { version: 1, measure: measureScanEvidence },
  subnetworks: { version: 2, measure: measureSubnetworks },
  'without-basis': { version: 1, measure: measureWithoutBasis },
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
