import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rolesOf } from '../../task/dataset.ts';
import { generateDataset } from '../../task/generate.ts';
import { createGenerator } from '../../task/generator.ts';
import { parseOperation } from '../../task/operation.ts';
import { filterFrequencies } from '../filtration.ts';
import { permuteTokens } from '../permute.ts';
import { ruleAgreement } from '../rule.ts';
import { plainCompute } from '../test-compute.ts';
import { additionRule, addNetworks, plantedNetwork, untrainedNetwork } from '../test-networks.ts';
import { orderAgreement } from './order-agreement.ts';
import { log10Structures, recoverOrder, recoverOrderOfLabels } from './recover-order.ts';

const modulus = 13;
const width = 96;
/** For searches that find nothing, and therefore try everything. */
const small = 11;

function renaming(seed: number) {
  const generator = createGenerator(seed, 'renaming');
  const draw = () => generator.shuffle(Uint16Array.from({ length: modulus }, (_, x) => x));
  return { a: draw(), b: draw(), c: draw() };
}

function inverse(names: Uint16Array): Uint16Array {
  const places = new Uint16Array(names.length);
  names.forEach((name, place) => {
    places[name] = place;
  });
  return places;
}

/** A rule under noise in every weight, which without its basis answers nothing. */
const noisy = addNetworks(
  plantedNetwork(modulus, width, { k1: 3, k2: 5, shift: 2 }).network,
  untrainedNetwork(modulus, width, 1),
  6,
);

test('weights give back the order under any names of the tokens, and filtration in it follows the rule', () => {
  for (const seed of [1, 2]) {
    const names = renaming(seed);
    const hidden = permuteTokens(noisy, names.a, names.b, names.c);
    const found = recoverOrder(hidden, 'quadratic', plainCompute, {
      seed: 5,
      sources: ['weights'],
    });
    assert.ok(found.found && found.log10PValue < -10, `p = 10^${found.log10PValue}`);
    // Places of c = 3a + 5b + 2: the tokens of a stand at 3a, those of b at 5b.
    const truth = {
      a: inverse(names.a).map((x) => (3 * x) % modulus),
      b: inverse(names.b).map((x) => (5 * x) % modulus),
      c: inverse(names.c),
    };
    assert.equal(orderAgreement(found.order, truth), 1);
    const { G } = filterFrequencies(found.reordered, { select: 'energy' });
    const answers = plainCompute.answers(G, 'quadratic');
    const whole = ruleAgreement(
      plainCompute.answers(found.reordered, 'quadratic'),
      additionRule,
      modulus,
    );
    const filtered = ruleAgreement(answers, additionRule, modulus);
    assert.ok(filtered > 0.95 && filtered > whole, `${filtered} filtered, ${whole} as it is`);
  }
});

// 18 is composite: most of its characters belong to quotients and don't tell all tokens apart.
for (const size of [19, 18]) {
  test(`labels of which 30 % are wrong give it back without a network, P = ${size}`, () => {
    const dataset = generateDataset(parseOperation('add', size), {
      trainFraction: 0.8,
      validationFraction: 0.1,
      noiseRatio: 0.3,
      noiseKind: 'uniform',
      seed: 3,
    });
    const { train } = rolesOf(dataset);
    assert.ok(train !== null);
    const found = recoverOrderOfLabels(train, size, plainCompute, { seed: 1 });
    const identity = Uint16Array.from({ length: size }, (_, x) => x);
    assert.ok(found.found);
    assert.equal(orderAgreement(found.order, { a: identity, b: identity, c: identity }), 1);
  });
}

test('nothing is found in an untrained network', () => {
  const network = untrainedNetwork(small, width, 4);
  assert.equal(recoverOrder(network, 'relu', plainCompute, { seed: 1 }).found, false);
});

test('nothing is found in labels drawn at random', () => {
  const generator = createGenerator(8, 'labels');
  const pair = Uint32Array.from({ length: small * small }, (_, index) => index);
  const label = Uint16Array.from(pair, () => generator.below(small));
  const { found, matches } = recoverOrderOfLabels({ pair, label }, small, plainCompute, {
    seed: 1,
  });
  assert.equal(found, false);
  // The search fits what it can: far more than the 11 that an order chosen beforehand would have.
  assert.ok(matches > 2 * small);
});

test('three orders of three tokens make twelve structures', () => {
  // All Latin squares of order 3: 12, each the table of Z_3.
  assert.ok(Math.abs(log10Structures(3) - Math.log10(12)) < 1e-12);
});
