import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Accuracies } from '../task/dataset.ts';
import type { Cell } from './cells/cell.ts';
import type { EnsembleInput, EnsembleOutput } from './experiments/ensemble.ts';
import { type BestRule, type EvidenceKind, evidenceKinds } from './measurements/scan-evidence.ts';
import { power } from './power.ts';
import { findingsBy } from './test-outputs.ts';

interface Asked {
  readonly noise: number;
  readonly step: number;
  readonly width: number;
  readonly network: number;
}

interface World {
  /** z of the true rule; from 6 on it is found. */
  readonly z?: (kind: EvidenceKind | 'labels', asked: Asked) => number;
  readonly accuracy?: (asked: Asked) => number;
  /** Whether a network that doesn't find the rule names another. */
  readonly namesWrong?: boolean;
}

const strength = { weights: 1, logits: 1.1, answers: 0.6, interaction: 1.5, labels: 1.7 } as const;
const supposed: Required<World> = {
  z: (kind: EvidenceKind | 'labels', { noise, step, network }: Asked) =>
    strength[kind] * (kind === 'labels' ? 1 : Math.min(1, step / 40)) * 180 * (0.985 - noise) +
    0.01 * network,
  accuracy: () => 0.02,
  namesWrong: false,
};

function madeUp({ z, accuracy, namesWrong }: Required<World>) {
  return (cell: Cell): EnsembleOutput => {
    const { settings, networks, wanted } = cell.input as EnsembleInput;
    const { noiseRatio: noise, width } = settings;
    const network = (index: number) => {
      const best = (kind: EvidenceKind | 'labels', step: number): BestRule => {
        const taskZ = z(kind, { noise, step, width, network: settings.seed + index });
        const isFound = taskZ >= 6;
        return {
          rule: { k1: 1, k2: 1, shift: 0 },
          isTask: isFound,
          z: Math.max(taskZ, 5),
          taskZ,
          log10PValue: isFound || namesWrong ? -9 : 1,
        };
      };
      const at = (name: string, step: number) => {
        if (name === 'label-evidence') return best('labels', step);
        if (name === 'scan-evidence') {
          return {
            rules: 1000,
            ...Object.fromEntries(evidenceKinds.map((kind) => [kind, best(kind, step)])),
          };
        }
        const test = accuracy({ noise, step, width, network: index });
        const found: Accuracies = {
          cleanTrain: 1,
          noisyTrain: 1,
          noisyTrue: test,
          validation: test,
          test,
        };
        return {
          raw: found,
          G: found,
          quadraticG: found,
          R: found,
          triadG: found,
          quadraticTriadG: found,
        };
      };
      return Object.fromEntries(wanted.map(({ name, step, key }) => [key, at(name, step)]));
    };
    return { networks: Array.from({ length: networks }, (_, i) => network(i)), weightsHash: '' };
  };
}

const failing = (world: World) =>
  findingsBy(power, madeUp({ ...supposed, ...world }))
    .criteria.filter(({ holds }) => !holds)
    .map(({ text }) => text);

test('all criteria hold where the rule is found early, sharply and alone', () => {
  assert.deepEqual(failing({}), []);
});

test('a rule that is found late only fails at the early step', () => {
  const late: World = {
    z: (kind, asked) => (kind !== 'labels' && asked.step < 100 ? 1 : supposed.z(kind, asked)),
  };
  const texts = failing(late);
  assert.equal(texts.filter((text) => /find the rule \(goal\)/.test(text)).length, 2);
});

test('filters that answer as early are not preceded', () => {
  assert.match(failing({ accuracy: () => 0.9 }).join(), /filtered weights/);
});

test('evidence no sharper than the others, or far from the labels’ limit, fails', () => {
  const blunt: World = {
    z: (kind, asked) => supposed.z(kind === 'interaction' ? 'answers' : kind, asked),
  };
  assert.match(failing(blunt).join(), /sharper evidence/);
  const weak: World = {
    z: (kind, asked) => supposed.z(kind, asked) * (kind !== 'labels' && asked.noise > 0.95 ? 0 : 1),
  };
  assert.match(failing(weak).join(), /almost that at which the training labels/);
});

test('a wrong rule in every network that finds none is more than the level lets through', () => {
  assert.match(failing({ namesWrong: true }).join(), /wrong rules/);
});

test('remarks name the fewest steps, the smallest width and the highest noise', () => {
  const { remarks = [], charts } = findingsBy(power, madeUp(supposed));
  assert.match(remarks.join('\n'), /α = 0\.95, M = 1025: weights 50, logits 50, answers –/);
  assert.match(remarks.join('\n'), /Smallest width .* α = 0\.9, step 50: weights 33/);
  assert.match(remarks.join('\n'), /Highest noise ratio .* interaction 0\.96/);
  assert.ok(charts.every(({ rows }) => rows.length > 0));
});
