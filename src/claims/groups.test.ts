import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groups } from './groups.ts';
import type { GroupScanMeasurement } from './measurements/group-scan.ts';
import { type Asked, failing, judged } from './test-outputs.ts';

/** What the scan should name: the task's own rule at P = 27, 31 and 32. */
const own: Readonly<Record<string, readonly [string, string]>> = {
  add: ['cyclic', 'c = a + b (mod 31)'],
  mul: ['multiplicative', 'c = a · b (mod 31)'],
  div: ['multiplicative', 'c = a / b (mod 31)'],
  xor: ['xor', 'c = a ⊕ b'],
  'product:4x8': ['4x8', 'c = a + b in Z_4×Z_8'],
  'product:3x9': ['3x9', 'c = a + b in Z_3×Z_9'],
};

function madeUp(change: (asked: Asked) => Partial<GroupScanMeasurement>) {
  const measure = (asked: Asked): GroupScanMeasurement => {
    const { task, noiseRatio } = asked.settings;
    const isNoise = noiseRatio === 1;
    const isCayley = task?.startsWith('cayley:') ?? false;
    const [basis, text] = own[task ?? ''] ?? ['3x2', 'c = a + b in Z_3×Z_2'];
    const filtered = { frequency: 0.9 - asked.jitter, triad: 0.9 };
    return {
      basis,
      text,
      significant: !isNoise,
      partial: isCayley,
      log10PValue: isNoise ? -0.1 : -90,
      T: 20,
      tried: 8,
      leaking: 2,
      also: isCayley ? 3 : 0,
      raw: 0.01,
      own: isCayley ? null : filtered,
      cyclic: { frequency: 0.05 + asked.jitter, triad: 0.05 },
      ...change(asked),
    };
  };
  return { 'group-scan': measure };
}

test('all criteria hold where every group shows', () => {
  assert.deepEqual(
    failing(
      judged(
        groups,
        madeUp(() => ({})),
      ),
    ),
    [],
  );
});

test('a rule of another basis, or none, is not the task’s own', () => {
  const wrong = madeUp(({ settings }) =>
    settings.task === 'xor' && settings.noiseRatio === 0.8 && settings.seed === 1
      ? { basis: '2x16', text: 'c = a + b in Z_2×Z_16' }
      : {},
  );
  const failed = failing(judged(groups, wrong));
  assert.equal(failed.length, 1);
  assert.match(failed[0], /^α = 0.8: of all bases that fit/);
  for (const part of [{ basis: '2x16' }, { text: 'c = a ⊕ b ⊕ 1' }, { significant: false }]) {
    const alone = madeUp(({ settings }) =>
      settings.task === 'xor' && settings.noiseRatio === 0.8 && settings.seed === 1 ? part : {},
    );
    const texts = failing(judged(groups, alone));
    assert.equal(texts.length, 1, JSON.stringify(part));
    assert.match(texts[0], /^α = 0.8: of all bases that fit/);
  }
});

test('a non-abelian table in which nothing is found is not taken for a rule', () => {
  const silent = madeUp(({ settings }) =>
    settings.task?.startsWith('cayley:') ? { significant: false, partial: false } : {},
  );
  assert.deepEqual(failing(judged(groups, silent)), []);
});

test('where no rule is named, nothing is shown of leakage', () => {
  const unnamed = failing(
    judged(
      groups,
      madeUp(() => ({ text: 'c = 2a + b' })),
    ),
  );
  assert.ok(unnamed.some((text) => /leakage/.test(text)));
});

test('a second rule, S_4 taken for the whole, filters no better than waves, too many false positives: each fails its criterion', () => {
  const failedWith = (change: (asked: Asked) => Partial<GroupScanMeasurement>) =>
    failing(judged(groups, madeUp(change)));
  assert.match(
    failedWith(({ settings }) => (settings.task === 'mul' ? { also: 1 } : {}))[0],
    /leakage/,
  );
  const whole = failedWith(({ settings }) =>
    settings.modulus === 24 && settings.seed === 0 ? { partial: false } : {},
  );
  assert.match(whole[0], /S_3 and S_4/);
  const waves = failedWith(({ settings, jitter }) =>
    settings.task === 'div' ? { cyclic: { frequency: 0.9 + jitter, triad: 0.9 } } : {},
  );
  assert.equal(waves.length, 2);
  const many = failedWith(({ settings }) =>
    settings.noiseRatio === 1 && settings.seed % 5 === 0 ? { log10PValue: -1.5 } : {},
  );
  assert.match(many[0], /^Pure noise/);
});
