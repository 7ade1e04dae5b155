/** Is the rule stored in the transformer, or does it carry it to pairs it never saw? Step by step. */
import type { PartScore } from '../analysis/results.ts';
import type { Outputs } from './cells/cell.ts';
import { meanRow } from './chart-rows.ts';
import type { Chart, Row } from './charts/chart.ts';
import type { Claim, Criterion } from './claim.ts';
import { knownValue } from './statistics/by-seed.ts';
import { interval, numberText, shareInterval, shareText } from './statistics/interval.ts';
import { clears, isBelow } from './statistics/seeds.ts';
import {
  cellOf,
  controls,
  type Measured,
  measuredAt,
  overControls,
  overSeeds,
  type Plan,
  plans,
  transformerCells,
} from './transformer-trainings.ts';

/** What is asked of a network at one step; z is that of the task's rule in its logits. */
const views = {
  'clean training pairs': ({ evidence }) => evidence?.cleanTrain?.logits,
  'noisy training pairs': ({ evidence }) => evidence?.noisyTrain?.logits,
  'held-out pairs': ({ evidence }) => evidence?.heldOut?.logits,
  'held-out, without additive part': ({ evidence }) => evidence?.heldOutInteraction,
} as const satisfies Record<string, (at: Measured) => PartScore | null | undefined>;

type View = keyof typeof views;
const heldOut = 'held-out pairs';
const beneath = 'held-out, without additive part';

/** z beyond which we take evidence for more than luck: one-sided p = 0.001 of a normal. */
const beyondLuck = 3.09;

const zOf = (measured: Measured, view: View): number =>
  knownValue(views[view](measured)?.z, `evidence on ${view}`);
const testOf = ({ full }: Measured): number => knownValue(full.test, 'test accuracy');

export const transformerEvidence: Claim = {
  id: 'transformer-evidence',
  title: 'Stored or carried, in a transformer',
  claim:
    'A one-layer transformer stores the rule in its training pairs first and speaks against it on unseen pairs; without the additive part of its logits the rule is carried there before test accuracy leaves chance.',
  source: 'ours',
  assumed: [
    'evidence is that of the task’s own rule, z against all other rules, never of the best rule of a scan',
    'z of a rule with k1 = k2 is taken against the spread of such rules where that is the larger, as a transformer treats a and b nearly alike',
    'the transformer and optimizer of transformer-filtration: both claims look at the same networks',
  ],
  seeds: (preset) => plans[preset].seeds,
  cells: (preset) => transformerCells(preset),
  judge(outputs, preset) {
    const plan = plans[preset];
    return {
      criteria: [
        ...plan.noiseRatios.flatMap((noise) => [
          storedAndCarried(outputs, plan, noise),
          againstAtFirst(outputs, plan, noise),
          beforeAccuracy(outputs, plan, noise),
        ]),
        controlsSilent(outputs, plan),
      ],
      charts: [
        evidenceChart(outputs, plan),
        accuracyChart(outputs, plan),
        controlsChart(outputs, plan),
      ],
      remarks: [
        'The criteria were written after a look at one network for each noise ratio of the quick preset, of a seed that is not among these.',
      ],
    };
  },
};

function storedAndCarried(outputs: Outputs, plan: Plan, noise: number): Criterion {
  const last = (view: View) => overSeeds(outputs, plan, noise, plan.steps, (one) => zOf(one, view));
  const verdicts = plan.seeds.map(
    (seed) =>
      measuredAt(outputs.of(cellOf(plan, noise, seed)), plan.steps).evidence?.carried?.verdict,
  );
  const carrying = verdicts.filter((verdict) => verdict === 'carried').length;
  return {
    text: `α = ${noise}: at the end the rule is stored and carried to pairs never seen`,
    expected: `z above ${beyondLuck} on clean and on held-out pairs, and held-out pairs alone say “carried” at 0.01, in every seed`,
    measured: `z = ${numberText(interval(last('clean training pairs')))} on clean pairs, ${numberText(interval(last(heldOut)))} on held-out pairs; “carried” in ${carrying} of ${verdicts.length} seeds`,
    holds:
      carrying === verdicts.length &&
      [...last('clean training pairs'), ...last(heldOut)].every((z) => z > beyondLuck),
  };
}

