import { filterFrequencies, scan } from '../../analysis/index.ts';
import type { BasisResult } from '../../analysis/results.ts';
import { cyclicBasis, fittingBases, parseBasis } from '../../task/basis.ts';
import { accuracy } from '../../task/dataset.ts';
import { parseOperation } from '../../task/operation.ts';
import type { Subject } from './subject.ts';

/** A scan of every basis that the tokens may form, and filtration in the task's own beside the cyclic one. */
export interface GroupScanMeasurement {
  /** Of the rule that is named, significant or not. */
  readonly basis: string;
  readonly text: string;
  readonly significant: boolean;
  readonly partial: boolean;
  readonly log10PValue: number;
  readonly T: number;
  /** How many bases were tried, and how many of the others are significant, by verdict. */
  readonly tried: number;
  readonly leaking: number;
  readonly also: number;
  /** Test accuracies; those in the task's own basis are null for a Cayley table, of which it isn't known. */
  readonly raw: number | null;
  readonly own: { readonly frequency: number | null; readonly triad: number | null } | null;
  readonly cyclic: { readonly frequency: number | null; readonly triad: number | null };
}

export function measureGroupScan({
  network,
  settings,
  roles,
  backend,
}: Pick<Subject, 'network' | 'settings' | 'roles' | 'backend'>): GroupScanMeasurement {
  const { modulus, activation, task } = settings;
  const { result } = scan(network, activation, roles, backend, { bases: fittingBases(modulus) });
  const rule = task === null ? null : parseOperation(task, modulus).rule;
  const test = (part: typeof network) => accuracy(backend.answers(part, activation), roles.test);
  const filtered = (basis = cyclicBasis(modulus), joined = { k1: 1, k2: 1 }) => ({
    frequency: test(filterFrequencies(network, { select: 'energy', rule: joined, basis }).G),
    triad: test(filterFrequencies(network, { select: 'triad', rule: joined, basis }).G),
  });
  const count = (verdict: BasisResult['verdict']) =>
    result.bases.filter((one) => one.verdict === verdict).length;
  return {
    basis: result.basis,
    text: result.best.text,
    significant: result.significant,
    partial: result.partial,
    log10PValue: result.bases[0].log10PValue,
    T: result.bases[0].T,
    tried: result.bases.length,
    leaking: count('leakage'),
    also: count('also'),
    raw: test(network),
    own: rule === null ? null : filtered(parseBasis(rule.basis, modulus), rule),
    cyclic: filtered(),
  };
}
