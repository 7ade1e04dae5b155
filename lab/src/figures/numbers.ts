/** How the page writes numbers: as the report does. */
const space = '\u00a0';

/** "97.9 %"; only an exact 0 or 1 reads "0 %" or "100 %". */
export function percent(share: number | null | undefined): string {
  if (share == null || !Number.isFinite(share)) return '–';
  if (share === 0 || share === 1) return `${100 * share}${space}%`;
  const text = (100 * share).toFixed(1);
  if (Number(text) === 0) return `<${space}0.1${space}%`;
  if (Number(text) === 100) return `>${space}99.9${space}%`;
  return `${text.replace(/\.0$/, '')}${space}%`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function plain(value: number | null | undefined, digits = 3): string {
  if (value == null || !Number.isFinite(value)) return '–';
  const text =
    Math.abs(value) >= 10 ** digits ? count(value) : String(Number(value.toPrecision(digits)));
  return text.replace('-', '−');
}
