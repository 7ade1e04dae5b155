import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, nearestName } from './nearest-name.ts';

const names = ['width', 'steps', 'noiseRatio', 'noiseKind', 'learningRate', 'adamwLearningRate'];

test('the nearest name is found past typing errors, case and hyphens', () => {
  assert.equal(nearestName('widht', names), 'width');
  assert.equal(nearestName('step', names), 'steps');
  assert.equal(nearestName('noise-ratio', names), 'noiseRatio');
  assert.equal(nearestName('NOISE_KIND', names), 'noiseKind');
  assert.equal(nearestName('lerningrat', names), 'learningRate');
});

test('nothing is suggested where nothing is near', () => {
  assert.equal(nearestName('epochs', names), null);
  assert.equal(nearestName('', names), null);
  assert.equal(didYouMean('epochs', names), '');
  assert.equal(didYouMean('x'.repeat(100_000), names), '');
});
