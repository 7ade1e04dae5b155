/** What the controls show, in sentences for page and terminal that follow from the numbers. */
import { chanceLimit } from './chance-range.ts';
import { count, list, percent, tenths } from './numbers.ts';
import type { Control, Study } from './study.ts';

const filters = [
  { key: 'frequencyFiltration', name: 'frequency filtration' },
  { key: 'triadFiltration', name: 'triad filtration' },
] as const;

/** The accuracies of one control under the filters that are above chance, among all that are compared. */
function readingsAboveChance(study: Study, control: Control) {
  const limit = controlLimit(study);
  return filters
    .map(({ key, name }) => ({ key, name, share: control[key] }))
    .filter(({ share }) => share !== null && share > limit);
}

/** What a filtered accuracy of a control has to pass to count as above chance, as one of so many. */
export function controlLimit(study: Study): number {
  return chanceLimit(study.pairCounts.test ?? 0, study.extraction.chance, comparisons(study));
}

/** How many filtered accuracies of controls are compared with chance. */
function comparisons(study: Study): number {
  const known = controlsOf(study).flatMap((control) =>
    filters.filter(({ key }) => control[key] !== null),
  );
  return Math.max(1, known.length);
}

/** The controls that were made, without the trained network itself. */
function controlsOf({ controls }: Study): Control[] {
  return controls.filter(({ kind, available }) => available && kind !== 'trained');
}

/** Whether a control does better than chance under a filter; null where that isn't known. */
export function isAboveChance(study: Study, control: Control): boolean | null {
  if (filters.every(({ key }) => control[key] === null)) return null;
  return readingsAboveChance(study, control).length > 0;
}

/** What all controls together come to, for a heading. */
export function controlsTitle(study: Study): string {
  const verdicts = controlsOf(study).map((control) => isAboveChance(study, control));
  if (verdicts.length === 0 || verdicts.includes(null)) return 'Controls';
  return verdicts.includes(true)
    ? 'Controls: not all of them stay at chance'
    : 'Controls: under the same filters, all stay at chance';
}

/** Each control that is above chance, what that means, and where T stands: one sentence or more each. */
export function controlFindings(study: Study): string[] {
  const made = controlsOf(study);
  const above = made.filter((control) => isAboveChance(study, control) === true);
  const judged = made.some((control) => isAboveChance(study, control) !== null);
  return [
    ...(judged ? [chanceText(study)] : []),
    ...(judged && above.length === 0 ? ['No control does here.'] : []),
    ...above.map((control) => aboveText(study, control)),
    ...evidenceTexts(study),
  ];
}

function chanceText(study: Study): string {
  const n = study.pairCounts.test ?? 0;
  return `By chance, the best of ${count(comparisons(study))} filtered accuracies on ${count(n)} unseen pairs passes ${percent(controlLimit(study))} in at most 2.5 of 100 cases.`;
}

function aboveText(study: Study, control: Control): string {
  const readings = readingsAboveChance(study, control);
  const shares = list(readings.map(({ name, share }) => `${percent(share)} under ${name}`));
  const found = `${control.label}: ${shares}, above chance`;
  if (control.kind !== 'random-features') {
    return `${found}. So much the filter makes up by itself.`;
  }
  const trained = study.controls.find(({ kind }) => kind === 'trained');
  const more = readings.filter(({ key, share }) => (trained?.[key] ?? 0) > (share ?? 0));
  const due =
    more.length === 0
      ? 'this network does no better, so nothing here is due to learned features'
      : `only what this network (${list(more.map(({ key }) => percent(trained?.[key] ?? null)))}) has beyond that is due to learned features`;
  return `${found}. U and V never learned, so W alone has stored the rule in the labels, and the filter reads it out there too; ${due}.`;
}

function evidenceTexts(study: Study): string[] {
  const { scanMap, extraction } = study;
  const { threshold } = scanMap;
  const { best } = extraction.scan;
  const known = study.controls.filter(({ available, T }) => available && T !== null);
  if (known.length < 2 || !Number.isFinite(threshold)) return [];
  const reach = known.filter(({ kind, T }) => kind !== 'trained' && (T ?? 0) >= threshold);
  const limit = `T is the evidence in the weights for ${best.text}, or for the wrong rule; in the scan of this network ${tenths(threshold)} is significant.`;
  const meanings = reach.map(({ kind, label, T }) => {
    const passes = `${label}: T = ${tenths(T ?? 0)} passes that`;
    if (kind === 'random-features') {
      return `${passes} with U and V as drawn, so T shows that the weights store a rule, not that features were learned.`;
    }
    return kind === 'untrained'
      ? `${passes} before any training, so T isn’t to be trusted here.`
      : `${passes} too, so the weights hold evidence for this rule as well.`;
  });
  return [[limit, ...meanings].join(' ')];
}
