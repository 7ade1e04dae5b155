/** Figures as files: SVG that stands on its own, PNG at twice its size, CSV of the numbers behind it. */
import { token } from './theme.ts';

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function csvOf({ columns, rows }: Rows): Blob {
  const field = (value: string | number | null) => {
    const text = value === null ? '' : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns, ...rows].map((row) => row.map(field).join(','));
  return new Blob([`${lines.join('\n')}\n`], { type: 'text/csv' });
}

/** The markup of a figure with the page's colours written into it. */
function svgText(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const known = new Map<string, string>();
  const resolve = (text: string) =>
    text.replaceAll(/var\((--[\w-]+)\)/g, (_, name: string) => {
      const value = known.get(name) ?? token(name);
      known.set(name, value);
      return value;
    });
  for (const element of [copy, ...copy.querySelectorAll('*')]) {
    for (const { name, value } of element.attributes) {
      if (value.includes('var(')) element.setAttribute(name, resolve(value));
    }
  }
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.setAttribute('font-family', 'system-ui, sans-serif');
  copy.setAttribute('color', token('--text'));
  return new XMLSerializer().serializeToString(copy);
}

export function svgOf(svg: SVGSVGElement): Blob {
  return new Blob([svgText(svg)], { type: 'image/svg+xml' });
}

export async function pngOf(svg: SVGSVGElement): Promise<Blob> {
  const { width, height } = svg.viewBox.baseVal;
  const image = new Image(2 * width, 2 * height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = 2 * width;
  canvas.height = 2 * height;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas to draw on');
  context.fillStyle = token('--ground');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return blobOf(canvas);
}

function blobOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)));
  });
}

/** A canvas of one pixel a cell as a picture that can be drawn at any size. */
export function svgOfPixels(canvas: HTMLCanvasElement, side = 480): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${side} ${side}`);
  const image = document.createElementNS('http://www.w3.org/2000/svg', 'image');
  image.setAttribute('width', String(side));
  image.setAttribute('height', String(side));
  image.setAttribute('image-rendering', 'pixelated');
  image.setAttribute('style', 'image-rendering:pixelated');
  image.setAttribute('href', canvas.toDataURL());
  svg.append(image);
  return svg;
}
