import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateDataset, parseOperation, rolesOf } from '../task/index.ts';
import { trackedRule } from './tracked-rule.ts';

const rolesFor = (task: string, modulus: number, noiseRatio: number) =>
  rolesOf(
    generateDataset(parseOperation(task, modulus), {
      trainFraction: 0.8,
      validationFraction: 0.1,
      noiseRatio,
      noiseKind: 'uniform',
      seed: 1,
    }),
  );

test('the rule to follow is the task’s', () => {
  const roles = rolesFor('add', 13, 0.5);
  const sub = trackedRule(parseOperation('sub', 13), roles, 13);
  assert.deepEqual(sub, {
    rule: { k1: 1, k2: 12, shift: 0 },
    text: 'c = a − b (mod 13)',
    source: 'task',
  });
});

test('without a task it is the rule of most training labels, and says so', () => {
  const followed = trackedRule(null, rolesFor('linear:2,3', 13, 0.3), 13);
  assert.ok(followed.rule !== null);
  assert.deepEqual(followed.rule, { k1: 2, k2: 3, shift: 0 });
  assert.equal(followed.source, 'labels');
});

test('where there is none to follow it says why', () => {
  const roles = rolesFor('mul', 12, 0.5);
  for (const [task, reason] of [
    ['mul', /the task mul isn’t of the form/],
    ['linear:2,1', /in c = 2a \+ b \(mod 12\) a coefficient has no inverse mod 12/],
    ['linear:0,1', /no inverse/],
  ] as const) {
    const followed = trackedRule(parseOperation(task, 12), roles, 12);
    assert.ok(followed.rule === null);
    assert.match(followed.reason, reason);
  }
  const empty = trackedRule(null, { ...roles, train: null }, 12);
  assert.ok(empty.rule === null && /neither a task nor a row/.test(empty.reason));
});
