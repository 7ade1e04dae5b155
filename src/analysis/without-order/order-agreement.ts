import { isUnit } from '../../task/abelian-group.ts';
import type { TokenOrder } from './recover-order.ts';

/**
 * The share of all 3P tokens that two orders place alike, up to what no table can tell apart: the best over
 * all units u of Z_P, and for each of a, b and c over all rotations. 1 for the same structure. Orders at
 * random have about 3/P to 5/P.
 */
export function orderAgreement(found: TokenOrder, truth: TokenOrder): number {
  const modulus = found.a.length;
  const pairs = [
    [found.a, truth.a],
    [found.b, truth.b],
    [found.c, truth.c],
  ];
  let best = 0;
  for (let unit = 1; unit < modulus; unit++) {
    if (!isUnit(unit, modulus)) continue;
    let alike = 0;
    for (const [places, truePlaces] of pairs) {
      const rotations = new Uint16Array(modulus);
      places.forEach((place, token) => {
        rotations[(unit * place + modulus - truePlaces[token]) % modulus]++;
      });
      alike += Math.max(...rotations);
    }
    best = Math.max(best, alike);
  }
  return best / (3 * modulus);
}
