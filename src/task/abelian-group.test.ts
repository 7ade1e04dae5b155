import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../errors.ts';
import { cyclicGroup, groupText, negative, productGroup, xorGroup } from './abelian-group.ts';
import { fittingBases, multiplicativeBasis, parseBasis, productsLeftOut } from './basis.ts';

const groups = [
  cyclicGroup(12),
  productGroup([4, 3, 2]),
  productGroup([2, 2, 2, 2]),
  productGroup([3, 9]),
];

test('addition is commutative and associative, −x is the inverse, k·x is x + … + x', () => {
  for (const group of groups) {
    const element = fc.nat(group.order - 1);
    fc.assert(
      fc.property(element, element, element, fc.nat(40), (x, y, z, k) => {
        assert.equal(group.add(x, y), group.add(y, x));
        assert.equal(group.add(group.add(x, y), z), group.add(x, group.add(y, z)));
        assert.equal(group.add(x, negative(group, x)), 0);
        let sum = 0;
        for (let i = 0; i < k; i++) sum = group.add(sum, x);
        assert.equal(group.scale(k, x), sum);
      }),
    );
  }
});

test('characters are homomorphisms in both arguments', () => {
  for (const group of groups) {
    const element = fc.nat(group.order - 1);
    fc.assert(
      fc.property(element, element, element, (omega, x, y) => {
        const sum = (group.pairing(omega, x) + group.pairing(omega, y)) % group.exponent;
        assert.equal(group.pairing(omega, group.add(x, y)), sum);
        assert.equal(group.pairing(x, omega), group.pairing(omega, x));
      }),
    );
  }
});

test('the product of twos is exclusive or', () => {
  const group = xorGroup(32);
  for (let x = 0; x < 32; x++) for (let y = 0; y < 32; y++) assert.equal(group?.add(x, y), x ^ y);
  assert.equal(xorGroup(24), null);
});

test('groups are written as the field writes them', () => {
  assert.equal(groupText(cyclicGroup(113)), 'Z_113');
  assert.equal(groupText(productGroup([4, 8])), 'Z_4×Z_8');
  assert.equal(groupText(productGroup([2, 2, 2])), 'Z_2^3');
});

test('the discrete logarithm makes multiplication addition', () => {
  for (const modulus of [5, 59, 113]) {
    const basis = multiplicativeBasis(modulus);
    assert.ok(basis);
    const { tokens, group } = basis;
    assert.equal(new Set(tokens).size, modulus - 1);
    for (let x = 0; x < group.order; x += 3) {
      for (let y = 0; y < group.order; y++) {
        assert.equal(tokens[group.add(x, y)], (tokens[x] * tokens[y]) % modulus);
      }
    }
  }
  assert.equal(multiplicativeBasis(12), null);
});

test('every place that tokens may have in a product is tried, and multiplication for primes alone', () => {
  const names = (modulus: number) => fittingBases(modulus).map(({ name }) => name);
  assert.deepEqual(names(59), ['cyclic', 'multiplicative']);
  assert.deepEqual(names(8), ['cyclic', 'xor', '2x4', '4x2']);
  assert.deepEqual(names(12), ['cyclic', '2x6', '6x2', '2x2x3', '2x3x2', '3x2x2', '3x4', '4x3']);
  // 2^8 has 127 ways beside the cyclic one, nearly all of them beyond ten seconds: XOR is the cheapest.
  assert.equal(names(256)[1], 'xor');
  assert.ok(names(256).length < 10);
  assert.equal(productsLeftOut(256), 127 - (names(256).length - 1));
  assert.deepEqual(names(1024), ['cyclic']);
  assert.equal(productsLeftOut(12), 0);
  assert.equal(productsLeftOut(113), 0);
});

test('bases that are unknown or do not fit are refused, saying what fits', () => {
  for (const [name, modulus, message] of [
    ['octonions', 59, /Unknown basis "octonions": expected cyclic, multiplicative, xor/],
    ['multiplicative', 12, /prime number of tokens/],
    ['xor', 12, /power of two/],
    ['4x8', 31, /has 32 elements, and there are 31 tokens/],
    ['1x31', 31, /factors from 2 on/],
  ] as const) {
    assert.throws(
      () => parseBasis(name, modulus),
      (error) => error instanceof InputError && message.test(error.message),
    );
  }
});
