import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import type { ScanResult } from '../analysis/results.ts';
import type { RuleEvidence } from '../model/rule-evidence.ts';
import { methodTitles } from './method-titles.ts';
import { renderReport } from './page.ts';
import type { Study } from './study.ts';
import { testStudy } from './test-study.ts';

const study = testStudy(23, 40);
const html = renderReport([study]);
const { document } = parseHTML(html);
const spaced = (text: string | null | undefined) => (text ?? '').replaceAll('\u00a0', ' ');
const figure = (key: string, page: Document = document) => {
  const found = page.getElementById(key);
  assert.ok(found, `no figure ${key}`);
  return found;
};
const rendered = (changes: Partial<Study>) =>
  parseHTML(renderReport([{ ...study, ...changes }])).document;

test('the page loads nothing from anywhere', () => {
  // Two slashes in a row are an address anywhere but in base64.
  const text = html.replaceAll(/(data:image\/png;base64,|sha256-)[A-Za-z0-9+/=]*/g, '');
  assert.doesNotMatch(text, /https?:|\/\//);
  assert.doesNotMatch(html, /@import|url\(/);
  for (const element of document.querySelectorAll('[src], [href]')) {
    const address = element.getAttribute('src') ?? element.getAttribute('href') ?? '';
    assert.match(address, /^(data:image\/png;base64,|#)/);
  }
});

test('every figure has a number, a caption, words for the blind and the numbers behind it', () => {
  const figures = [...document.querySelectorAll('figure')];
  assert.equal(figures.length, 10);
  figures.forEach((element, index) => {
    assert.equal(element.querySelector('h3 .number')?.textContent, String(index + 1));
    assert.ok((element.querySelector('figcaption')?.textContent ?? '').length > 80);
    assert.ok(element.querySelectorAll('details table tbody tr').length > 0);
    for (const svg of element.querySelectorAll('svg')) {
      assert.equal(svg.getAttribute('role'), 'img');
      assert.ok((svg.getAttribute('aria-label') ?? '').length > 20);
    }
    for (const image of element.querySelectorAll('img')) assert.ok(image.getAttribute('alt'));
  });
});

test('no attribute holds a number with more than two decimals', () => {
  for (const svg of document.querySelectorAll('svg [d], svg [transform]')) {
    assert.doesNotMatch(svg.getAttribute('d') ?? '', /\.\d{3}/);
    assert.doesNotMatch(svg.getAttribute('transform') ?? '', /\.\d{3}/);
  }
});

test('the headline gives the numbers of the study', () => {
  const tiles = spaced(document.querySelector('.tiles')?.textContent);
  for (const number of ['0.6 %', '100 %', 'c = a + b (mod 23)', 'T = 63.1', '0.9 %', '4.3 %']) {
    assert.ok(tiles.includes(number), number);
  }
  const lede = spaced(document.querySelector('.lede')?.textContent);
  assert.match(lede, /40 neurons/);
  assert.match(lede, /gets 0\.6 % of the pairs it never saw right \(chance: 4\.3 %\)/);
});

test('the contest draws every network method and keeps rules apart', () => {
  const contest = figure('contest');
  const picture = spaced(contest.querySelector('svg')?.textContent);
  for (const { name, kind } of study.extraction.methods) {
    assert.equal(picture.includes(methodTitles[name]), kind === 'network', name);
  }
  const rules = spaced(contest.querySelector('.rules')?.textContent);
  assert.match(rules, /c = a \+ b \(mod 23\)/);
  assert.doesNotMatch(rules, /100 %/);
});

test('the slider has every point of the path, and paper five of them', () => {
  const path = figure('path');
  const points = JSON.parse(path.querySelector('script')?.textContent ?? '');
  assert.equal(points.length, 21);
  points.forEach((point: Record<string, string | number>, index: number) => {
    assert.equal(Number(point.lambda), Number((1 - index / 20).toFixed(2)));
    assert.match(String(point.field), /^data:image\/png;base64,/);
    for (const key of ['clean', 'noisy', 'test']) assert.match(String(point[key]), /%$/);
    // λ = 1 is on the left.
    if (index > 0) assert.ok(Number(point.x) > points[index - 1].x);
  });
  assert.equal(path.querySelector('input')?.getAttribute('max'), '20');
  assert.equal(path.querySelectorAll('.path-panels img').length, 5);
});

test('a hostile name, setting, note or hash stays text', () => {
  const attack = `"'><script>alert(1)</script><img src=x onerror=alert(1)></script>`;
  const page = rendered({
    name: attack,
    essentials: { ...study.essentials, task: attack },
    settings: { [attack]: attack },
    environment: { [attack]: attack },
    command: attack,
    weightsHash: attack,
    extraction: {
      ...study.extraction,
      methods: study.extraction.methods.map((method) => ({ ...method, note: attack })),
      scan: { ...study.extraction.scan, best: { ...study.extraction.scan.best, text: attack } },
    },
    controls: study.controls.map((control) => ({ ...control, label: attack, note: attack })),
  });
  assert.equal(page.querySelectorAll('script').length, document.querySelectorAll('script').length);
  assert.equal(page.querySelectorAll('img').length, document.querySelectorAll('img').length);
  assert.equal(page.querySelector('[onerror]'), null);
  assert.equal(page.querySelector('h1')?.textContent, attack);
  assert.ok(page.querySelector('.configuration')?.textContent?.includes(attack));
});

test('what is not known is said, with its reason', () => {
  const unknown = {
    test: null,
    validation: null,
    cleanTrain: null,
    noisyTrain: null,
    noisyTrue: null,
  };
  const { scan } = study.extraction;
  const page = rendered({
    metrics: [],
    pairCounts: { train: 300, cleanTrain: null, noisyTrain: null, validation: null, test: null },
    extraction: {
      ...study.extraction,
      methods: study.extraction.methods.map((method) => ({
        ...method,
        ...unknown,
        note: 'no true labels',
      })),
      scan: { ...scan, heldOut: null, cleanTrain: null, noisyTrain: null },
    },
    path: study.path.map((point) => ({ ...point, ...unknown })),
    controls: study.controls.map((control) => ({
      ...control,
      raw: null,
      frequencyFiltration: null,
      triadFiltration: null,
      available: control.kind === 'trained',
      note: 'not made for this run',
    })),
  });
  assert.match(figure('contest', page).textContent ?? '', /not known.*no true labels/s);
  assert.match(figure('learning-curves', page).textContent ?? '', /No training was recorded/);
  const fields = figure('fields', page).textContent ?? '';
  assert.match(fields, /of 300 trained labels given/);
  assert.doesNotMatch(fields, /% right|wrong$/m);
  assert.match(figure('stored-or-carried', page).textContent ?? '', /can’t be split/);
  assert.match(figure('controls', page).textContent ?? '', /not made for this run/);
  assert.match(spaced(page.querySelector('.lede')?.textContent), /no test set/);
});

test('the evidence while training is drawn where it was tracked, with what it shows', () => {
  const text = (page: Document) => spaced(figure('evidence-curves', page).textContent);
  assert.match(text(document), /holds c = a \+ b \(mod 23\)/);
  assert.match(text(document), /From step 2 on at least one of the three stays above it/);
  assert.match(text(document), /ends below the band: there the network speaks against the rule/);
  assert.equal(figure('evidence-curves').querySelectorAll('svg').length, 2);
  // z of a one-sided p of 0.01 for three and for two kinds of evidence.
  for (const threshold of ['2.7', '2.6']) assert.ok(text(document).includes(threshold));

  const changed = (change: Partial<RuleEvidence>) =>
    rendered({
      metrics: study.metrics.map(({ evidence, ...row }) =>
        evidence === undefined ? row : { ...row, evidence: { ...evidence, ...change } },
      ),
    });
  assert.match(text(changed({ heldOutLogits: 9 })), /the network carries the rule further/);
  assert.match(
    text(changed({ heldOutLogits: 1, heldOutAnswers: 1 })),
    /On pairs never seen nothing is shown at the end/,
  );
  const unseen = text(changed({ heldOutLogits: null, heldOutAnswers: null }));
  assert.match(unseen, /Every pair trains/);
  assert.doesNotMatch(unseen, /ends below/);
  const labels = rendered({
    followed: { rule: { k1: 1, k2: 1, shift: 0 }, text: 'c = a + b (mod 23)', source: 'labels' },
  });
  assert.match(text(labels), /The task isn’t known/);
  // 22² · 23 rules to choose from and three kinds: p = 0.01 / 33,396.
  assert.ok(text(labels).includes('5.1'));
  assert.equal(rendered({ followed: null }).getElementById('evidence-curves'), null);
});

test('a scan without a significant rule claims none', () => {
  const { scan } = study.extraction;
  const page = rendered({
    extraction: {
      ...study.extraction,
      rule: null,
      scan: {
        ...scan,
        rule: null,
        significant: false,
        evidence: {
          weights: { statistic: 3, T: 3, z: 2, log10PValue: 0 },
          logits: null,
          answers: null,
          interaction: null,
        },
      },
    },
  });
  assert.match(spaced(page.querySelector('.lede')?.textContent), /no significant rule/);
  assert.match(figure('scan-map', page).textContent ?? '', /finds no significant rule/);
  assert.match(
    figure('contest', page).querySelector('.rules')?.textContent ?? '',
    /no significant rule/,
  );
  assert.match(figure('stored-or-carried', page).textContent ?? '', /No rule is significant/);
});

test('the page says of the network itself what the held-out pairs say', () => {
  const withVerdict = (changes: Partial<ScanResult>, testShare = 0.9984) => {
    const { extraction } = study;
    const methods = extraction.methods.map((method) =>
      method.name.includes('filtration') ? { ...method, test: testShare } : method,
    );
    const scan = { ...extraction.scan, ...changes };
    const page = rendered({ extraction: { ...extraction, methods, scan } });
    return spaced(figure('stored-or-carried', page).querySelector('figcaption')?.textContent);
  };
  const carried = { kind: 'logits', log10PValue: -9 } as const;
  assert.match(
    withVerdict({ carried: { ...carried, verdict: 'carried' } }),
    /the network itself carries the rule/,
  );
  assert.match(
    withVerdict({ carried: { ...carried, verdict: 'against' } }),
    /speak against the rule.*filtration.* gets 99\.8 % of unseen pairs right/,
  );
  const shown = withVerdict({ carried: { ...carried, verdict: 'not shown' } }, 0.05);
  assert.match(shown, /not shown\.$/);
  assert.doesNotMatch(shown, /filtration/);
  assert.match(withVerdict({ carried: null }), /not known here/);
});

test('the headline does not praise the best of ten methods for a score that chance explains', () => {
  const { extraction } = study;
  // 6 of 40 at a chance of 1/23: above the 97.5 % point of one method, not of the best of ten.
  const pairCounts = { ...study.pairCounts, test: 40 };
  const ledeWith = (best: number) => {
    const methods = extraction.methods.map((method) => ({
      ...method,
      test: method.name === 'ipr-partition' ? best : method.kind === 'rule' ? method.test : 1 / 40,
    }));
    const page = rendered({ pairCounts, extraction: { ...extraction, methods } });
    return spaced(page.querySelector('.lede')?.textContent);
  };
  assert.match(ledeWith(6 / 40), /no way of reading the weights clearly does better than chance/);
  assert.match(ledeWith(20 / 40), /top neurons by IPR, gets 50 % right/);
});

test('a study of the smallest sizes renders', () => {
  for (const [modulus, width] of [
    [3, 1],
    [4, 2],
    [11, 1],
  ]) {
    const { document: page } = parseHTML(renderReport([testStudy(modulus, width)]));
    assert.equal(page.querySelectorAll('figure').length, 10);
    assert.doesNotMatch(page.body.innerHTML, /NaN|Infinity|undefined/);
  }
});

test('several runs have a list of contents and ids of their own', () => {
  const page = parseHTML(renderReport([study, { ...study, name: 'other' }])).document;
  const links = [...page.querySelectorAll('.contents a')];
  assert.deepEqual(
    links.map((link) => link.textContent),
    [study.name, 'other'],
  );
  for (const link of links)
    assert.ok(page.getElementById((link.getAttribute('href') ?? '').slice(1)));
  const ids = [...page.querySelectorAll('[id]')].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
});

test('a report without a study is refused', () => {
  assert.throws(() => renderReport([]), RangeError);
});

test('the report of the full size stays below 2 MB', () => {
  assert.ok(renderReport([testStudy(113, 2049)]).length < 2 * 2 ** 20);
});
