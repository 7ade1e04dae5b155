import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlFindings, controlsTitle, isAboveChance } from './control-findings.ts';
import type { Control, Study } from './study.ts';
import { testStudy } from './test-study.ts';

const study = testStudy(113, 65);

function changed(kind: Control['kind'], changes: Partial<Control>): Study {
  const controls = study.controls.map((control) =>
    control.kind === kind ? { ...control, ...changes } : control,
  );
  return { ...study, controls };
}
const textOf = (of: Study) => controlFindings(of).join(' ').replaceAll('\u00a0', ' ');

test('controls at chance are said to stay there', () => {
  assert.match(controlsTitle(study), /all stay at chance/);
  assert.match(textOf(study), /No control does here/);
});

test('random features above chance are said to be, and what that leaves for learned features', () => {
  const above = changed('random-features', { frequencyFiltration: 0.55 });
  assert.match(controlsTitle(above), /not all of them stay at chance/);
  const text = textOf(above);
  assert.match(text, /Random features: 55 % under frequency filtration, above chance/);
  assert.match(
    text,
    /only what this network \(99\.8 %\) has beyond that is due to learned features/,
  );
  assert.doesNotMatch(text, /No control does/);
});

test('random features that do better than the network leave nothing to learned features', () => {
  const above = changed('random-features', { triadFiltration: 1 });
  assert.match(textOf(above), /nothing here is due to learned features/);
});

test('an untrained network above chance is the filter’s own doing', () => {
  const above = changed('untrained', { triadFiltration: 0.2 });
  assert.match(textOf(above), /Untrained network: 20 % under triad filtration.*makes up by itself/);
});

test('T of random features past the threshold is told apart from learned features', () => {
  assert.match(textOf(study), /Random features: T = 38\.2 passes that with U and V as drawn/);
  assert.doesNotMatch(textOf(changed('random-features', { T: 2 })), /Random features: T/);
  assert.match(textOf(changed('wrong-rule', { T: 9 })), /hold evidence for this rule as well/);
});

test('without known test labels nothing is said of chance', () => {
  const unknown = { raw: null, frequencyFiltration: null, triadFiltration: null };
  const controls = study.controls.map((control) => ({ ...control, ...unknown }));
  const without = { ...study, controls, pairCounts: { ...study.pairCounts, test: null } };
  assert.equal(controlsTitle(without), 'Controls');
  assert.equal(isAboveChance(without, controls[1]), null);
  assert.doesNotMatch(textOf(without), /chance/);
});
