import { charactersOf } from '../analysis/characters.ts';
import type { AnalysisCompute } from '../analysis/compute.ts';
import { networkSpectra } from '../analysis/dft.ts';
import type { Extraction } from '../analysis/extraction.ts';
import { mix } from '../analysis/filtration.ts';
import { subnetwork } from '../analysis/partition.ts';
import { phases, wrapPhase } from '../analysis/phases.ts';
import { jointEnergies, type SpectrumSparsity, spectrumSparsity } from '../analysis/spectrum.ts';
import { trackedRule } from '../analysis/tracked-rule.ts';
import type { TrainedControl } from '../format/index.ts';
import type { Network } from '../model/network.ts';
import { accuracies, type Dataset, type Roles, rolesOf } from '../task/dataset.ts';
import { taskName } from '../task/operation.ts';
import type { MetricsRow } from '../train/metrics-row.ts';
import { operationOf } from '../train/prepare.ts';
import type { Settings } from '../train/settings.ts';
import { collectControls } from './collect-controls.ts';
import { fieldOf } from './field.ts';
import type {
  NeuronSpectrum,
  PairCounts,
  PathPoint,
  PhaseRelation,
  SettingValue,
  Study,
} from './study.ts';

/** One run and its extraction, from which a study is computed. */
export interface StudyInputs {
  /** What the page calls the run, such as the name of its directory. */
  readonly name: string;
  readonly settings: Settings;
  /** Backend, instruction set, threads, versions: what it ran on. */
  readonly environment: Readonly<Record<string, SettingValue>>;
  /** The command line that makes the run again; null where nobody knows it. */
  readonly command: string | null;
  /** Hash of the final weights; null to leave it out. */
  readonly weightsHash: string | null;
  readonly metrics: readonly MetricsRow[];
  readonly network: Network;
  readonly dataset: Dataset;
  /** `extract` of this network with `rolesOf(dataset)`. */
  readonly extraction: Extraction;
  /** The weights before the first step; null where they can't be had. */
  readonly initial: Network | null;
  /** The control trained on the same rows with U and V frozen; null where there is none. */
  readonly randomFeatures: TrainedControl | null;
}

/** Number of λ on the path G + λR: 1, 0.95, … 0. */
const pathPoints = 21;

/**
 * Everything the report shows of a run. Evaluates the network at 19 mixtures of G and R and up to nine
 * controls; `compute` is any backend.
 */
export function collectStudy(inputs: StudyInputs, compute: AnalysisCompute): Study {
  const { settings, network, dataset, extraction, metrics } = inputs;
  const { result } = extraction;
  const roles = rolesOf(dataset);
  const path = followPath(inputs, roles, compute);
  const sparsity = spectrumSparsity(network, result.filtrationRule, extraction.basis);
  const fromFile = settings.dataset !== null;
  return {
    name: inputs.name,
    essentials: {
      modulus: network.modulus,
      width: network.width,
      task: settings.task === null ? `rows of ${settings.dataset}` : taskName(settings.task),
      noiseRatio: fromFile ? null : settings.noiseRatio,
      activation: result.activation,
      steps: metrics.at(-1)?.step ?? settings.steps,
      seed: settings.seed,
      optimizer: settings.optimizer,
    },
    settings: fromFile ? withoutGenerated(settings) : settings,
    environment: inputs.environment,
    command: inputs.command,
    weightsHash: inputs.weightsHash,
    pairCounts: countPairs(roles),
    metrics,
    followed: followedBy(inputs, roles),
    extraction: result,
    basis: extraction.basis,
    scanMap: extraction.scan.map,
    spectra: pickSpectra(network, extraction, sparsity),
    sparsity: {
      trained: sparsity.mean,
      untrained:
        inputs.initial === null
          ? null
          : spectrumSparsity(inputs.initial, result.filtrationRule, extraction.basis).mean,
    },
    phases: relatePhases(network, extraction),
    fullField: path[0].field,
    filteredField: path[path.length - 1].field,
    path,
    controls: collectControls(inputs, roles, compute),
  };
}

