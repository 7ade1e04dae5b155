import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../task/generator.ts';
import { orderAgreement } from './order-agreement.ts';

const modulus = 12;
const places = (of: (x: number) => number) =>
  Uint16Array.from({ length: modulus }, (_, x) => of(x) % modulus);
const identity = { a: places((x) => x), b: places((x) => x), c: places((x) => x) };

test('an automorphism and rotations of a, b and c do not change a structure', () => {
  const turned = {
    a: places((x) => 5 * x + 3),
    b: places((x) => 5 * x + 4),
    c: places((x) => 5 * x + 7),
  };
  assert.equal(orderAgreement(turned, identity), 1);
  assert.equal(orderAgreement(identity, turned), 1);
});

test('different automorphisms of a and b do', () => {
  const mixed = { ...identity, b: places((x) => 5 * x) };
  // 5x ≡ x (mod 12) for 4 of 12 tokens, at the most for one rotation.
  assert.equal(orderAgreement(mixed, identity), (12 + 4 + 12) / 36);
});

test('two swapped tokens count as two', () => {
  const a = identity.a.slice();
  [a[0], a[1]] = [a[1], a[0]];
  assert.equal(orderAgreement({ ...identity, a }, identity), 34 / 36);
});

test('random orders agree in few tokens', () => {
  const size = 31;
  const generator = createGenerator(1, 'orders');
  const random = () => generator.shuffle(Uint16Array.from({ length: size }, (_, x) => x));
  const order = () => ({ a: random(), b: random(), c: random() });
  // The largest of 30 units, each with the largest of 31 rotations for three modes.
  assert.ok(orderAgreement(order(), order()) < 0.25);
});