function againstAtFirst(outputs: Outputs, plan: Plan, noise: number): Criterion {
  const [step] = plan.times;
  const z = (view: View) =>
    interval(overSeeds(outputs, plan, noise, step, (one) => zOf(one, view)));
  return {
    text: `α = ${noise}: early, the network speaks against the rule on held-out pairs while it stores it on clean ones`,
    expected: `step ${step}: z below 0 on held-out pairs and above 0 on clean ones, beyond the spread of seeds`,
    measured: `${numberText(z(heldOut))} on held-out pairs, ${numberText(z('clean training pairs'))} on clean ones`,
    holds: isBelow(z(heldOut)) && clears(z('clean training pairs')),
  };
}

/** The first measured step at which the mean over seeds lies above a bound beyond their spread. */
function firstAbove(
  outputs: Outputs,
  plan: Plan,
  noise: number,
  of: (measured: Measured) => number,
  bound: number,
): number | null {
  const step = plan.times.find((time) =>
    clears(interval(overSeeds(outputs, plan, noise, time, of)), bound),
  );
  return step ?? null;
}

function beforeAccuracy(outputs: Outputs, plan: Plan, noise: number): Criterion {
  const chance = 1 / plan.modulus;
  const evidence = firstAbove(outputs, plan, noise, (one) => zOf(one, beneath), beyondLuck);
  const plain = firstAbove(outputs, plan, noise, (one) => zOf(one, heldOut), beyondLuck);
  const accuracy = firstAbove(outputs, plan, noise, testOf, 3 * chance);
  const told = (step: number | null) => (step === null ? 'never' : `first at step ${step}`);
  const then =
    evidence === null
      ? ''
      : `; test accuracy at step ${evidence}: ${shareText(shareInterval(overSeeds(outputs, plan, noise, evidence, testOf)))}`;
  return {
    text: `α = ${noise}: held-out evidence without the additive part comes before test accuracy`,
    expected: `z above ${beyondLuck} at an earlier measured step than test accuracy above 3/P = ${(300 * chance).toFixed(1)} %, both beyond the spread of seeds`,
    measured: `${told(evidence)}; of the logits as they are ${told(plain)}; test accuracy ${told(accuracy)}${then}`,
    holds: evidence !== null && (accuracy === null || evidence < accuracy),
  };
}

/** Held-out z of the controls, by name and view. */
function controlZ(outputs: Outputs, plan: Plan) {
  const [noise] = plan.noiseRatios;
  const names = Object.keys(controls) as (keyof typeof controls)[];
  const byView = (view: View) => ({
    untrained: overSeeds(outputs, plan, noise, 0, (one) => zOf(one, view)),
    ...Object.fromEntries(
      names.map((name) => [name, overControls(outputs, plan, name, (one) => zOf(one, view))]),
    ),
  });
  return { [heldOut]: byView(heldOut), [beneath]: byView(beneath) };
}

function controlsSilent(outputs: Outputs, plan: Plan): Criterion {
  const found = controlZ(outputs, plan);
  const entries = Object.entries(found).flatMap(([view, networks]) =>
    Object.entries(networks).map(([network, z]) => ({ view, network, z })),
  );
  return {
    text: 'controls carry nothing',
    expected: `z at most ${beyondLuck} on held-out pairs in every seed, with and without the additive part: untrained, trained on pure noise, random features`,
    measured: entries
      .map(({ view, network, z }) => `${network}, ${view}: ${numberText(interval(z))}`)
      .join('; '),
    holds: entries.every(({ z }) => z.every((one) => one <= beyondLuck)),
  };
}

