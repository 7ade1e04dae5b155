export { type LabelBaseline, labelBaseline } from './baseline.ts';
export { type Calibration, calibrate, type NullShape } from './calibration.ts';
export { carried } from './carried.ts';
export type { AnalysisCompute } from './compute.ts';
export {
  foldFrequency,
  type NetworkSpectra,
  networkSpectra,
  type Spectra,
  transformRows,
} from './dft.ts';
export {
  answerScores,
  logitScores,
  maskOf,
  type PairMask,
  standardisedLogits,
  standardiseRows,
} from './evidence.ts';
export { expectedSlopeGap, type SlopeSettings } from './expected-slope.ts';
export { type Extraction, extract } from './extraction.ts';
export { type Filtration, type FiltrationOptions, filterFrequencies, mix } from './filtration.ts';
export {
  type GradientSignal,
  type GradientSignalOptions,
  gradientSignal,
} from './gradient-signal.ts';
export { interactionAnswers } from './interaction-answers.ts';
export {
  inverseParticipationRatio,
  type NeuronScore,
  rankCorrelation,
  rankNeurons,
  strength,
} from './neuron-scores.ts';
export {
  type Partition,
  type PartitionChoice,
  type PruningPoint,
  partition,
  partitionByRanking,
  type RankedPartition,
  subnetwork,
} from './partition.ts';
export { inversePermutation, permuteTokens, shuffleNeurons } from './permute.ts';
export { type Phases, phases } from './phases.ts';
export {
  type Carried,
  type Evidence,
  type ExtractionResult,
  type MethodName,
  type MethodResult,
  methodNames,
  type PartEvidence,
  type PartScore,
  type Rule,
  type ScanResult,
} from './results.ts';
export { rowLosses } from './row-losses.ts';
export { ruleAgreement, ruleTable, ruleText } from './rule.ts';
export { type RuleScores, ruleAt, ruleIndex } from './rule-scores.ts';
export { type Scan, type ScanMap, type ScanOptions, scan } from './scan.ts';
export {
  dominantFrequency,
  dominantFrequencyOf,
  type FrequencyRule,
  jointEnergies,
  type SpectrumSparsity,
  spectrumSparsity,
} from './spectrum.ts';
export { type PermutationTail, permutationTail } from './token-permutation.ts';
export {
  type EvidenceTrackerOptions,
  evidenceTracker,
  type TrackedNetwork,
} from './track-evidence.ts';
export { type TrackedRule, trackedRule } from './tracked-rule.ts';
export {
  answersOfLogits,
  type LogitRuleEvidence,
  logitPartScore,
  logitRuleEvidence,
  scanLogits,
  type TransformerScan,
  type TransformerScanOptions,
} from './transformer-evidence.ts';
export {
  extractTransformer,
  type FrequencyProfile,
  profileOf,
  type TransformerExtraction,
  type TransformerMethod,
  type TransformerMethodName,
  transformerMethodNames,
  transformerTable,
} from './transformer-extraction.ts';
export { transformerResiduals, unembed } from './transformer-logits.ts';
export { triadScores, triadStatistic } from './triads.ts';
export {
  filterUnembedding,
  frequencyEnergies,
  paperShare,
  type UnembeddingFiltration,
  type UnembeddingOptions,
} from './unembedding.ts';
export {
  type LabelOrder,
  log10Structures,
  type OrderOptions,
  type OrderSource,
  orderAgreement,
  orderSources,
  type RecoveredOrder,
  recoverOrder,
  recoverOrderOfLabels,
  type TokenOrder,
} from './without-order/index.ts';
