import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeSettings, type PartialSettings } from '../../train/settings.ts';
import { sweepStudy } from './collect.ts';
import { groupsBy, interpolationThreshold, summary, trainAccuracy } from './groups.ts';
import { renderSweepReport } from './page.ts';
import type { StudyRun } from './study.ts';

let made = 0;

function run(
  settings: PartialSettings,
  values: StudyRun['values'] = {},
  status: StudyRun['status'] = 'done',
): StudyRun {
  return {
    name: `calm-otter-${made++}`,
    status,
    settings: completeSettings({ modulus: 31, ...settings }),
    values: { loss: 1, cleanTrain: 1, noisyTrain: 1, test: 0.5, ...values },
    series: [],
    step: 10,
    seconds: 1,
    error: null,
    hash: null,
  };
}

const study = (runs: readonly StudyRun[]) =>
  sweepStudy({ name: '<x>', filename: 'x.yaml', damaged: [] }, runs);

const figureIds = (page: string) => [...page.matchAll(/<figure id="([^"]*)"/g)].map(([, id]) => id);

test('settings that vary are the axes of figures, the seed is none; names are escaped', () => {
  const runs = [17, 33].flatMap((width) =>
    [0, 1].map((seed) => run({ width, noiseRatio: 0.5, seed })),
  );
  const page = renderSweepReport(study(runs));
  assert.deepEqual(study(runs).seeds, [0, 1]);
  assert.deepEqual(figureIds(page), [
    'double-descent',
    'curves-test',
    'curves-noisyTrain',
    'parallel',
  ]);
  assert.match(page, /<h1 id="top">&lt;x&gt;<\/h1>/);
});

test('any two settings of numbers get a map, settings of names panels of their own', () => {
  const runs = [17, 33].flatMap((width) =>
    [0, 0.5].flatMap((noiseRatio) =>
      [1e-3, 1e-2].flatMap((learningRate) =>
        (['adamw', 'adam'] as const).map((optimizer) =>
          run({ width, noiseRatio, learningRate, optimizer, weightDecay: 0 }),
        ),
      ),
    ),
  );
  const page = renderSweepReport(study(runs));
  assert.deepEqual(
    figureIds(page).filter((id) => id.startsWith('heat')),
    ['heat-width-noiseRatio', 'heat-width-learningRate', 'heat-noiseRatio-learningRate'],
  );
  assert.match(page, /optimizer adam/);
});

test('a setting that another one decides is no axis, unless it is asked for', () => {
  const runs = [17, 33, 65].flatMap((width) =>
    (['adamw', 'muon'] as const).map((optimizer) => run({ width, steps: 100 * width, optimizer })),
  );
  const names = study(runs).axes.map(({ name }) => name);
  assert.deepEqual(names, ['width', 'optimizer']);
  const page = renderSweepReport(study(runs), { x: 'steps' });
  assert.match(page, /Test error against steps/);
  assert.doesNotMatch(page, /M = 17/);
});

test('where panels would be too many, the last settings are held at their defaults, and that is said', () => {
  const runs = [17, 33].flatMap((width) =>
    [0, 0.1, 0.2, 0.3, 0.4, 0.5].flatMap((noiseRatio) =>
      [0, 0.1, 0.2].map((weightDecay) => run({ width, noiseRatio, weightDecay })),
    ),
  );
  const page = renderSweepReport(study(runs));
  const figure = /<figure id="double-descent"[\s\S]*?<\/figure>/.exec(page)?.[0] ?? '';
  assert.equal(figure.match(/<svg /g)?.length, 6);
  assert.match(figure, /Shown at weight decay = 0\.1 alone/);
});

test('a setting of names can be the x axis', () => {
  const runs = (['relu', 'gelu', 'quadratic'] as const).map((activation) => run({ activation }));
  const page = renderSweepReport(study(runs));
  assert.match(page, /Test error against activation/);
});

test('a sweep of which nothing is done, one of a single run, and an empty one are pages too', () => {
  const waiting = [17, 33].map((width) => run({ width }, {}, 'queued'));
  assert.match(renderSweepReport(study(waiting)), /No run is done yet/);
  assert.match(renderSweepReport(study([run({})])), /of 1 run done/);
  assert.match(renderSweepReport(study([])), /of 0 runs done/);
});

test('runs that failed do not make axes, and say why', () => {
  const failed = {
    ...run({ task: 'xor', width: 2049 }, {}, 'failed' as const),
    error: 'no <xor>',
  };
  const page = renderSweepReport(study([run({ width: 17 }), run({ width: 33 }), failed]));
  assert.deepEqual(
    study([run({ width: 17 }), run({ width: 33 }), failed]).axes.map(({ values }) => values),
    [[17, 33]],
  );
  assert.match(page, /no &lt;xor&gt;/);
});

test('the interpolation threshold is the first width whose mean training accuracy is 99 %', () => {
  const at = (width: number, clean: number, noisy: number, seed: number) =>
    run({ width, noiseRatio: 0.4, seed }, { cleanTrain: clean, noisyTrain: noisy });
  const runs = [
    at(17, 0.9, 0.8, 0),
    at(17, 1, 0.9, 1),
    at(33, 1, 0.98, 0),
    at(33, 0.99, 1, 1),
    at(65, 1, 1, 0),
    at(65, 1, 1, 1),
  ];
  // 0.6 · clean + 0.4 · noisy
  assert.ok(Math.abs((trainAccuracy(runs[0]) ?? 0) - 0.86) < 1e-12);
  const groups = groupsBy(runs, study(runs).axes);
  assert.deepEqual(interpolationThreshold(groups)?.at, [33]);
  assert.equal(interpolationThreshold(groups.slice(0, 1)), null);
});

test('a mean over seeds has the interval of Student’s t, kept within 0…1', () => {
  const runs = [0.5, 0.6, 0.7].map((test, seed) => run({ seed }, { test }));
  const found = summary(runs, 'test');
  assert.ok(found !== null);
  // t(0.975, 2) = 4.303; s = 0.1.
  assert.ok(Math.abs(found.high - (0.6 + (4.303 * 0.1) / Math.sqrt(3))) < 1e-9);
  assert.equal(summary(runs, 'triad-filtration.test'), null);
});
