/**
 * A study made of cosines and chosen numbers, for tests of the report: it looks like a network that
 * memorised wrong labels and holds the rule c = a + b underneath. Nothing in it was measured.
 */
import {
  type MethodName,
  type MethodResult,
  methodNames,
  type PartEvidence,
} from '../analysis/results.ts';
import type { ScanMap } from '../analysis/scan.ts';
import type { RuleEvidence } from '../model/rule-evidence.ts';
import { cyclicBasis } from '../task/basis.ts';
import { createGenerator } from '../task/generator.ts';
import type { MetricsRow } from '../train/metrics-row.ts';
import {
  type Control,
  type Field,
  fieldCodes,
  type NeuronSpectrum,
  type PathPoint,
  type Study,
} from './study.ts';

/** `part(name)` draws uniform numbers in [0, 1) of a stream of their own. */
function stream(seed: number, name: string): () => number {
  const generator = createGenerator(seed, name);
  return () => generator.uniform();
}

const testOf: Record<MethodName, number> = {
  raw: 0.0063,
  'frequency-filtration': 0.9984,
  'frequency-filtration-quadratic': 0.9761,
  'frequency-filtration-residual': 0.0039,
  'triad-filtration': 1,
  'triad-filtration-quadratic': 0.9914,
  'ipr-partition': 0.0141,
  'strength-partition': 0.0117,
  'activation-quadratic': 0.0125,
  'activation-reverse-relu': 0.0094,
  'identified-rule': 1,
  'label-baseline': 1,
};
const noisyOf: Partial<Record<MethodName, number>> = {
  raw: 1,
  'frequency-filtration-residual': 0.9998,
  'ipr-partition': 0.31,
  'strength-partition': 0.982,
  'activation-quadratic': 0.57,
  'activation-reverse-relu': 0.124,
};

