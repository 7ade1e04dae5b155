import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interactionAnswers } from './interaction-answers.ts';
import { ruleTable } from './rule.ts';
import { plainCompute } from './test-compute.ts';
import { additionRule, plantedNetwork } from './test-networks.ts';

const modulus = 13;
const { network } = plantedNetwork(modulus, 48, additionRule);
const table = ruleTable(additionRule, modulus);
const agreement = (answers: ArrayLike<number>) =>
  table.filter((c, pair) => answers[pair] === c).length / table.length;
/** The same evaluation with what an additive function adds to every logit. */
const hiddenBy = (g: (a: number, c: number) => number, h: (b: number, c: number) => number) => ({
  ...plainCompute,
  logits: (...asked: Parameters<typeof plainCompute.logits>) =>
    plainCompute
      .logits(...asked)
      .map(
        (logit, at) =>
          logit +
          g(Math.floor(at / modulus ** 2), at % modulus) +
          h(Math.floor(at / modulus) % modulus, at % modulus),
      ),
});

test('a rule that an additive function hides from the answers comes out again', () => {
  const hidden = hiddenBy(
    (a, c) => 300 * Math.sin(a * c + 1),
    (b, c) => 300 * Math.cos(3 * b + c * c),
  );
  const logits = hidden.logits(network, 'quadratic', 0, modulus);
  const argmax = Uint16Array.from(table, (_, pair) => {
    const row = logits.subarray(pair * modulus, (pair + 1) * modulus);
    return row.indexOf(Math.max(...row));
  });
  assert.ok(agreement(argmax) < 0.3, `${agreement(argmax)}`);
  assert.equal(agreement(interactionAnswers(network, 'quadratic', plainCompute)), 1);
  assert.equal(agreement(interactionAnswers(network, 'quadratic', hidden)), 1);
});

test('where nothing joins a and b the answer is the smallest class', () => {
  const flat = { ...network, W: new Float32Array(network.W.length) };
  assert.ok(interactionAnswers(flat, 'relu', plainCompute).every((c) => c === 0));
});
