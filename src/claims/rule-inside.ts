import { rankCorrelation } from '../analysis/index.ts';
import type { Claim, Criterion } from './claim.ts';
import { allPanelSeeds } from './panel.ts';
import { ruleInsideCharts } from './rule-inside-charts.ts';
import {
  heavyPoint,
  type MeasuredSweep,
  type Point,
  readSweep,
  replacements,
  sweepCells,
  sweepsOf,
  unrelatedPhaseError,
} from './rule-inside-trainings.ts';
import { accuracyOf } from './statistics/by-seed.ts';
import {
  correlationInterval,
  interval,
  numberText,
  pointsText,
  shareInterval,
  shareText,
} from './statistics/interval.ts';
import { clears, pairedDifference } from './statistics/seeds.ts';

/** "Keeps" the test accuracy: at most two points lower [assumed]. */
const keptWithin = 0.02;

export const ruleInside: Claim = {
  id: 'rule-inside',
  title: 'The rule is inside',
  claim:
    'Even where most labels are wrong, the weights of the ReLU network carry the known analytic solution: one frequency per neuron, its phases related as the rule has it. Another activation, put in after training, brings it out.',
  source: 'Liu & Lu 2026, R4.1',
  assumed: [
    'phase error is the plain mean over all neurons of the squared residual, in rad²',
    'the frequency of a neuron is the one with the most energy in U, V and W together',
    `test accuracy is kept where it falls by less than ${100 * keptWithin} points`,
  ],
  seeds: allPanelSeeds,
  cells: (preset) =>
    sweepsOf(preset).flatMap((sweep) =>
      sweep.noiseRatios.flatMap((noise) => sweepCells(sweep, noise)),
    ),
  judge(outputs, preset) {
    const sweeps = sweepsOf(preset).map((sweep) => readSweep(outputs, sweep));
    const [earlyAdd, earlySub, lateAdd, lateSub] = sweeps;
    const heavy = [earlyAdd, earlySub].map((sweep) => ({ sweep, point: heavyPoint(sweep) }));
    return {
      criteria: [
        agreementCriterion(heavy),
        phaseCriterion(heavy),
        signCriterion(heavy),
        ...[earlyAdd, lateAdd, lateSub].map(riseCriterion),
        keptCriterion(lateAdd),
        loweredCriterion(lateAdd),
      ],
      charts: ruleInsideCharts(sweeps),
      remarks: remarksOf(earlyAdd),
    };
  },
};

type Heavy = readonly { readonly sweep: MeasuredSweep; readonly point: Point }[];

function agreementCriterion(heavy: Heavy): Criterion {
  const parts = heavy.map(({ sweep, point }) => {
    const own = point.match.map(({ trained }) => trained.agreement);
    const shuffled = point.match.map(({ shuffledAgreement }) => shuffledAgreement);
    const untrained = point.match.map((one) => one.untrained.agreement);
    const gain = pairedDifference(own, shuffled);
    const texts = [own, shuffled, untrained].map((values) => shareText(shareInterval(values)));
    return {
      holds: clears(gain),
      text: `${sweep.task}: ${texts[0]} of neurons, ${texts[1]} with neurons shuffled, ${texts[2]} untrained`,
    };
  });
  return {
    text: `α = ${heavy[0].point.noise}: the dominant frequencies of U, V and W, each chosen on its own, agree in more neurons than by chance`,
    expected: 'agreement − agreement with neurons shuffled > 0, for + and −',
    measured: parts.map(({ text }) => text).join('; '),
    holds: parts.every(({ holds }) => holds),
  };
}

function phaseCriterion(heavy: Heavy): Criterion {
  const parts = heavy.map(({ sweep, point }) => {
    const own = interval(
      point.match.map(({ trained }) => unrelatedPhaseError - trained.phaseError),
    );
    const error = interval(point.match.map(({ trained }) => trained.phaseError));
    const untrained = interval(point.match.map((one) => one.untrained.phaseError));
    return {
      holds: clears(own),
      text: `${sweep.task}: ${numberText(error)} rad², untrained ${numberText(untrained)}`,
    };
  });
  return {
    text: `α = ${heavy[0].point.noise}: phases are related as the rule has it, φa + φb = φc for + and φa − φb = φc for −`,
    expected: `phase MSE below the π²/3 = ${unrelatedPhaseError.toFixed(2)} rad² of unrelated phases`,
    measured: parts.map(({ text }) => text).join('; '),
    holds: parts.every(({ holds }) => holds),
  };
}

