/** The built page, read once when the server starts: what isn't in this list can't be asked for. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError } from '../errors.ts';

export interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Compressed, where that is shorter. */
  readonly gzip: Uint8Array<ArrayBuffer> | null;
  /** Its name changes with its content. */
  readonly immutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** Tells the page that a lab stands behind it; on a static host it isn't there. */
const mark = '<meta name="undertone-lab" content="api" />';

/** Files by path, such as `/assets/index-1a2b.js`. @throws InputError where there is no page in the folder. */
export function readPage(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const name = `/${relative(folder, path).split(sep).join('/')}`;
    const content = readFileSync(path);
    const bytes = Uint8Array.from(
      name === '/index.html'
        ? Buffer.from(content.toString('utf8').replace('</head>', `${mark}</head>`))
        : content,
    );
    const packed = Uint8Array.from(gzipSync(bytes));
    files.set(name, {
      type,
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      bytes,
      gzip: packed.length < bytes.length ? packed : null,
      immutable: /^\/assets\/.*-[\w-]{8}\.\w+$/.test(name),
    });
  }
  const index = files.get('/index.html');
  if (index === undefined)
    throw new InputError(`There is no page in ${folder}: expected index.html.`);
  files.set('/', index);
  return files;
}
