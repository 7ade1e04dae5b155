import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeSettings } from '../../../src/train/index.ts';
import {
  firstScreen,
  firstState,
  hashOf,
  type PageState,
  stateOf,
  trainingSettings,
} from './page-settings.ts';
import { presetOf, presets } from './presets.ts';

test('an address holds what differs from the first screen, and gives it back', () => {
  assert.equal(hashOf(firstState), '');
  assert.deepEqual(stateOf(''), firstState);
  const state: PageState = {
    settings: { ...firstScreen, task: 'linear:2,3', modulus: 37, tied: true, learningRate: 2e-3 },
    stopAt: 'memorised',
    lambda: 0.35,
    select: 'triad',
    network: 'control',
    axis: 'linear',
  };
  const hash = hashOf(state);
  assert.doesNotMatch(hash, /seed|width|steps/);
  assert.deepEqual(stateOf(hash), state);
});

test('what an address says wrongly is as on the first screen', () => {
  const wrong = '#modulus=many&lambda=7&select=best&network=other&axis=&stopAt=never&unknown=1';
  assert.deepEqual(stateOf(wrong), firstState);
});

test('every story is told by settings that can be trained, and is known again with another seed', () => {
  for (const { id, settings } of presets) {
    const whole = { ...firstScreen, ...settings };
    assert.equal(completeSettings(trainingSettings(whole)).seed, firstScreen.seed);
    assert.equal(presetOf({ ...whole, seed: 5 }), id);
  }
  assert.equal(presetOf({ ...firstScreen, width: 17 }), null);
});
