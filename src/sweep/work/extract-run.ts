/** What a sweep takes out of the final weights of each run. */
import {
  type AnalysisCompute,
  type ExtractionResult,
  extract,
  type MethodName,
  methodNames,
  type ScanResult,
  scan,
} from '../../analysis/index.ts';
import type { Network } from '../../model/network.ts';
import type { Extracted } from '../../store/index.ts';
import { type Basis, fittingBases, parseBasis } from '../../task/basis.ts';
import { type Dataset, rolesOf } from '../../task/dataset.ts';
import { operationOf } from '../../train/prepare.ts';
import type { Settings } from '../../train/settings.ts';

/**
 * Accuracies of each method that is asked for, as `triad-filtration.test` and so on, and what the scan found as
 * `scan.rule`, `scan.log10PValue` and so on: the smallest p of any kind of evidence, corrected for all rules, kinds
 * and bases; `scan.rule` is null where no rule passes level 0.01.
 */
export function extractFrom(
  network: Network,
  settings: Settings,
  dataset: Dataset,
  wanted: readonly string[],
  compute: AnalysisCompute,
): Extracted {
  if (wanted.length === 0) return {};
  const roles = rolesOf(dataset);
  const bases = basesOf(settings);
  const methods = wanted.filter((name): name is MethodName =>
    (methodNames as readonly string[]).includes(name),
  );
  if (methods.length === 0) {
    return scanned(scan(network, settings.activation, roles, compute, { bases }).result);
  }
  const { result } = extract(network, settings.activation, roles, compute, { bases });
  return {
    ...Object.fromEntries(methods.flatMap((name) => accuraciesOf(result, name))),
    ...(wanted.includes('scan') ? scanned(result.scan) : {}),
  };
}

/** The basis of the task's rule first, where it has one. */
function basesOf(settings: Settings): Basis[] {
  const { modulus } = settings;
  const rule = operationOf(settings)?.rule ?? null;
  const fitting = fittingBases(modulus);
  if (rule === null) return fitting;
  return [parseBasis(rule.basis, modulus), ...fitting.filter(({ name }) => name !== rule.basis)];
}

function accuraciesOf(
  { methods }: ExtractionResult,
  wanted: MethodName,
): [string, number | null][] {
  const method = methods.find(({ name }) => name === wanted);
  if (method === undefined) return [];
  const { test, validation, cleanTrain, noisyTrain, noisyTrue } = method;
  return Object.entries({ test, validation, cleanTrain, noisyTrain, noisyTrue }).map(
    ([role, accuracy]) => [`${wanted}.${role}`, accuracy],
  );
}

function scanned({ rule, basis, best, bases, evidence, carried }: ScanResult): Extracted {
  return {
    'scan.rule': rule?.text ?? null,
    'scan.basis': basis,
    'scan.k1': best.k1,
    'scan.k2': best.k2,
    'scan.shift': best.shift,
    'scan.T': evidence.weights.T,
    'scan.log10PValue': Math.min(...bases.map(({ log10PValue }) => log10PValue)),
    'scan.carried': carried?.verdict ?? null,
  };
}