function signCriterion(heavy: Heavy): Criterion {
  const parts = heavy.map(({ sweep, point }) => {
    const other = point.match.map(({ trained }) => trained.otherSignError);
    const own = point.match.map(({ trained }) => trained.phaseError);
    const gap = pairedDifference(other, own);
    return {
      holds: clears(gap),
      text: `${sweep.task}: ${numberText(interval(other))} rad² with the other sign, higher by ${numberText(gap)}`,
    };
  });
  return {
    text: `α = ${heavy[0].point.noise}: the relation is that of the task and not that of the other sign (control)`,
    expected: 'phase MSE with the sign of φb turned − phase MSE > 0, for + and −',
    measured: parts.map(({ text }) => text).join('; '),
    holds: parts.every(({ holds }) => holds),
  };
}

/** Phase MSE by seed at each α: [α][seed]. */
function errorsOf({ points }: MeasuredSweep): number[][] {
  return points.map(({ match }) => match.map(({ trained }) => trained.phaseError));
}

function riseCriterion(sweep: MeasuredSweep): Criterion {
  const { panel, panelName, task, noiseRatios } = sweep;
  const errors = errorsOf(sweep);
  const rise = pairedDifference(errors[errors.length - 1], errors[0]);
  const noise = Float64Array.from(noiseRatios);
  const order = correlationInterval(
    panel.seeds.map((_, seed) =>
      rankCorrelation(
        noise,
        Float64Array.from(errors, (bySeed) => bySeed[seed]),
      ),
    ),
  );
  return {
    text: `${task}, ${panelName} (P = ${panel.common.modulus}, M = ${panel.width}): the phase MSE rises with α`,
    expected:
      'higher at the largest α than at the smallest, and rank correlation of α and phase MSE > 0',
    measured: `${noiseRatios
      .map((alpha, i) => `${numberText(interval(errors[i]), 2)} (α = ${alpha})`)
      .join(', ')}; rises by ${numberText(rise, 2)} rad², rank correlation ${numberText(order, 2)}`,
    holds: clears(rise) && clears(order),
  };
}

/** By how much each replacement changes an accuracy, at each α > 0: paired over seeds. */
function changesOf({ points }: MeasuredSweep, role: 'test' | 'noisyTrain') {
  return points
    .filter(({ noise }) => noise > 0)
    .flatMap(({ noise, replaced }) =>
      replacements.map(({ key, name }) => ({
        noise,
        name,
        change: pairedDifference(
          accuracyOf(
            replaced.map((one) => one[key]),
            role,
          ),
          accuracyOf(
            replaced.map((one) => one.trained),
            role,
          ),
        ),
      })),
    );
}

function changeText(changes: ReturnType<typeof changesOf>): string {
  return changes
    .map(({ noise, name, change }) => `${name} ${pointsText(change)} (α = ${noise})`)
    .join(', ');
}

function keptCriterion(sweep: MeasuredSweep): Criterion {
  const changes = changesOf(sweep, 'test');
  return {
    text: 'late: ReLU replaced after training, by the quadratic or by the reverse-ReLU, keeps or improves test accuracy at every α > 0',
    expected: `test accuracy with the replacement − with ReLU > −${100 * keptWithin} points`,
    measured: changeText(changes),
    holds: changes.every(({ change }) => clears(change, -keptWithin)),
  };
}

function loweredCriterion(sweep: MeasuredSweep): Criterion {
  const changes = changesOf(sweep, 'noisyTrain');
  return {
    text: 'late: either replacement lowers the accuracy on noisy rows at every α > 0',
    expected: 'noisy accuracy with ReLU − with the replacement > 0',
    measured: changeText(changes),
    holds: changes.every(({ change: { mean, low, high, count } }) =>
      clears({ mean: -mean, low: -high, high: -low, count }),
    ),
  };
}

function remarksOf(early: MeasuredSweep): string[] {
  const { replaced, noise } = heavyPoint(early);
  const byActivation = (role: 'test' | 'noisyTrain') =>
    [{ key: 'trained', name: 'ReLU' } as const, ...replacements]
      .map(({ key, name }) => {
        const accuracies = replaced.map((one) => one[key]);
        return `${shareText(shareInterval(accuracyOf(accuracies, role)))} with ${name}`;
      })
      .join(', ');
  const agreements = early.points.map(
    ({ noise: alpha, match }) =>
      `${shareText(shareInterval(match.map(({ trained }) => trained.agreement)))} (α = ${alpha})`,
  );
  return [
    `Chosen separately, the three frequencies of a neuron come apart as noise grows: early they agree in ${agreements.join(', ')} of the neurons.`,
    `At α = ${noise} the early network answers the test set near chance with every activation, so there is nothing to keep: ${byActivation('test')}. The criteria on replacement are therefore about the late networks. Its noisy rows: ${byActivation('noisyTrain')}.`,
  ];
}
