import type { MethodResult } from '../analysis/results.ts';
import { bestMethod, methodBeatsChance } from './best-method.ts';
import { controlLimit, isAboveChance } from './control-findings.ts';
import { escapeHtml } from './html.ts';
import { methodTitles } from './method-titles.ts';
import { count, lower, percent } from './numbers.ts';
import { evidenceText, whereFound } from './strongest-evidence.ts';
import type { Control, Study } from './study.ts';

/** The result in one sentence and a handful of numbers. */
export function headlineHtml(study: Study): string {
  const tiles = headlineTiles(study).map(
    ({ value, label, detail, kind }) =>
      `<div class="tile ${kind}"><dt>${escapeHtml(label)}</dt><dd><b>${escapeHtml(value)}</b><span>${escapeHtml(detail)}</span></dd></div>`,
  );
  return `<p class="lede">${escapeHtml(sentence(study))}</p>
<dl class="tiles">${tiles.join('')}</dl>`;
}

interface Tile {
  readonly value: string;
  readonly label: string;
  readonly detail: string;
  readonly kind: 'noisy' | 'test' | 'rule' | 'chance';
}

function headlineTiles(study: Study): Tile[] {
  const { extraction, pairCounts, controls } = study;
  const { scan, rule, chance } = extraction;
  const raw = method(study, 'raw');
  const best = bestMethod(extraction.methods);
  const tiles: Tile[] = [];
  const { noisyTrain, train } = pairCounts;
  if (noisyTrain !== null && train > 0) {
    tiles.push({
      value: percent(noisyTrain / train),
      label: 'of the training labels are wrong',
      detail:
        raw?.noisyTrain == null
          ? `${count(noisyTrain)} of ${count(train)}`
          : `${percent(raw.noisyTrain)} of these ${count(noisyTrain)} learned by heart`,
      kind: 'noisy',
    });
  }
  tiles.push({
    value: percent(raw?.test ?? null),
    label: 'of unseen pairs right: the network as it is',
    detail: `chance is ${percent(chance)}`,
    kind: 'test',
  });
  if (best !== null && best.name !== 'raw') {
    tiles.push({
      value: percent(best.test),
      label: 'of unseen pairs right: the same weights, best reading',
      detail: `${methodTitles[best.name]}${methodBeatsChance(extraction, pairCounts.test, best) ? '' : ', within chance'}`,
      kind: 'test',
    });
  }
  tiles.push({
    value: rule === null ? 'no rule' : rule.text,
    label: rule === null ? 'stands out in the scan' : 'identified by the scan',
    detail: evidenceText(scan),
    kind: 'rule',
  });
  const random = controls.find(({ kind, available }) => kind === 'random-features' && available);
  const untrained = controls.find(({ kind, available }) => kind === 'untrained' && available);
  const control = random ?? untrained;
  // The control goes through the filter that the headline is about.
  const triad = best?.name.startsWith('triad') ?? false;
  const filtered = triad ? control?.triadFiltration : control?.frequencyFiltration;
  if (control !== undefined && filtered != null) {
    tiles.push({
      value: percent(filtered),
      label: `control: ${lower(control.label)}, ${triad ? 'triad' : 'frequency'} filtration`,
      detail: controlDetail(study, control),
      kind: 'chance',
    });
  }
  return tiles;
}

/** Where the control stands, under the filter of the tile or the other. */
function controlDetail(study: Study, control: Control): string {
  const above = isAboveChance(study, control);
  if (above === null) return `chance is ${percent(study.extraction.chance)}`;
  const limit = percent(controlLimit(study));
  return above
    ? `above chance under a filter (more than ${limit}): see Controls`
    : `within chance, which goes up to ${limit}`;
}

function method(study: Study, name: MethodResult['name']): MethodResult | undefined {
  return study.extraction.methods.find((candidate) => candidate.name === name);
}

/** What happened, in one sentence that claims no more than the numbers. */
function sentence(study: Study): string {
  const { extraction, pairCounts, essentials } = study;
  const { chance, rule } = extraction;
  const raw = method(study, 'raw');
  const best = bestMethod(extraction.methods);
  const { train, noisyTrain } = pairCounts;
  const subject =
    noisyTrain === null
      ? `A network of ${count(essentials.width)} neurons trained on ${count(train)} pairs`
      : `A network of ${count(essentials.width)} neurons trained on ${count(train)} pairs, ${noisyTrain === 0 ? 'none' : count(noisyTrain)} of them with a wrong answer,`;
  const memorised =
    raw === undefined || raw.noisyTrain === null || noisyTrain === null || noisyTrain === 0
      ? ''
      : ` gives ${percent(raw.noisyTrain)} of the wrong answers back and`;
  const unseen =
    raw === undefined || raw.test === null
      ? ' has no test set to be judged on'
      : ` gets ${percent(raw.test)} of the pairs it never saw right (chance: ${percent(chance)})`;
  const read =
    best === null || raw === undefined || best.name === 'raw' || best.test === null
      ? ''
      : methodBeatsChance(extraction, pairCounts.test, best)
        ? `, ${best.test > (raw.test ?? 0) + 0.1 ? 'yet' : 'and'} the best reading of the same weights, ${lower(methodTitles[best.name])}, gets ${percent(best.test)} right`
        : ', and no way of reading the weights clearly does better than chance';
  const found =
    rule === null
      ? '; a scan finds no significant rule.'
      : `; a scan finds a rule, ${rule.text}, in its ${whereFound(extraction.scan)}.`;
  return `${subject}${memorised}${unseen}${read}${found}`;
}
