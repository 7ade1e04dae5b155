/** What the instruments ask of a network; plain data that passes between threads. */
import {
  type ExtractionResult,
  extract,
  type Filtration,
  inverseParticipationRatio,
  mix,
  networkSpectra,
  type PruningPoint,
  phases,
  type RankedPartition,
  ruleAt,
  spectrumSparsity,
  strength,
} from 'undertone/analysis';
import type { Backend } from 'undertone/browser';
import type { Activation, Network } from 'undertone/model';
import {
  type Accuracies,
  accuracies,
  type Basis,
  cyclicBasis,
  multiplicativeBasis,
  type Roles,
  rolesOf,
} from 'undertone/task';
import { basisOf, filtrationFor } from '../engine/lens.ts';
import type { Lens, Snapshot } from '../engine/protocol.ts';

/** A network with what has been worked out of it so far. */
export class Subject {
  readonly snapshot: Snapshot;
  readonly network: Network;
  readonly activation: Activation;
  readonly roles: Roles | null;
  readonly basis: Basis;
  readonly backend: Backend;
  private readonly filtrations = new Map<Lens['select'], Filtration>();

  constructor(snapshot: Snapshot, backend: Backend) {
    this.snapshot = snapshot;
    this.network = snapshot.network;
    this.activation = snapshot.activation;
    this.roles = snapshot.dataset === null ? null : rolesOf(snapshot.dataset);
    this.basis = basisOf(snapshot.joined, snapshot.network.modulus);
    this.backend = backend;
  }

  filtration(select: Lens['select']): Filtration {
    let found = this.filtrations.get(select);
    if (found === undefined) {
      found = filtrationFor(this.network, this.snapshot.joined, select);
      this.filtrations.set(select, found);
    }
    return found;
  }
}

/** One number a neuron: [M] each. */
export interface Neurons {
  readonly step: number;
  readonly basis: string;
  readonly frequency: Uint16Array;
  readonly ipr: Float64Array;
  readonly strength: Float64Array;
  /** Share of the energy in the dominant frequency, 0…1. */
  readonly share: Float64Array;
  /** cos(φa + φb − φc): 1 where the phases add up. */
  readonly coherence: Float64Array;
  readonly phaseA: Float64Array;
  readonly phaseB: Float64Array;
  readonly phaseC: Float64Array;
  readonly residual: Float64Array;
  /** |û||v̂||ŵ| at the dominant frequency. */
  readonly magnitude: Float64Array;
  readonly meanSquaredError: number;
}

function neurons({ network, activation, basis, snapshot }: Subject): Neurons {
  const { joined, step } = snapshot;
  const found = phases(network, joined, basis);
  const { frequency, a, b, c, residual, magnitude, meanSquaredError } = found;
  return {
    step,
    basis: basis.name,
    frequency,
    ipr: inverseParticipationRatio(network, basis),
    strength: strength(network, activation),
    share: spectrumSparsity(network, joined, basis).share,
    coherence: residual.map(Math.cos),
    phaseA: a,
    phaseB: b,
    phaseC: c,
    residual,
    magnitude,
    meanSquaredError,
  };
}

/** Rows of U and V and columns of W of some neurons, in the order of the basis's elements, and their spectra. */
export interface Waveform {
  readonly neuron: number;
  readonly u: Float32Array;
  readonly v: Float32Array;
  readonly w: Float32Array;
  /** What G keeps of them. */
  readonly kept: { readonly u: Float32Array; readonly v: Float32Array; readonly w: Float32Array };
  /** Energies |û|² + |v̂|² + |ŵ|² at frequencies 1…, over their sum. */
  readonly spectrum: Float64Array;
}

function waveforms(
  subject: Subject,
  { chosen, select }: { chosen: readonly number[]; select: Lens['select'] },
): Waveform[] {
  const { network, basis } = subject;
  const { G } = subject.filtration(select);
  const { modulus, width } = network;
  const rowsOf = (of: Network, neuron: number) => ({
    u: Float32Array.from(basis.tokens, (x) => of.U[neuron * modulus + x]),
    v: Float32Array.from(basis.tokens, (x) => of.V[neuron * modulus + x]),
    w: Float32Array.from(basis.tokens, (x) => of.W[x * width + neuron]),
  });
  return chosen.map((neuron) => {
    const one: Network = {
      modulus,
      width: 1,
      U: network.U.slice(neuron * modulus, (neuron + 1) * modulus),
      V: network.V.slice(neuron * modulus, (neuron + 1) * modulus),
      W: Float32Array.from({ length: modulus }, (_, c) => network.W[c * width + neuron]),
      mu: network.mu,
      hiddenBias: null,
    };
    const { U, V, W } = networkSpectra(one, basis);
    const energies = Float64Array.from({ length: U.half }, (_, i) =>
      [U, V, W].reduce(
        (sum, { re, im, characters }) =>
          sum + characters.multiplicity[i + 1] * (re[i + 1] ** 2 + im[i + 1] ** 2),
        0,
      ),
    );
    const total = energies.reduce((sum, energy) => sum + energy, 0);
    const spectrum = energies.map((energy) => (total === 0 ? 0 : energy / total));
    return { neuron, ...rowsOf(network, neuron), kept: rowsOf(G, neuron), spectrum };
  });
}