export function testStudy(modulus = 113, width = 2049, seed = 1): Study {
  const chance = 1 / modulus;
  const pairs = modulus * modulus;
  const roles = Uint8Array.from({ length: pairs }, () => 0);
  const drawRole = stream(seed, 'roles');
  let [clean, noisy, heldOut] = [0, 0, 0];
  for (let pair = 0; pair < pairs; pair++) {
    const draw = drawRole();
    roles[pair] = draw < 0.16 ? 1 : draw < 0.8 ? 2 : 3;
    if (roles[pair] === 1) clean++;
    else if (roles[pair] === 2) noisy++;
    else heldOut++;
  }
  const validation = Math.floor(heldOut / 2);
  const evidence = (statistic: number, z: number, log10PValue: number) => ({
    statistic,
    z,
    log10PValue,
  });
  const part = (
    pairs: number,
    z: number,
    log10PValue: number,
    log10LowerPValue = 0,
  ): PartEvidence => ({
    pairs,
    logits: { ...evidence(z / 30, z, log10PValue), log10LowerPValue },
    answers: { ...evidence(pairs, z * 0.8, log10PValue * 0.6), log10LowerPValue: 0 },
  });
  const best = { k1: 1, k2: 1, shift: 0, text: `c = a + b (mod ${modulus})` };
  return {
    name: 'demo-p113-m2049',
    essentials: {
      modulus,
      width,
      task: 'add',
      noiseRatio: 0.8,
      activation: 'relu',
      steps: 800,
      seed,
      optimizer: 'adamw',
    },
    settings: {
      task: 'add',
      modulus,
      trainFraction: 0.8,
      validationFraction: 0.1,
      noiseRatio: 0.8,
      noiseKind: 'uniform',
      dataset: null,
      width,
      activation: 'relu',
      loss: 'cross-entropy',
      optimizer: 'adamw',
      learningRate: 0.001,
      weightDecay: 0.1,
      steps: 800,
      seed,
    },
    environment: {
      backend: 'native',
      instructionSet: 'avx512',
      threads: 2,
      undertone: '0.1.0',
      node: '24.21.0',
    },
    command: `undertone train --task add --modulus ${modulus} --width ${width} --noise-ratio 0.8 --steps 800 --seed ${seed}`,
    weightsHash: 'sha256:3f0c9e0d5a1b6c7788990a1b2c3d4e5f60718293a4b5c6d7e8f9fafbfcfdfeff',
    pairCounts: {
      train: clean + noisy,
      cleanTrain: clean,
      noisyTrain: noisy,
      validation,
      test: heldOut - validation,
    },
    metrics: metrics(chance),
    basis: cyclicBasis(modulus),
    followed: { rule: { k1: 1, k2: 1, shift: 0 }, text: best.text, source: 'task' },
    extraction: {
      modulus,
      width,
      activation: 'relu',
      basis: 'cyclic',
      chance,
      rule: best,
      scan: {
        modulus,
        pairs,
        basis: 'cyclic',
        level: 0.01,
        rulesScanned: (modulus - 1) ** 2 * modulus,
        rule: best,
        significant: true,
        partial: false,
        best,
        bases: [
          {
            basis: 'cyclic',
            best,
            T: 63.1,
            log10PValue: -2000,
            verdict: 'named',
            agreement: null,
          },
        ],
        evidence: {
          weights: { ...evidence(63.1, 58.7, -712.4), T: 63.1 },
          logits: evidence(0.8, 74, -900),
          answers: evidence(1953, 124, -2000),
          interaction: evidence(1960, 125, -2010),
        },
        cleanTrain: part(clean, 214, -4000),
        noisyTrain: part(noisy, -8.4, 0, -16),
        heldOut: part(heldOut, -3.1, 0, -2.7),
        carried: { verdict: 'against', kind: 'logits', log10PValue: -2.7 },
        runnersUp: [3, 5, 17, 40, 71].map((k, index) => ({
          k1: k % modulus,
          k2: (k * 7) % modulus,
          shift: 0,
          T: 4.8 - 0.1 * index,
        })),
      },
      filtrationRule: { k1: 1, k2: 1 },
      methods: methodNames.map(
        (name): MethodResult => ({
          name,
          kind: name === 'identified-rule' || name === 'label-baseline' ? 'rule' : 'network',
          test: testOf[name],
          validation: testOf[name],
          cleanTrain: name === 'raw' ? 1 : Math.min(1, testOf[name] + 0.001),
          noisyTrain: noisyOf[name] ?? 0.0002,
          noisyTrue: name === 'raw' ? 0 : testOf[name],
          note: name === 'label-baseline' ? `${best.text}, T_data = 43.2` : null,
        }),
      ),
    },
    scanMap: scanMap(modulus, seed),
    spectra: spectra(modulus, width, seed),
    sparsity: { trained: 0.31, untrained: 0.054 },
    phases: phases(width, seed),
    fullField: field(roles, 1, seed),
    filteredField: field(roles, 0, seed),
    path: Array.from({ length: 21 }, (_, index): PathPoint => {
      const lambda = 1 - index / 20;
      const test = rightOf(lambda);
      return {
        lambda,
        cleanTrain: Math.max(test, lambda > 0.3 ? 1 : 0.99),
        noisyTrain: memorisedOf(lambda),
        noisyTrue: test * (1 - memorisedOf(lambda)),
        test,
        field: field(roles, lambda, seed),
      };
    }),
    controls: controls(chance),
  };
}

const rightOf = (lambda: number) => Math.max(0.0063, 0.9984 / (1 + Math.exp((lambda - 0.52) * 16)));
const memorisedOf = (lambda: number) => 1 / (1 + Math.exp((0.46 - lambda) * 18));

function field(roles: Uint8Array, lambda: number, seed: number): Field {
  const chances = stream(seed, 'field');
  return roles.map((role) => {
    const draw = chances();
    if (role === 1) return fieldCodes.cleanRight;
    if (role === 3) return draw < rightOf(lambda) ? fieldCodes.heldOutRight : fieldCodes.wrong;
    if (draw < memorisedOf(lambda)) return fieldCodes.noisyMemorised;
    return draw < memorisedOf(lambda) + rightOf(lambda)
      ? fieldCodes.noisyRepaired
      : fieldCodes.wrong;
  });
}

