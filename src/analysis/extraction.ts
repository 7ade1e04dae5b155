import type { Activation, Network } from '../model/network.ts';
import { groupText } from '../task/abelian-group.ts';
import { type Basis, cyclicBasis } from '../task/basis.ts';
import { type Accuracies, accuracies, type LabelledPairs, type Roles } from '../task/dataset.ts';
import { labelBaseline } from './baseline.ts';
import type { AnalysisCompute } from './compute.ts';
import { type Filtration, filterFrequencies } from './filtration.ts';
import { noAnswer } from './frame.ts';
import { type Partition, type PartitionChoice, partition } from './partition.ts';
import {
  type ExtractionResult,
  type MethodName,
  type MethodResult,
  methodNames,
} from './results.ts';
import { ruleTable, ruleText } from './rule.ts';
import { type Scan, type ScanOptions, scan } from './scan.ts';

export interface Extraction {
  readonly result: ExtractionResult;
  /** The group in whose characters filtration worked. */
  readonly basis: Basis;
  readonly scan: Scan;
  /** Frequency filtration (by energy, joint), as the methods used it. */
  readonly filtration: Filtration;
  readonly triadFiltration: Filtration;
  /** By score, with pruning curves; null without a data set. */
  readonly partitions: { readonly ipr: Partition; readonly strength: Partition } | null;
  /** Answers on all P² pairs (index a·P + b) of the methods that have them, partitions apart. */
  readonly answers: ReadonlyMap<MethodName, Uint16Array>;
}

/** What one method found, before it is scored. */
interface Finding {
  readonly answers: Uint16Array | null;
  readonly scores: Accuracies;
  readonly note: string | null;
}

const unscored: Accuracies = {
  cleanTrain: null,
  noisyTrain: null,
  noisyTrue: null,
  validation: null,
  test: null,
};

/**
 * Every extraction method side by side on one network. Filtrations join frequencies as the significant
 * rule of the scan has it, in its basis, or with k1 = k2 = 1 in the first of the bases where there is none;
 * `basis`, `filtrationRule` and the notes say which. Without `roles` the accuracies are null and the rest still runs.
 */
export function extract(
  network: Network,
  activation: Activation,
  roles: Roles | null,
  compute: AnalysisCompute,
  options: Pick<ScanOptions, 'level' | 'bases'> = {},
): Extraction {
  const { modulus, width } = network;
  const scanned = scan(network, activation, roles, compute, options);
  const { rule } = scanned.result;
  const joined = { k1: rule?.k1 ?? 1, k2: rule?.k2 ?? 1 };
  const basis = rule === null ? (options.bases?.[0] ?? cyclicBasis(modulus)) : scanned.basis;
  const filtration = filterFrequencies(network, { select: 'energy', rule: joined, basis });
  const triadFiltration = filterFrequencies(network, { select: 'triad', rule: joined, basis });
  const partitions =
    roles === null
      ? null
      : {
          ipr: partition(network, activation, roles, 'ipr', compute, basis),
          strength: partition(network, activation, roles, 'strength', compute),
        };

  const evaluated = (part: Network, phi: Activation, note: string | null = null): Finding => {
    const answers = compute.answers(part, phi);
    return { answers, scores: roles === null ? unscored : accuracies(answers, roles), note };
  };
  const written = (table: Uint16Array, note: string): Finding => {
    const isWhole = !table.includes(noAnswer);
    const spokenOf = roles === null ? null : isWhole ? roles : rolesWhere(roles, table);
    return {
      answers: table,
      scores: spokenOf === null ? unscored : accuracies(table, spokenOf),
      note: isWhole ? note : `${note}, scored where it says anything (not with the token 0)`,
    };
  };
  const absent = (note: string): Finding => ({ answers: null, scores: unscored, note });
  const which = joinedText(joined, rule?.text ?? null, basis, modulus);
  const findings: Record<MethodName, () => Finding> = {
    raw: () => evaluated(network, activation),
    'frequency-filtration': () => evaluated(filtration.G, activation, which),
    'frequency-filtration-quadratic': () => evaluated(filtration.G, 'quadratic', which),
    'frequency-filtration-residual': () => evaluated(filtration.R, activation, which),
    'triad-filtration': () => evaluated(triadFiltration.G, activation, which),
    'triad-filtration-quadratic': () => evaluated(triadFiltration.G, 'quadratic', which),
    'ipr-partition': () => partitioned(partitions?.ipr, width),
    'strength-partition': () => partitioned(partitions?.strength, width),
    'activation-quadratic': () => evaluated(network, 'quadratic'),
    'activation-reverse-relu': () => evaluated(network, 'reverse-relu'),
    'identified-rule': () =>
      rule === null
        ? absent(`no rule is significant at level ${scanned.result.level}`)
        : written(ruleTable(rule, modulus, basis), rule.text),
    'label-baseline': () => {
      const train = roles?.train ?? null;
      if (train === null) return absent('needs training labels');
      const baseline = labelBaseline(train, modulus, basis);
      return written(ruleTable(baseline.rule, modulus, basis), baselineText(baseline, basis));
    },
  };
  const missing = missingText(roles);
  const answers = new Map<MethodName, Uint16Array>();
  const methods = methodNames.map((name): MethodResult => {
    const finding = findings[name]();
    if (finding.answers !== null) answers.set(name, finding.answers);
    const isRule = name === 'identified-rule' || name === 'label-baseline';
    const notes = [finding.note, missing].filter((note) => note !== null);
    return {
      name,
      kind: isRule ? 'rule' : 'network',
      ...finding.scores,
      note: notes.length === 0 ? null : notes.join('; '),
    };
  });
  return {
    result: {
      modulus,
      width,
      activation,
      basis: basis.name,
      chance: 1 / modulus,
      rule,
      scan: scanned.result,
      filtrationRule: joined,
      methods,
    },
    scan: scanned,
    basis,
    filtration,
    triadFiltration,
    partitions,
    answers,
  };
}

