import { accuracy, type LabelledPairs } from '../../task/dataset.ts';
import type { Subject } from './subject.ts';

/** Test accuracy, 0…1; null where there are no such pairs. */
export interface MirrorsMeasurement {
  /** On test pairs (a, b) for which (b, a) was trained on. */
  readonly mirrored: number | null;
  /** On all others: what a network with U = V can't have by repeating what it memorised. */
  readonly unmirrored: number | null;
}

/** Test pairs apart by whether their mirror image was trained on; (a, a) is its own and was not. */
export function measureMirrors({
  network,
  settings,
  roles,
  backend,
}: Pick<Subject, 'network' | 'settings' | 'roles' | 'backend'>): MirrorsMeasurement {
  const { modulus } = network;
  const trained = new Set(roles.train?.pair);
  const answers = backend.answers(network, settings.activation);
  const part = (wanted: boolean) => {
    const rows = [...(roles.test?.pair ?? [])].flatMap((pair, row) => {
      const mirror = (pair % modulus) * modulus + Math.floor(pair / modulus);
      return trained.has(mirror) === wanted ? [row] : [];
    });
    return accuracy(answers, rows.length === 0 ? null : pick(roles.test, rows));
  };
  return { mirrored: part(true), unmirrored: part(false) };
}

function pick(pairs: LabelledPairs | null, rows: readonly number[]): LabelledPairs | null {
  if (pairs === null) return null;
  return {
    pair: Uint32Array.from(rows, (row) => pairs.pair[row]),
    label: Uint16Array.from(rows, (row) => pairs.label[row]),
  };
}
