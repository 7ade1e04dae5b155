const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A p-value from its logarithm, as the report writes it: "p = 0.02", "p ≈ 10⁻⁵⁰". */
export function pValue(log10: number): string {
  if (log10 >= 0) return 'p = 1';
  if (log10 < -100) return 'p < 10⁻¹⁰⁰';
  if (log10 > -3) return `p = ${Number((10 ** log10).toPrecision(2))}`;
  const digits = [...String(Math.round(-log10))].map((digit) => superscripts[Number(digit)]);
  return `p ≈ 10⁻${digits.join('')}`;
}
