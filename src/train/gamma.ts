/** γ of `gaussian:γ`, null for `pytorch`, undefined for anything else. */
export function gammaOf(init: string): number | null | undefined {
  if (init === 'pytorch') return null;
  const gamma = /^gaussian:(\d{1,2}(\.\d{1,15})?)$/.exec(init)?.[1];
  return gamma !== undefined && Number(gamma) <= 4 ? Number(gamma) : undefined;
}