const settingsText = ({ modulus, learningRate, seeds }: Plan) =>
  `P = ${modulus}, AdamW, learning rate ${learningRate}, weight decay 1; mean and 95 % interval over ${seeds.length} seeds`;

function evidenceChart(outputs: Outputs, plan: Plan): Chart {
  const rows: Row[] = plan.noiseRatios.flatMap((noise) =>
    (Object.keys(views) as View[]).flatMap((view) =>
      plan.times.flatMap((step) =>
        meanRow(
          { alpha: `α = ${noise}`, pairs: view, step },
          overSeeds(outputs, plan, noise, step, (one) => zOf(one, view)),
        ),
      ),
    ),
  );
  return {
    key: 'time',
    title: 'Evidence for the rule in what the transformer says',
    caption: `${settingsText(plan)}. z of the task’s rule in the logits, against all other rules, on clean, noisy and held-out pairs; last, on held-out pairs without what a function g(a) + h(b) could say of them. Dotted: 0, no evidence.`,
    kind: 'lines',
    rows,
    x: { column: 'step', label: 'step', scale: 'log' },
    y: { column: 'mean', label: 'z' },
    low: 'low',
    high: 'high',
    series: { column: 'pairs', label: '' },
    facet: { column: 'alpha', label: '' },
    lines: [{ axis: 'y', value: 0, label: '' }],
  };
}

function accuracyChart(outputs: Outputs, plan: Plan): Chart {
  const series = {
    'test, full': testOf,
    'wrong labels, full': (one: Measured) => knownValue(one.full.noisyTrain, 'noisy accuracy'),
    'test, filtered': (one: Measured) => knownValue(one.filtered.test, 'test accuracy'),
  };
  const rows: Row[] = plan.noiseRatios.flatMap((noise) =>
    Object.entries(series).flatMap(([which, of]) =>
      plan.times.flatMap((step) =>
        meanRow(
          { alpha: `α = ${noise}`, which, step },
          overSeeds(outputs, plan, noise, step, of),
          shareInterval,
        ),
      ),
    ),
  );
  return {
    key: 'accuracy',
    title: 'The same networks’ accuracy',
    caption: `${settingsText(plan)}. Dotted: chance.`,
    kind: 'lines',
    rows,
    x: { column: 'step', label: 'step', scale: 'log' },
    y: { column: 'mean', label: 'accuracy', share: true },
    low: 'low',
    high: 'high',
    series: { column: 'which', label: '' },
    facet: { column: 'alpha', label: '' },
    lines: [{ axis: 'y', value: 1 / plan.modulus, label: 'chance' }],
  };
}

function controlsChart(outputs: Outputs, plan: Plan): Chart {
  const [noise] = plan.noiseRatios;
  const found = controlZ(outputs, plan);
  const rows: Row[] = ([heldOut, beneath] as const).flatMap((view) => {
    const trained = overSeeds(outputs, plan, noise, plan.steps, (one) => zOf(one, view));
    return Object.entries({ trained, ...found[view] }).flatMap(([network, z]) =>
      meanRow({ network, pairs: view }, z),
    );
  });
  return {
    key: 'controls',
    title: 'Held-out evidence beside its controls',
    caption: `${settingsText(plan)}. Trained: α = ${noise}, ${plan.steps} steps. Untrained: step 0. Pure noise: α = 1, labels from all P classes, ${plan.controlSteps} steps. Random features: only the unembedding trained, ${plan.controlSteps} steps. Dotted: z = ${beyondLuck}.`,
    kind: 'dots',
    rows,
    x: { column: 'network', label: '', scale: 'category' },
    y: { column: 'mean', label: 'z on held-out pairs' },
    low: 'low',
    high: 'high',
    series: { column: 'pairs', label: '' },
    lines: [{ axis: 'y', value: beyondLuck, label: '' }],
  };
}
