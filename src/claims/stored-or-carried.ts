import type { Outputs } from './cells/cell.ts';
import type { Claim, Criterion } from './claim.ts';
import {
  interval,
  numberText,
  pointsText,
  shareInterval,
  shareText,
} from './statistics/interval.ts';
import { rateText, shareOf } from './statistics/proportion.ts';
import { clears, isBelow, pairedDifference } from './statistics/seeds.ts';
import { type CarriedCharted, chartsOfCarried } from './stored-or-carried-charts.ts';
import {
  firstSteps,
  type Lead,
  type Look,
  type Looks,
  leadOf,
  level,
  looksAt,
  type Sign,
  signs,
  zAt,
} from './stored-or-carried-findings.ts';
import { type CarriedRuns, carriedRuns } from './stored-or-carried-runs.ts';

export const storedOrCarried: Claim = {
  id: 'stored-or-carried',
  title: 'Stored, or carried further?',
  claim:
    'A network stores the rule long before it carries it to pairs it never saw; it then carries it beneath what label counts make it say, later openly, and long before its own answers show it; the less noise and the wider it is, the more.',
  source: 'ours',
  assumed: [
    `carried: evidence for c = a + b, fixed beforehand, in held-out logits or answers, p ≤ ${level} after correction for both; beneath: in held-out logits without their additive part g(a) + h(b); both are calibrated on pure noise in the claim “calibration”`,
    'a sign counts from the step on from which it shows at every later look; looks are a factor of 1.4 to 2.5 apart, so steps are known to that factor',
    'a lead over something that never comes counts its end as the last step: a lower bound',
  ],
  seeds: (preset) => {
    const { seeds, early } = carriedRuns(preset);
    return [...new Set([...seeds, ...early.panel.seeds])].sort((x, y) => x - y);
  },
  cells: (preset) => {
    const { byNoise, byWidth, early } = carriedRuns(preset);
    return [...[...byNoise, ...byWidth].flatMap(({ cells }) => cells), ...early.cells];
  },
  judge(outputs, preset) {
    const runs = carriedRuns(preset);
    const { noisy, early, ...charted } = readRuns(outputs, runs);
    const [least] = charted.byNoise.filter(({ noiseRatio }) => noiseRatio > 0);
    const light = { looks: least.looks, where: whereOf(runs, least.noiseRatio) };
    const chosen = { looks: noisy, where: whereOf(runs, runs.panel.noiseRatio) };
    return {
      criteria: [
        storedOnly(early, runs),
        turns(chosen),
        storedFirst(chosen),
        beneathFirst(chosen),
        beforeAnswers(light, 'carried', 'answers right on 50 %'),
        beforeAnswers(chosen, 'carried', 'answers right on 50 %'),
        beforeAnswers(chosen, 'carried beneath', 'answers above chance'),
        lessWithNoise(charted),
        moreWithWidth(charted, runs),
      ],
      charts: chartsOfCarried(charted, runs),
      remarks: remarksOf(charted, runs),
    };
  },
};

interface Place {
  readonly looks: Looks;
  readonly where: string;
}

interface CarriedRead extends CarriedCharted {
  /** The panel's own noise ratio and width. */
  readonly noisy: Looks;
  readonly early: Looks;
}

function readRuns(outputs: Outputs, runs: CarriedRuns): CarriedRead {
  const { byNoise, byWidth, times, panel, early } = runs;
  const read = (points: typeof byNoise) =>
    points.map(({ noiseRatio, width, cells }) => ({
      noiseRatio,
      width,
      looks: looksAt(outputs, cells, times),
    }));
  const noise = read(byNoise);
  const noisy = noise.find(({ noiseRatio }) => noiseRatio === panel.noiseRatio);
  if (noisy === undefined) throw new Error(`no network at α = ${panel.noiseRatio}`);
  return {
    byNoise: noise,
    byWidth: read(byWidth),
    noisy: noisy.looks,
    early: looksAt(outputs, early.cells, early.panel.times),
  };
}

function whereOf({ panel }: CarriedRuns, noiseRatio: number): string {
  return `P = ${panel.common.modulus}, M = ${panel.width}, α = ${noiseRatio}`;
}

const atEnd = (looks: Looks): readonly Look[] => looks[looks.length - 1].bySeed;

const shows = (looks: Looks, sign: Sign) => shareOf(atEnd(looks), signs[sign]);

function storedOnly(early: Looks, { early: { panel } }: CarriedRuns): Criterion {
  const all = early.flatMap(({ bySeed }) => bySeed);
  const beneath = shareOf(all, signs['carried beneath']);
  const carried = shareOf(all, signs.carried);
  const z = early.map(
    ({ step }) =>
      `step ${step}: T ${numberText(interval(zAt(early, 'weights (T)', step)))}, held-out logits ${numberText(interval(zAt(early, 'held-out logits', step)))}, without additive part ${numberText(interval(zAt(early, 'held-out logits, no additive part', step)))}`,
  );
  return {
    text: `P = ${panel.common.modulus}, M = ${panel.width}, α = ${panel.noiseRatio}: under heavy noise the rule is stored and not carried, nor beneath`,
    expected: `T at p ≤ ${level} with every seed at the end; at no step and with no seed is it carried, or carried beneath`,
    measured: `z: ${z.join('; ')}. Carried ${rateText(carried)}, beneath ${rateText(beneath)} of ${all.length} looks`,
    holds: shows(early, 'stored: T').mean === 1 && carried.mean === 0 && beneath.mean === 0,
  };
}

