import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartScore } from '../analysis/index.ts';
import { createGenerator } from '../task/generator.ts';
import { calibration } from './calibration.ts';
import type { Cell } from './cells/cell.ts';
import type { EnsembleInput, EnsembleOutput } from './experiments/ensemble.ts';
import type { HeldOutEvidenceMeasurement } from './measurements/held-out-evidence.ts';
import { type EvidenceKind, evidenceKinds } from './measurements/scan-evidence.ts';
import { findingsBy } from './test-outputs.ts';

/** p = U^power for a uniform U: above 1 too small, below 1 too large. */
interface World {
  readonly byRules?: Partial<Record<EvidenceKind, number>>;
  readonly byTokens?: number;
  readonly ranks?: number;
  readonly heldOut?: number;
  /** Token permutation draws its own U instead of that of the other calibration. */
  readonly unrelated?: boolean;
}

function madeUp({ byRules = {}, byTokens = 1, ranks = 1, heldOut = 1, unrelated = false }: World) {
  return (cell: Cell): EnsembleOutput => {
    const { settings, networks, wanted } = cell.input as EnsembleInput;
    const generator = createGenerator(settings.seed, 'made-up');
    const uniform = () => 1 - generator.uniform();
    const network = () => {
      const u = evidenceKinds.map(() => uniform());
      const perKind = (of: (kind: EvidenceKind, i: number) => unknown) =>
        Object.fromEntries(evidenceKinds.map((kind, i) => [kind, of(kind, i)]));
      const part = (p: number): PartScore => ({
        statistic: 0,
        z: 0,
        log10PValue: Math.min(0, Math.log10(2 * p)),
        log10LowerPValue: Math.min(0, Math.log10(2 * (1 - p))),
      });
      const evidence = () => ({
        pairs: 100,
        logits: part(uniform() ** heldOut),
        answers: part(uniform() ** heldOut),
      });
      // The expected number of as good rules, of which 1 − exp(−p) is uniform.
      const best = (x: number, power = 1) => ({
        rule: { k1: 1, k2: 1, shift: 0 },
        isTask: false,
        z: 0,
        taskZ: 0,
        log10PValue: Math.log10(-Math.log1p(-(Math.min(x, 1 - 1e-9) ** power))),
      });
      const heldOutEvidence: HeldOutEvidenceMeasurement = {
        task: evidence(),
        scanned: evidence(),
        interaction: { ...part(1), log10PValue: Math.log10(uniform()) },
        scan: best(0.5),
        rules: 10_000,
      };
      const measured = {
        'scan-evidence': {
          rules: 10_000,
          ...perKind((kind, i) => best(u[i], byRules[kind])),
        },
        'held-out-evidence': heldOutEvidence,
        'permutation-evidence': perKind((_, i) => ({
          log10PValue: Math.log10((unrelated ? uniform() : u[i]) ** byTokens),
          rankPValue: Math.ceil(uniform() ** ranks * 21) / 21,
        })),
      };
      return Object.fromEntries(
        wanted.map(({ name, key }) => [key, measured[name as keyof typeof measured]]),
      );
    };
    return { networks: Array.from({ length: networks }, network), weightsHash: '' };
  };
}

const failing = (world: World) =>
  findingsBy(calibration, madeUp(world))
    .criteria.filter(({ holds }) => !holds)
    .map(({ text }) => text);

/** A little above uniform: exactly uniform ones pass the upper bounds only in most draws. */
const nominal = { weights: 0.9, logits: 0.9, answers: 0.9, interaction: 0.9 };

test('uniform p-values meet every criterion, conservative ones too', () => {
  assert.deepEqual(failing({ byRules: nominal }), []);
  const conservative = { weights: 0.7, logits: 0.7, answers: 0.5, interaction: 0.5 };
  assert.deepEqual(
    failing({ byRules: conservative }).filter((text) => !/alike/.test(text)),
    [],
  );
});

test('a kind that is too generous fails alone and at every level, and spoils the combination', () => {
  const texts = failing({ byRules: { logits: 1.5 } });
  assert.ok(texts.some((text) => /each of these kinds alone/.test(text)));
  assert.ok(texts.some((text) => /every level at once/.test(text)));
  assert.ok(texts.some((text) => /one correction, by comparison/.test(text)));
  const interaction = failing({ byRules: { interaction: 2 } });
  assert.ok(interaction.some((text) => /all four kinds/.test(text)));
  assert.ok(!interaction.some((text) => /each of these kinds alone/.test(text)));
});

test('token permutation that is generous, by its tail or by rank, fails', () => {
  assert.ok(failing({ byTokens: 2 }).some((text) => /token permutation keeps/.test(text)));
  assert.ok(failing({ ranks: 2 }).some((text) => /token permutation keeps/.test(text)));
});

test('calibrations that reject different networks don’t agree', () => {
  assert.match(failing({ byRules: nominal, unrelated: true }).join(), /judge alike/);
  assert.doesNotMatch(failing({ byRules: nominal, unrelated: true }).join(), /keeps to the level/);
});

test('held-out evidence that is found too often fails', () => {
  assert.match(failing({ heldOut: 2 }).join(), /held-out pairs/);
});

test('charts hold all that they name', () => {
  const { charts } = findingsBy(calibration, madeUp({}));
  for (const { key, rows, x, y, facet, series } of charts) {
    assert.ok(rows.length > 0, key);
    for (const column of [x.column, y.column, facet?.column, series?.column]) {
      assert.ok(column === undefined || rows.every((row) => row[column] !== undefined), key);
    }
  }
});