/** The rule that the training's evidence is for. */
function followedBy({ metrics, settings }: StudyInputs, roles: Roles): Study['followed'] {
  if (metrics.every(({ evidence }) => evidence === undefined)) return null;
  const followed = trackedRule(operationOf(settings), roles, settings.modulus);
  return followed.rule === null ? null : followed;
}

/** The settings that played a part where the rows came from a file: their split and noise did not. */
function withoutGenerated(settings: Settings): Study['settings'] {
  const { trainFraction, validationFraction, noiseRatio, noiseKind, ...rest } = settings;
  return rest;
}

function countPairs(roles: Roles): PairCounts {
  const known = roles.cleanTrain !== null || roles.noisyTrain !== null;
  const size = (role: keyof Roles) => roles[role]?.pair.length ?? 0;
  return {
    train: size('train'),
    cleanTrain: known ? size('cleanTrain') : null,
    noisyTrain: known ? size('noisyTrain') : null,
    validation: roles.validation === null ? null : size('validation'),
    test: roles.test === null ? null : size('test'),
  };
}

/** From the whole network down to G, with the answers of both as the extraction has them. */
function followPath(
  { extraction, network, dataset }: StudyInputs,
  roles: Roles,
  compute: AnalysisCompute,
): PathPoint[] {
  const { filtration, answers, result } = extraction;
  const evaluate = (mixed: Network) => compute.answers(mixed, result.activation);
  return Array.from({ length: pathPoints }, (_, index) => {
    const lambda = (pathPoints - 1 - index) / (pathPoints - 1);
    const ends =
      lambda === 1
        ? (answers.get('raw') ?? evaluate(network))
        : lambda === 0
          ? (answers.get('frequency-filtration') ?? evaluate(filtration.G))
          : null;
    const table = ends ?? evaluate(mix(filtration.G, filtration.R, lambda));
    const { cleanTrain, noisyTrain, noisyTrue, test } = accuracies(table, roles);
    return { lambda, cleanTrain, noisyTrain, noisyTrue, test, field: fieldOf(table, dataset) };
  });
}

/** Four neurons from the one whose dominant frequency holds most of its energy to the one where least. */
function pickSpectra(
  network: Network,
  { filtration, result, basis }: Extraction,
  { share }: SpectrumSparsity,
): NeuronSpectrum[] {
  const { width } = network;
  const { half } = charactersOf(basis.group);
  const ranking = Array.from({ length: width }, (_, neuron) => neuron).sort(
    (first, second) => share[second] - share[first],
  );
  const ranks = [...new Set([1, Math.ceil(width / 4), Math.ceil(width / 2), width])];
  const chosen = ranks.map((rank) => ranking[rank - 1]);
  const energiesOf = (whole: Network) =>
    jointEnergies(networkSpectra(subnetwork(whole, chosen), basis), result.filtrationRule);
  const before = energiesOf(network);
  const after = energiesOf(filtration.G);
  return chosen.map((neuron, index) => {
    const dominantFrequency = filtration.frequencies.W[neuron];
    const row = index * half;
    const kept = before[row + dominantFrequency - 1];
    // All of the neuron's energy without constant terms, from the share that it keeps of it.
    const total = share[neuron] > 0 ? kept / share[neuron] : 1;
    const shares = (energies: Float64Array) =>
      Array.from(energies.subarray(row, row + half), (energy) => energy / total);
    return {
      neuron,
      rank: ranks[index],
      dominantFrequency,
      before: shares(before),
      after: shares(after),
    };
  });
}

function relatePhases(network: Network, { result, basis }: Extraction): PhaseRelation {
  const rule = { ...result.filtrationRule, shift: result.rule?.shift ?? 0 };
  const { c, residual, magnitude, meanSquaredError } = phases(network, rule, basis);
  const strongest = magnitude.reduce((most, value) => Math.max(most, value), 0);
  return {
    // Up to the turn that a shift makes, which belongs to the rule and not to the neuron.
    sum: Array.from(residual, (value, neuron) => wrapPhase(value + c[neuron])),
    phaseC: Array.from(c),
    strength: Array.from(magnitude, (value) => (strongest > 0 ? value / strongest : 0)),
    meanSquaredError,
  };
}