function turns({ looks, where }: Place): Criterion {
  const lowest = looks
    .map(({ step }) => ({ step, z: interval(zAt(looks, 'held-out logits', step)) }))
    .reduce((x, y) => (y.z.mean < x.z.mean ? y : x));
  const end = interval(zAt(looks, 'held-out logits'));
  const carried = shows(looks, 'carried');
  return {
    text: `${where}: the network first speaks against the rule on pairs it never saw, and carries it in the end`,
    expected:
      'z of held-out logits below 0 at its lowest and above 0 at the end; carried with every seed',
    measured: `z ${numberText(lowest.z)} at step ${lowest.step}, ${numberText(end)} at step ${looks[looks.length - 1].step}; carried ${rateText(carried)}`,
    holds: isBelow(lowest.z) && clears(end) && carried.mean === 1,
  };
}

const stepsText = (steps: readonly (number | null)[]) =>
  steps.map((step) => step ?? 'never').join(', ');

function leadText(early: Sign, late: Sign, lead: Lead): string {
  const steps = lead.steps === null ? 'unknown' : numberText(lead.steps);
  const bound = lead.late.includes(null) ? ' or more' : '';
  return `${early} from step ${stepsText(lead.early)} on (by seed), ${late} from ${stepsText(lead.late)}: a lead of ${steps} steps${bound}`;
}

function leads({ looks }: Place, early: Sign, late: Sign) {
  const lead = leadOf(looks, early, late);
  return {
    measured: leadText(early, late, lead),
    holds: lead.steps !== null && clears(lead.steps),
  };
}

function storedFirst(place: Place): Criterion {
  return {
    text: `${place.where}: the rule is stored, as T says, before anything carries it`,
    expected: 'lead of “stored” over “carried beneath” > 0 steps, seed by seed',
    ...leads(place, 'stored: T', 'carried beneath'),
  };
}

function beneathFirst(place: Place): Criterion {
  return {
    text: `${place.where}: it is carried beneath the additive part of the logits before it is carried openly`,
    expected: 'lead of “carried beneath” over “carried” > 0 steps, seed by seed',
    ...leads(place, 'carried beneath', 'carried'),
  };
}

function beforeAnswers(place: Place, early: Sign, late: Sign): Criterion {
  return {
    text: `${place.where}: it is ${early} before the network’s own test ${late.replace('answers', 'answers are')}`,
    expected: `lead of “${early}” over “${late}” > 0 steps, seed by seed`,
    ...leads(place, early, late),
  };
}

function lessWithNoise({ byNoise }: CarriedCharted): Criterion {
  const part = 'held-out logits, no additive part';
  const noisy = byNoise.filter(({ noiseRatio }) => noiseRatio > 0);
  const [first, last] = [noisy[0], noisy[noisy.length - 1]];
  const less = pairedDifference(zAt(first.looks, part), zAt(last.looks, part));
  const lines = byNoise.map(
    ({ noiseRatio, looks }) =>
      `α = ${noiseRatio}: logits ${numberText(interval(zAt(looks, 'held-out logits')))}, without additive part ${numberText(interval(zAt(looks, part)))}, carried ${rateText(shows(looks, 'carried'))}, beneath ${rateText(shows(looks, 'carried beneath'))}`,
  );
  return {
    text: 'at the end: the more noise, the less is carried',
    expected: `z without the additive part at α = ${first.noiseRatio} − at α = ${last.noiseRatio} > 0, seed by seed`,
    measured: `difference ${numberText(less)}. ${lines.join('; ')}`,
    holds: clears(less),
  };
}

function moreWithWidth({ byWidth }: CarriedCharted, { panel }: CarriedRuns): Criterion {
  const part = 'held-out logits, no additive part';
  const [narrow, wide] = [byWidth[0], byWidth[byWidth.length - 1]];
  const more = pairedDifference(zAt(wide.looks, part), zAt(narrow.looks, part));
  const lines = byWidth.map(
    ({ width, looks }) =>
      `M = ${width}: logits ${numberText(interval(zAt(looks, 'held-out logits')))}, without additive part ${numberText(interval(zAt(looks, part)))}, carried ${rateText(shows(looks, 'carried'))}, test accuracy ${shareText(shareInterval(atEnd(looks).map(({ raw }) => raw)))}`,
  );
  return {
    text: `α = ${panel.noiseRatio}, at the end: the wider the network, the more is carried`,
    expected: `z without the additive part at M = ${wide.width} − at M = ${narrow.width} > 0, seed by seed`,
    measured: `difference ${numberText(more)}. ${lines.join('; ')}`,
    holds: clears(more),
  };
}

function remarksOf({ byNoise, byWidth }: CarriedCharted, { panel }: CarriedRuns): string[] {
  const lines = (looks: Looks) =>
    (Object.keys(signs) as Sign[])
      .map((sign) => `${sign}: ${stepsText(firstSteps(looks, sign))}`)
      .join('; ');
  const gained = (looks: Looks) =>
    pointsText(
      pairedDifference(
        atEnd(looks).map(({ withoutAdditive }) => withoutAdditive),
        atEnd(looks).map(({ raw }) => raw),
      ),
    );
  return [
    ...byNoise.map(
      ({ noiseRatio, looks }) =>
        `First step from which each sign shows to the end, by seed, M = ${panel.width}, α = ${noiseRatio}: ${lines(looks)}. Without the additive part ${gained(looks)} more of the test pairs are right at the end.`,
    ),
    ...byWidth.map(
      ({ width, looks }) => `The same at α = ${panel.noiseRatio}, M = ${width}: ${lines(looks)}.`,
    ),
  ];
}
