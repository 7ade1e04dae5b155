/**
 * Serves the sources to a browser as Node runs them: types stripped, packages found. For tests, which so
 * need no bundler.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { findPackageJSON, stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A module as a browser or Node would run it: without types. */
export function strippedSource(path: string): string {
  return stripTypeScriptTypes(readFileSync(join(root, path), 'utf8'));
}

/** What a module imports or exports from, as it is written there. */
export function importsOf(source: string): string[] {
  const statement = /^\s*(?:import|export)\b(?:[^'";]*?\bfrom)?\s*['"]([^'"]+)['"]/gm;
  return [...source.matchAll(statement)].map((match) => match[1]);
}

/** Where the ES module of a package lies, from the root on: workers know no import maps. */
function packageEntry(name: string): string {
  const file = findPackageJSON(name, join(root, 'package.json'));
  if (file === undefined) throw new Error(`no package ${name}`);
  const { exports } = JSON.parse(readFileSync(file, 'utf8'));
  return `/${join(dirname(file), exports['.'].import).slice(root.length)}`;
}

const types: Record<string, string> = {
  '.ts': 'text/javascript',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

function contentOf(path: string): string | Buffer {
  if (extname(path) !== '.ts') return readFileSync(join(root, path));
  let source = strippedSource(path);
  for (const name of importsOf(source).filter((specifier) => /^[a-z@]/.test(specifier))) {
    source = source.replaceAll(`'${name}'`, `'${packageEntry(name)}'`);
  }
  return source;
}

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * A server on a free port of this machine: an empty page at /isolated, where memory can be shared, one
 * at /plain, where it can't, and the files of the checkout.
 */
export async function serveSources(): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/isolated' || pathname === '/plain') {
      const headers = pathname === '/isolated' ? isolation : {};
      response.writeHead(200, { 'Content-Type': 'text/html', ...headers });
      response.end('<!doctype html><title>Undertone</title>');
      return;
    }
    try {
      const content = contentOf(pathname.slice(1));
      response.writeHead(200, { 'Content-Type': types[extname(pathname)], ...isolation });
      response.end(content);
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { server, origin: `http://127.0.0.1:${port}` };
}
