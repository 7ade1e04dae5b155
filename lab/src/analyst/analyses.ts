/** What the instruments ask of a network; plain data that passes between threads. */
import {
  type ExtractionResult,
  extract,
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
import type { Network } from 'undertone/model';
import { type Accuracies, accuracies, cyclicBasis, multiplicativeBasis } from 'undertone/task';
import type { Lens } from '../engine/protocol.ts';
import { ask } from './ask.ts';
import { filtered, rung } from './controls.ts';
import type { Subject } from './subject.ts';

export type { Answer } from './ask.ts';
export type { Filtered, Rung } from './controls.ts';

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
  // The question may still be of the network before, which had more.
  const there = chosen.filter((neuron) => neuron < width);
  return there.map((neuron) => {
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

export const analyses = { neurons, waveforms, path, extraction, ask, filtered, rung };
type Analyses = typeof analyses;
export type AnalysisName = keyof Analyses;
export type Question<Name extends AnalysisName> = Parameters<Analyses[Name]>[1];
export type Reply<Name extends AnalysisName> = ReturnType<Analyses[Name]>;