/** Accuracies of G + λR. */
export interface PathPoint extends Accuracies {
  readonly lambda: number;
}

function path(
  subject: Subject,
  { points, select }: { points: number; select: Lens['select'] },
): PathPoint[] | null {
  const { roles, backend, activation } = subject;
  if (roles === null) return null;
  const { G, R } = subject.filtration(select);
  return Array.from({ length: points }, (_, i) => {
    const lambda = i / (points - 1);
    return { lambda, ...accuracies(backend.answers(mix(G, R, lambda), activation), roles) };
  });
}

export interface ScanPicture {
  /** Multipliers k1 (rows) and k2 (columns). */
  readonly side: number;
  readonly basis: string;
  readonly T: Float32Array;
  readonly threshold: number;
  /** Of the first row and column on: the k of each. */
  readonly multipliers: readonly number[];
}

export interface Pruning {
  readonly score: 'ipr' | 'strength';
  readonly curve: readonly PruningPoint[];
  readonly generalization: RankedPartition['generalization'];
  readonly memorization: RankedPartition['memorization'];
}

export interface Extracted {
  readonly step: number;
  readonly result: ExtractionResult;
  readonly scan: ScanPicture;
  readonly pruning: readonly Pruning[] | null;
}

function extraction({ network, activation, roles, basis, backend, snapshot }: Subject): Extracted {
  const { modulus } = network;
  const others = [cyclicBasis(modulus), multiplicativeBasis(modulus)].filter((one) => one !== null);
  const bases = [basis, ...others.filter(({ name }) => name !== basis.name)];
  const found = extract(network, activation, roles, backend, { bases });
  const { map } = found.scan;
  const side = Math.round(Math.sqrt(map.T.length));
  const { group } = map.basis;
  return {
    step: snapshot.step,
    result: found.result,
    scan: {
      side,
      basis: map.basis.name,
      T: map.T,
      threshold: map.threshold,
      multipliers: Array.from({ length: side }, (_, i) => ruleAt(i * group.order, group).k2),
    },
    pruning:
      found.partitions === null
        ? null
        : (['ipr', 'strength'] as const).map((score) => {
            const { curve, generalization, memorization } = (
              found.partitions as NonNullable<typeof found.partitions>
            )[score];
            return { score, curve, generalization, memorization };
          }),
  };
}

/** What the whole network, G and R answer to one pair, and how the frequencies vote in G. */
export interface Answer {
  readonly a: number;
  readonly b: number;
  /** Logits: [P] each. */
  readonly full: Float32Array;
  readonly G: Float32Array;
  readonly R: Float32Array;
  /** For every frequency: how many neurons keep it, and what they add to G's logits, their mean taken out. */
  readonly votes: readonly {
    readonly frequency: number;
    readonly neurons: number;
    readonly logits: Float64Array;
  }[];
}

const phi: Record<Activation, (x: number) => number> = {
  relu: (x) => Math.max(0, x),
  quadratic: (x) => x * x,
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  'reverse-relu': (x) => Math.max(0, -x),
};

/** Abramowitz & Stegun 7.1.26, to 1.5·10⁻⁷: enough for a picture. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}

function ask(
  subject: Subject,
  { a, b, select }: { a: number; b: number; select: Lens['select'] },
): Answer {
  const { network, activation, backend } = subject;
  const { modulus, width } = network;
  const { G, R, frequencies } = subject.filtration(select);
  const logits = (of: Network) =>
    backend.logits(of, activation, a, 1).slice(b * modulus, (b + 1) * modulus);
  const votes = new Map<number, { neurons: number; logits: Float64Array }>();
  for (let neuron = 0; neuron < width; neuron++) {
    const frequency = frequencies.W[neuron];
    const vote = votes.get(frequency) ?? { neurons: 0, logits: new Float64Array(modulus) };
    votes.set(frequency, vote);
    vote.neurons++;
    const bias = G.hiddenBias === null ? 0 : G.hiddenBias[neuron];
    const active = phi[activation](G.U[neuron * modulus + a] + G.V[neuron * modulus + b] + bias);
    for (let c = 0; c < modulus; c++) vote.logits[c] += active * G.W[c * width + neuron];
  }
  return {
    a,
    b,
    full: logits(network),
    G: logits(G),
    R: logits(R),
    votes: [...votes]
      .map(([frequency, { neurons, logits }]) => {
        const mean = logits.reduce((sum, logit) => sum + logit, 0) / modulus;
        return { frequency, neurons, logits: logits.map((logit) => logit - mean) };
      })
      .sort((x, y) => x.frequency - y.frequency),
  };
}

export const analyses = { neurons, waveforms, path, extraction, ask };
export type Analyses = typeof analyses;
export type AnalysisName = keyof Analyses;
export type Question<Name extends AnalysisName> = Parameters<Analyses[Name]>[1];
export type Reply<Name extends AnalysisName> = ReturnType<Analyses[Name]>;