function metrics(chance: number): MetricsRow[] {
  const steps = [
    0, 1, 2, 3, 4, 5, 7, 9, 12, 15, 19, 24, 30, 38, 48, 60, 75, 95, 120, 150, 190, 240, 300, 380,
    480, 600, 800,
  ];
  const rise = (step: number, half: number) =>
    Math.max(chance, 1 / (1 + (half / Math.max(step, 0.01)) ** 5));
  return steps.map((step) => ({
    step,
    loss: 4.73 / (1 + (step / 32) ** 3),
    cleanTrain: step >= 190 ? 1 : rise(step, 46),
    noisyTrain: step >= 190 ? 1 : rise(step, 30),
    noisyTrue: chance * 0.6,
    validation: chance,
    test: Math.max(0.005, chance * (1 - step / 3000)),
    evidence: evidenceAt(step),
  }));
}

function evidenceAt(step: number): RuleEvidence {
  const rise = step / (step + 40);
  return {
    T: 63 * rise,
    triadEnergy: 0.4 * rise,
    weights: 58 * rise,
    logits: 74 * rise,
    answers: 124 * rise ** 3,
    heldOutLogits: 0.8 - 4 * rise,
    heldOutAnswers: -2.5 * rise,
  };
}

function scanMap(modulus: number, seed: number): ScanMap {
  const draw = stream(seed, 'scan');
  const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  const T = Float32Array.from({ length: (modulus - 1) ** 2 }, () =>
    Math.max(normal(), normal(), normal(), normal(), normal()),
  );
  T[0] = 63.1;
  return { basis: cyclicBasis(modulus), T, shift: new Uint16Array(T.length), threshold: 7.2 };
}

function spectra(modulus: number, width: number, seed: number): NeuronSpectrum[] {
  const draw = stream(seed, 'spectra');
  const frequencies = Math.floor(modulus / 2);
  const ranks = [...new Set([1, Math.ceil(width / 4), Math.ceil(width / 2), width])];
  return ranks.map((rank, index) => {
    const dominantFrequency = 1 + ((13 * index + 6) % frequencies);
    const energy = Array.from({ length: frequencies }, () => -Math.log(1 - 0.999 * draw()));
    energy[dominantFrequency - 1] = Math.max(...energy) * (3.2 - 0.6 * index);
    const total = energy.reduce((sum, value) => sum + value, 0);
    const before = energy.map((value) => value / total);
    return {
      neuron: (rank * 37) % width,
      rank,
      dominantFrequency,
      before,
      after: before.map((value, at) => (at === dominantFrequency - 1 ? value : 0)),
    };
  });
}

function phases(width: number, seed: number): Study['phases'] {
  const draw = stream(seed, 'phases');
  const angle = () => 2 * Math.PI * draw() - Math.PI;
  const wrap = (value: number) => value - 2 * Math.PI * Math.round(value / (2 * Math.PI));
  const strength = Array.from({ length: width }, () => draw() ** 2);
  const phaseC = strength.map(angle);
  const residual = strength.map((value) => (draw() + draw() + draw() - 1.5) * (1.9 - 1.4 * value));
  return {
    phaseC,
    sum: phaseC.map((value, index) => wrap(value + residual[index])),
    strength,
    meanSquaredError: residual.reduce((sum, value) => sum + wrap(value) ** 2, 0) / width,
  };
}

function controls(chance: number): Control[] {
  return [
    {
      kind: 'trained',
      label: 'This network',
      noisyTrain: 1,
      raw: 0.0063,
      frequencyFiltration: 0.9984,
      triadFiltration: 1,
      T: 63.1,
      note: '',
      available: true,
    },
    {
      kind: 'untrained',
      label: 'Untrained network',
      noisyTrain: 0.01,
      raw: chance,
      frequencyFiltration: 0.0086,
      triadFiltration: 0.0117,
      T: 0.42,
      note: 'the weights before the first step.',
      available: true,
    },
    {
      kind: 'random-features',
      label: 'Random features',
      noisyTrain: 0.99,
      raw: 0.0078,
      frequencyFiltration: 0.0102,
      triadFiltration: 0.0094,
      T: 38.2,
      note: 'U and V stay as drawn, only W is trained.',
      available: true,
    },
    {
      kind: 'wrong-rule',
      label: 'Wrong rule c = a + 2b',
      noisyTrain: null,
      raw: 0.009,
      frequencyFiltration: 0.0078,
      triadFiltration: 0.0055,
      T: -1.3,
      note: 'filtered for that rule, scored by it.',
      available: true,
    },
  ];
}
