import type { AbelianGroup } from '../task/abelian-group.ts';
import { charactersOf } from './characters.ts';
import type { AnalysisCompute } from './compute.ts';

/**
 * Re Σ_ω S(ω) conj χ_ω(shift) over the merged characters ω = 1…half, on Z_P Re Σ_ω S(ω) e^{−2πiω·shift/P}, for
 * every row of S [rows, 2·half] (real parts first) and every shift: [rows, N].
 */
export function overShifts(
  sums: Float32Array,
  group: AbelianGroup,
  compute: AnalysisCompute,
): Float32Array {
  const { half, element } = charactersOf(group);
  const { order, exponent } = group;
  const table = new Float32Array(2 * half * order);
  for (let omega = 1; omega <= half; omega++) {
    for (let shift = 0; shift < order; shift++) {
      const angle = (2 * Math.PI * group.pairing(element[omega], shift)) / exponent;
      table[(omega - 1) * order + shift] = Math.cos(angle);
      table[(half + omega - 1) * order + shift] = Math.sin(angle);
    }
  }
  return compute.multiply(sums, table, sums.length / (2 * half), 2 * half, order);
}
