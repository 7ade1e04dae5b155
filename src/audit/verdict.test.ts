import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectBackend } from '../compute/index.ts';
import { labelEvidence } from './label-evidence.ts';
import { cellsOfText, csvTable } from './test-tables.ts';
import { type AllEvidence, decide, networkEvidence } from './verdict.ts';

const backend = selectBackend({ backend: 'reference', threads: 1 });

test('p-values of networks are not multiplied: one network alone convinces nobody', () => {
  const of = (log10PValue: number, k1: number) => ({
    best: { k1, k2: 1, shift: 0 },
    modulus: 7,
    evidence: { weights: { log10PValue }, logits: null, answers: null },
  });
  const scans = [of(-30, 2), of(-0.1, 3), of(-0.2, 1), of(0, 1)] as unknown as Parameters<
    typeof networkEvidence
  >[0];
  const { log10PValue } = networkEvidence(scans);
  // Twice the second smallest is above 1.
  assert.equal(log10PValue, 0);
  const agreeing = networkEvidence([of(-30, 1), of(-9, 1), of(-3, 2), of(0, 1)] as never);
  assert.equal(agreeing.rule.text, 'c = a + b (mod 7)');
  assert.ok(Math.abs(agreeing.log10PValue - (-9 + Math.log10(2))) < 1e-12);
});

test('labels or networks say that there is something, the order that it is a rule; arrangements correct', () => {
  const { cells } = cellsOfText(csvTable({ modulus: 7, noiseRatio: 0.2, seed: 3 }));
  const labels = labelEvidence(cells, backend);
  const verdict = (
    [inLabels, inNetworks, inOrder]: readonly [number, number, number],
    choices = 1,
    isBroken = false,
  ) => {
    const evidence = {
      labels: { ...labels, log10PValue: inLabels },
      networks: { rule: labels.rule, log10PValue: inNetworks },
      order: { log10PValue: inOrder },
      around: { isBroken },
      choices,
    } as AllEvidence;
    return decide(labels.rule, evidence, 0.01, cells);
  };
  const near = (x: number, y: number) => assert.ok(Math.abs(x - y) < 1e-12, `${x} is not ${y}`);
  near(verdict([-3, -1, -9]).log10PValue, -3 + Math.log10(2));
  near(verdict([-3, -9, -4], 3).log10PValue, -4 + Math.log10(3));
  near(verdict([-9, -3, -4], 3).log10PValue, -4 + Math.log10(3));
  assert.equal(verdict([0, 0, 0], 5).log10PValue, 0);
  assert.equal(verdict([-1, -9, -9]).decidedBy, 'networks');
  assert.equal(verdict([-9, -1, -9]).decidedBy, 'labels');
  const isFound = (...of: Parameters<typeof verdict>) => verdict(...of).found;
  assert.ok(isFound([-9, -9, -9]) && !isFound([-9, -9, -9], 1, true));
  // Two looks at one table: p = 0.0063 is 0.0126.
  assert.ok(isFound([-2.4, 0, -9]) && !isFound([-2.2, 0, -9]));
  assert.ok(isFound([-9, -9, -2.1]) && !isFound([-9, -9, -2.1], 4) && !isFound([-9, -9, -1]));
  const { rule, best, probability } = verdict([-9, -9, -1]);
  assert.deepEqual([rule, best.text, probability], [null, labels.rule.text, 0]);
});
