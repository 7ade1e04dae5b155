/** Where the built page lies; in a checkout it is built when it is missing or older than its sources. */
import { execFile } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { WorkError } from '../errors.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** @throws WorkError where there is no page and nothing to build it with. */
export async function pageFolder(notice: (text: string) => void): Promise<string> {
  const folder = join(root, 'dist-playground');
  const index = join(folder, 'index.html');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const canBuild = existsSync(vite) && existsSync(join(root, 'lab', 'vite.config.ts'));
  const built = statSync(index, { throwIfNoEntry: false })?.mtimeMs ?? null;
  if (built !== null && !(canBuild && newestSource() > built)) return folder;
  if (!canBuild) {
    throw new WorkError(
      `The page is not there (${folder}): install undertone anew, or in a checkout run npm ci first.`,
    );
  }
  notice(
    built === null ? 'Building the page…' : 'Building the page again, for its sources changed…',
  );
  try {
    await promisify(execFile)(process.execPath, [vite, 'build', 'lab', '--logLevel', 'error'], {
      cwd: root,
    });
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr?.trim() ?? '';
    throw new WorkError(`The page can't be built: ${said || (error as Error).message}`, {
      cause: error,
    });
  }
  return folder;
}

function newestSource(): number {
  return globSync(['lab/**/*.{html,ts,svelte,css,svg}', 'src/**/*.ts', 'build/*.wasm'], {
    cwd: root,
  })
    .map((path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0)
    .reduce((latest, time) => Math.max(latest, time), 0);
}
