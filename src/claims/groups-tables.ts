/** The symmetric groups as Cayley tables. */

export interface CayleyRows {
  /** n! elements. */
  readonly modulus: number;
  /** Row a, column b: the permutation a after b. */
  readonly rows: readonly (readonly number[])[];
}

/** S_n, its permutations in lexicographic order. */
export function symmetricGroup(degree: number): CayleyRows {
  const elements = permutationsOf(Array.from({ length: degree }, (_, x) => x));
  const index = new Map(elements.map((element, i) => [element.join(), i]));
  const rows = elements.map((a) =>
    elements.map((b) => index.get(b.map((x) => a[x]).join()) as number),
  );
  return { modulus: elements.length, rows };
}

/** Rows as `parseOperation` reads them. */
export function cayleyTask(rows: CayleyRows['rows']): string {
  return `cayley:${rows.map((row) => row.join(',')).join('/')}`;
}

function permutationsOf(of: readonly number[]): number[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((first) =>
    permutationsOf(of.filter((x) => x !== first)).map((rest) => [first, ...rest]),
  );
}
