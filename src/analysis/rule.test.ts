import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPrime, isUnit } from '../task/abelian-group.ts';
import { ruleAgreement, ruleTable, ruleText } from './rule.ts';
import { ruleAt, ruleIndex } from './rule-scores.ts';

test('rules are written as people write them', () => {
  assert.equal(ruleText({ k1: 1, k2: 1, shift: 0 }, 59), 'c = a + b (mod 59)');
  assert.equal(ruleText({ k1: 1, k2: 58, shift: 0 }, 59), 'c = a − b (mod 59)');
  assert.equal(ruleText({ k1: 58, k2: 1, shift: 0 }, 59), 'c = −a + b (mod 59)');
  assert.equal(ruleText({ k1: 2, k2: 3, shift: 5 }, 113), 'c = 2a + 3b + 5 (mod 113)');
  assert.equal(ruleText({ k1: 2, k2: 112, shift: 112 }, 113), 'c = 2a − b + 112 (mod 113)');
});

test('a rule written out has k1·a + k2·b + shift at a·P + b', () => {
  const table = ruleTable({ k1: 2, k2: 3, shift: 4 }, 5);
  assert.equal(table[3 * 5 + 2], (2 * 3 + 3 * 2 + 4) % 5);
  assert.equal(ruleAgreement(table, { k1: 2, k2: 3, shift: 4 }, 5), 1);
  assert.equal(ruleAgreement(table, { k1: 2, k2: 3, shift: 0 }, 5), 0);
  assert.equal(ruleAgreement(table, { k1: 1, k2: 3, shift: 0 }, 5), 1 / 5);
});

test('indices of rules run through all of them once', () => {
  const modulus = 6;
  for (let index = 0; index < 25 * 6; index++) {
    assert.equal(ruleIndex(ruleAt(index, modulus), modulus), index);
  }
  assert.deepEqual(ruleAt(25 * 6 - 1, modulus), { k1: 5, k2: 5, shift: 5 });
});

test('units of Z_12 are 1, 5, 7 and 11; only primes have nothing but units', () => {
  const units = Array.from({ length: 12 }, (_, k) => k).filter((k) => isUnit(k, 12));
  assert.deepEqual(units, [1, 5, 7, 11]);
  assert.deepEqual([3, 4, 9, 15, 31, 113].map(isPrime), [true, false, false, false, true, true]);
});
