import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Accuracies } from '../task/dataset.ts';
import type { Cell } from './cells/cell.ts';
import type { EnsembleInput, EnsembleOutput } from './experiments/ensemble.ts';
import { type BestRule, type EvidenceKind, evidenceKinds } from './measurements/scan-evidence.ts';
import { power } from './power.ts';
import {
  type EvidenceName,
  findPower,
  halfPowerNoise,
  type PowerFindings,
  powerOf,
  wronglyNamed,
} from './power-findings.ts';
import { powerRuns } from './power-runs.ts';
import { checkCharts, failing as failingOf, findingsBy } from './test-outputs.ts';

interface Asked {
  readonly noise: number;
  readonly step: number;
  readonly width: number;
  readonly network: number;
}

const filtrationParts = ['raw', 'G', 'quadraticG', 'R', 'triadG', 'quadraticTriadG'] as const;
type FiltrationPart = (typeof filtrationParts)[number];

interface World {
  /** z of the true rule; from 6 on it is found. */
  readonly z?: (kind: EvidenceKind | 'labels', asked: Asked) => number;
  readonly accuracy?: (asked: Asked, part: FiltrationPart) => number;
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
        const scores = (part: FiltrationPart): Accuracies => {
          const test = accuracy({ noise, step, width, network: index }, part);
          return { cleanTrain: 1, noisyTrain: 1, noisyTrue: test, validation: test, test };
        };
        return Object.fromEntries(filtrationParts.map((part) => [part, scores(part)]));
      };
      return Object.fromEntries(wanted.map(({ name, step, key }) => [key, at(name, step)]));
    };
    return { networks: Array.from({ length: networks }, (_, i) => network(i)), weightsHash: '' };
  };
}

const failing = (world: World) =>
  failingOf(findingsBy(power, madeUp({ ...supposed, ...world })).criteria);

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
  for (const right of filtrationParts) {
    const texts = failing({ accuracy: (_, part) => (part === right ? 0.9 : 0.02) }).join();
    if (right === 'R') assert.equal(texts, '');
    else assert.match(texts, /filtered weights/, right);
  }
});

test('the goals are met by weights, logits and answers; what only one seed lacks is lacking', () => {
  const silent: World = {
    z: (kind, asked) => (kind === 'labels' || asked.network > 100 ? supposed.z(kind, asked) : 1),
  };
  const goals = (texts: readonly string[]) => texts.filter((text) => /\(goal\)/.test(text)).length;
  const quiet: World = {
    z: (kind, asked) => (kind === 'labels' || kind === 'interaction' ? supposed.z(kind, asked) : 1),
  };
  assert.equal(goals(failing(quiet)), 2);
  assert.doesNotMatch(failing(quiet).join(), /filtered weights/);
  assert.equal(goals(failing(silent)), 2);
  assert.match(failing(silent).join(), /filtered weights/);
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
  checkCharts(charts);
});

test('each filter is scored by its own network, each kind of evidence by its own rule', () => {
  const accuracy = (_: Asked, part: FiltrationPart) => 0.1 * (1 + filtrationParts.indexOf(part));
  const answer = madeUp({ ...supposed, accuracy });
  const [first] = findPower(
    {
      of: <Output>(cell: Cell<Output>) => answer(cell) as Output,
      measured: () => assert.fail('nothing is measured on trainings'),
    },
    powerRuns('quick'),
  );
  const mean = (values: readonly number[]) =>
    Number((values.reduce((x, y) => x + y) / values.length).toFixed(9));
  assert.deepEqual(
    Object.fromEntries(Object.entries(first.accuracy).map(([name, of]) => [name, mean(of)])),
    { network: 0.1, FF: 0.2, 'FF, x²': 0.3, triads: 0.5, 'triads, x²': 0.6 },
  );
  const z = (name: EvidenceName) => first.best[name][3].taskZ;
  assert.ok(z('answers') < z('weights') && z('weights') < z('logits'));
  assert.ok(z('logits') < z('interaction') && z('interaction') < z('labels alone'));
});

test('power counts the task’s own rule at the level, and falls through ½ on a line between two noise ratios', () => {
  const best = (isTask: boolean, p: number): BestRule => ({
    rule: { k1: 1, k2: 1, shift: 0 },
    ...{ isTask, z: 0, taskZ: 0, log10PValue: Math.log10(p) },
  });
  const at = (noiseRatio: number, all: readonly BestRule[], accuracy: readonly number[] = [0.5]) =>
    ({
      noiseRatio,
      best: { weights: all },
      accuracy: { FF: accuracy },
    }) as unknown as PowerFindings;
  const mixed = at(0, [best(true, 0.009), best(false, 0.009), best(true, 0.011), best(false, 0.9)]);
  assert.equal(powerOf(mixed, 'weights').mean, 0.25);
  assert.equal(wronglyNamed([mixed, at(0.1, [best(false, 1e-9)])], 'weights').mean, 0.4);
  assert.equal(powerOf(at(0, [], [0.49, 0.5, 0.9]), 'FF').mean, 2 / 3);

  const found = (of4: number) => Array.from({ length: 4 }, (_, i) => best(i < of4, 1e-9));
  const rising = (...counts: readonly number[]) =>
    counts.map((count, i) => at(0.1 * (i + 1), found(count)));
  const half = (...counts: readonly number[]) => halfPowerNoise(rising(...counts), 'weights');
  // From 1 to ¼ between 0.2 and 0.3: two thirds of the way.
  assert.ok(Math.abs((half(4, 4, 1, 0) ?? 0) - (0.2 + (0.1 * 2) / 3)) < 1e-12);
  assert.ok(Math.abs((half(4, 2, 0) ?? 0) - 0.2) < 1e-12);
  assert.equal(half(1, 0, 0), null);
  assert.ok(Math.abs((half(4, 3, 2) ?? 0) - 0.3) < 1e-12);
});

test('labels that fall through ½ at none of the noise ratios say nothing of a limit', () => {
  const weak: World = { z: (kind, asked) => (kind === 'labels' ? 1 : supposed.z(kind, asked)) };
  const strong: World = { z: () => 20 };
  for (const world of [weak, strong]) {
    assert.match(failing(world).join(), /almost that at which the training labels/);
  }
});

test('networks without labels, or without test accuracy, are an error and no zero', () => {
  const answer = madeUp(supposed);
  const failingAt = (key: RegExp, message: RegExp) => {
    const of = <Output>(cell: Cell<Output>): Output => {
      const { networks, weightsHash } = answer(cell);
      const [first, ...others] = networks;
      const entries = Object.entries(first).map(([name, value]) => {
        if (!key.test(name)) return [name, value];
        return [
          name,
          name.startsWith('filtration') ? { ...(value as object), G: { test: null } } : null,
        ];
      });
      return { networks: [Object.fromEntries(entries), ...others], weightsHash } as Output;
    };
    const outputs = { of, measured: () => assert.fail('nothing is measured on trainings') };
    assert.throws(() => findPower(outputs, powerRuns('quick')), { name: 'RangeError', message });
  };
  failingAt(/^label-evidence/, /no labels are known/);
  failingAt(/^filtration/, /no test accuracy is known/);
});