/** The pairs of every role on which a rule says something. */
function rolesWhere(roles: Roles, table: Uint16Array): Roles {
  const covered = (pairs: LabelledPairs | null): LabelledPairs | null => {
    if (pairs === null) return null;
    const rows = [...pairs.pair.keys()].filter((row) => table[pairs.pair[row]] !== noAnswer);
    if (rows.length === 0) return null;
    return {
      pair: Uint32Array.from(rows, (row) => pairs.pair[row]),
      label: Uint16Array.from(rows, (row) => pairs.label[row]),
    };
  };
  return {
    ...roles,
    cleanTrain: covered(roles.cleanTrain),
    noisyTrain: covered(roles.noisyTrain),
    noisyTrue: covered(roles.noisyTrue),
    validation: covered(roles.validation),
    test: covered(roles.test),
  };
}

/** The top k of a partition as a method, with γ_G and γ_R in words. */
function partitioned(split: Partition | undefined, width: number): Finding {
  if (split === undefined) return { answers: null, scores: unscored, note: 'needs a data set' };
  const { generalization, memorization } = split;
  const share = ({ neurons, gamma }: PartitionChoice) =>
    `${neurons} of ${width} neurons, γ = ${gamma.toFixed(2)}`;
  const noise =
    memorization === null
      ? null
      : `the bottom ${share(memorization)}, keep 95 % of the noisy accuracy`;
  if (generalization === null) {
    const note = ['needs validation rows to choose how many neurons to keep', noise];
    return {
      answers: null,
      scores: unscored,
      note: note.filter((part) => part !== null).join('; '),
    };
  }
  const note = [`the top ${share(generalization)}, chosen on validation`, noise];
  return {
    answers: null,
    scores: generalization.accuracies,
    note: note.filter((part) => part !== null).join('; '),
  };
}

function joinedText(
  { k1, k2 }: { k1: number; k2: number },
  rule: string | null,
  { group, name, tokens }: Basis,
  modulus: number,
): string {
  const multiple = (k: number) => (k === 1 ? '' : k === group.exponent - 1 ? '−' : k);
  const on = name === 'cyclic' ? '' : ` on ${groupText(group)}`;
  const frequencies = `û(${multiple(k1)}ω), v̂(${multiple(k2)}ω), ŵ(ω)${on}`;
  const why = rule === null ? 'k1 = k2 = 1, as no rule is significant' : `for ${rule}`;
  const apart = tokens.length < modulus ? '; the weights of token 0 stay as they are' : '';
  return `joins ${frequencies}${rule === null ? ': ' : ' '}${why}${apart}`;
}

function baselineText(
  { rule, rows, matches, T }: ReturnType<typeof labelBaseline>,
  basis: Basis,
): string {
  return `${ruleText(rule, basis)}, obeyed by ${matches} of ${rows} training labels, T_data = ${T.toFixed(1)}`;
}

/** Why accuracies are null, in words; null where none is. */
function missingText(roles: Roles | null): string | null {
  if (roles === null) return 'no data set, so no accuracy';
  const reasons: string[] = [];
  if (roles.train === null) reasons.push('no training rows');
  else if (roles.cleanTrain === null && roles.noisyTrain === null) {
    reasons.push('no true labels, so clean and noisy rows are unknown');
  } else if (roles.noisyTrain === null) reasons.push('no noisy rows');
  else if (roles.cleanTrain === null) reasons.push('no clean rows');
  if (roles.validation === null) reasons.push('no validation rows');
  if (roles.test === null) reasons.push('no test rows with known labels');
  return reasons.length === 0 ? null : reasons.join(', ');
}
