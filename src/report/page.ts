import { bestMethod } from './best-method.ts';
import { documentHtml } from './document.ts';
import { type Figure, figureHtml } from './figure.ts';
import { configuration } from './figures/configuration.ts';
import { contest } from './figures/contest.ts';
import { controls } from './figures/controls.ts';
import { evidenceCurves } from './figures/evidence-curves.ts';
import { evidenceParts } from './figures/evidence-parts.ts';
import { fields } from './figures/fields.ts';
import { learningCurves } from './figures/learning-curves.ts';
import { path } from './figures/path.ts';
import { phaseRelation } from './figures/phase-relation.ts';
import { scanMap } from './figures/scan-map.ts';
import { spectra } from './figures/spectra.ts';
import { headlineHtml } from './headline.ts';
import { escapeHtml } from './html.ts';
import { count, percent } from './numbers.ts';
import type { Study } from './study.ts';

/**
 * The report on one or several runs as one HTML file that loads nothing from anywhere. Needs no
 * browser to make and no script to read; a script adds the slider and the theme button.
 *
 * @throws RangeError without any study.
 */
export function renderReport(studies: readonly Study[]): string {
  if (studies.length === 0) throw new RangeError('expected at least one study, got none');
  const several = studies.length > 1;
  const title = several ? `${studies.length} runs` : studies[0].name;
  const sections = studies.map((study, index) =>
    studyHtml(study, several ? `run-${index + 1}-` : '', several ? 'h2' : 'h1'),
  );
  return documentHtml(title, [several ? contentsHtml(studies) : '', ...sections].join('\n'));
}

function contentsHtml(studies: readonly Study[]): string {
  const rows = studies.map((study, index) => {
    const raw = study.extraction.methods.find(({ name }) => name === 'raw');
    const cells = [
      subtitle(study),
      percent(raw?.test ?? null),
      percent(bestMethod(study.extraction.methods)?.test ?? null),
      study.extraction.rule?.text ?? 'no significant rule',
    ].map((cell) => `<td>${escapeHtml(cell)}</td>`);
    return `<tr><th scope="row"><a href="#run-${index + 1}-top">${escapeHtml(study.name)}</a></th>${cells.join('')}</tr>`;
  });
  const columns = [
    'Run',
    'What was trained',
    'Unseen pairs, as it is',
    'Unseen pairs, best reading',
    'Rule identified by the scan',
  ];
  return `<h1>${studies.length} runs</h1>
<nav class="contents" aria-label="Contents"><div class="scroll"><table><thead><tr>${columns.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></nav>`;
}

function subtitle(study: Study): string {
  const { modulus, width, noiseRatio, activation, steps, task, optimizer } = study.essentials;
  return [
    `task ${task}, P = ${modulus}`,
    `M = ${count(width)}`,
    noiseRatio === null ? null : `α = ${noiseRatio}`,
    activation,
    optimizer,
    steps === null ? null : `${count(steps)} steps`,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

function studyHtml(study: Study, prefix: string, heading: 'h1' | 'h2'): string {
  const figures: Figure[] = [
    learningCurves(study),
    contest(study),
    fields(study),
    path(study, prefix),
    spectra(study),
    phaseRelation(study),
    scanMap(study),
    controls(study),
    evidenceParts(study),
    ...(study.followed === null ? [] : [evidenceCurves(study, study.followed)]),
  ];
  const id = `${prefix}top`;
  return `<section class="study" aria-labelledby="${id}">
<${heading} id="${id}">${escapeHtml(study.name)}</${heading}>
<p class="subtitle">${escapeHtml(subtitle(study))}</p>
${headlineHtml(study)}
<div class="figures">
${figures.map((figure, index) => figureHtml(figure, index + 1, prefix)).join('\n')}
${configuration(study, prefix)}
</div>
</section>`;
}
