import type { Activation, Network } from 'undertone/model';
import type { Lens } from '../engine/protocol.ts';
import type { Subject } from './subject.ts';

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

export function ask(
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
