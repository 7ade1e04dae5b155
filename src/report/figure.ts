import { escapeHtml, type Table, tableHtml } from './html.ts';

/** A figure before it is numbered and placed. `body` and `caption` are HTML, escaped by their maker. */
export interface Figure {
  /** Short name in the page's addresses: "learning-curves". */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  /** What the figure shows and what to see in it, in plain words. */
  readonly caption: string;
  readonly table: Table;
  /** One column; the full width; or full width with a `.main` part on the left of all the rest. */
  readonly place?: 'column' | 'wide' | 'beside';
}

export function figureHtml(figure: Figure, number: number, prefix: string): string {
  const id = `${prefix}${figure.key}`;
  return `<figure id="${id}" class="${figure.place ?? 'column'}" aria-labelledby="${id}-title">
<h3 id="${id}-title"><span class="number">${number}</span>${escapeHtml(figure.title)}</h3>
<div class="body">${figure.body}</div>
<figcaption>${figure.caption}</figcaption>
<details><summary>Numbers behind this figure</summary>
${tableHtml(figure.table)}
</details>
</figure>`;
}

/** A row of swatches with words. */
export function legendHtml(
  entries: readonly { readonly colour: string; readonly text: string; readonly shape?: string }[],
): string {
  const items = entries.map(
    ({ colour, text, shape }) =>
      `<li><span class="swatch ${shape ?? 'square'}" style="--swatch:${colour}"></span>${escapeHtml(text)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}
