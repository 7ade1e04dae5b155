import { type AbelianGroup, cyclicGroup, negative } from '../task/abelian-group.ts';

/**
 * The characters of a finite abelian group, χ and its conjugate merged: of ω and −ω the one with the smaller
 * number stands for both. Merged characters are numbered 0…half, 0 the constant one; on Z_P they are the
 * frequencies 0…⌊P/2⌋. The elements x and −x are merged alike.
 */
export interface Characters {
  readonly group: AbelianGroup;
  /** The highest number of a merged character: ⌊P/2⌋ on Z_P, N − 1 on Z_2^k. */
  readonly half: number;
  /** The element that stands for a merged character: [half + 1]. */
  readonly element: Uint16Array;
  /** The merged character of every element: [N]. */
  readonly folded: Uint16Array;
  /** 1 where merging conjugates, x̂(ω) = conj x̂(folded ω): [N]. */
  readonly conjugated: Uint8Array;
  /**
   * How many of ω and −ω are distinct: 2, or 1 for a real character: [half + 1]. By Parseval
   * N · Σ_x x² = Σ multiplicity · |x̂|² over merged characters.
   */
  readonly multiplicity: Uint8Array;
  /** Re χ and Im χ of every merged character at every merged element: [half + 1, half + 1] each. */
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

/** A group, or the order n of a cyclic one, Z_n. */
export type GroupOrOrder = AbelianGroup | number;

export function groupOf(group: GroupOrOrder): AbelianGroup {
  return typeof group === 'number' ? cyclicGroup(group) : group;
}

const known = new WeakMap<AbelianGroup, Characters>();

/** The characters of a group; tables of N²/2 numbers, made once for each group. */
export function charactersOf(group: AbelianGroup): Characters {
  let characters = known.get(group);
  if (characters === undefined) {
    characters = makeCharacters(group);
    known.set(group, characters);
  }
  return characters;
}

/** χ_ω(x) of a merged character and any element, as cosine and sine. */
export function characterValue(
  { folded, conjugated, cosine, sine, half }: Characters,
  character: number,
  x: number,
): { readonly re: number; readonly im: number } {
  const at = character * (half + 1) + folded[x];
  return { re: cosine[at], im: conjugated[x] === 1 ? -sine[at] : sine[at] };
}

function makeCharacters(group: AbelianGroup): Characters {
  const { order, exponent } = group;
  const folded = new Uint16Array(order);
  const conjugated = new Uint8Array(order);
  const elements: number[] = [];
  for (let x = 0; x < order; x++) {
    const mirror = negative(group, x);
    if (mirror < x) {
      folded[x] = folded[mirror];
      conjugated[x] = 1;
    } else {
      folded[x] = elements.length;
      elements.push(x);
    }
  }
  const stride = elements.length;
  const multiplicity = Uint8Array.from(elements, (x) => (negative(group, x) === x ? 1 : 2));
  const cosine = new Float64Array(stride * stride);
  const sine = new Float64Array(stride * stride);
  elements.forEach((omega, i) => {
    elements.forEach((x, j) => {
      const angle = (2 * Math.PI * group.pairing(omega, x)) / exponent;
      cosine[i * stride + j] = Math.cos(angle);
      sine[i * stride + j] = Math.sin(angle);
    });
  });
  return {
    group,
    half: stride - 1,
    element: Uint16Array.from(elements),
    folded,
    conjugated,
    multiplicity,
    cosine,
    sine,
  };
}
