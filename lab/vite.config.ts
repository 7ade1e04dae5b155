import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The kernel under names that don't change with its content: the backend asks for them by name. */
function kernel(): Plugin {
  const builds = ['relaxed', 'simd', 'threads'].map((build) => `undertone-${build}.wasm`);
  const read = (name: string) => readFileSync(`${root}build/${name}`);
  return {
    name: 'undertone-kernel',
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const name = builds.find((file) => request.url?.endsWith(`/kernel/${file}`));
        if (name === undefined) return next();
        response.setHeader('Content-Type', 'application/wasm').end(read(name));
      });
    },
    generateBundle() {
      for (const name of builds) {
        this.emitFile({ type: 'asset', fileName: `kernel/${name}`, source: read(name) });
      }
    },
  };
}

/** The service worker, told of all files that there are. */
function serviceWorker(): Plugin {
  return {
    name: 'undertone-service-worker',
    enforce: 'post',
    generateBundle(_, bundle) {
      const hash = createHash('sha256');
      const files = Object.keys(bundle).sort();
      for (const name of files) {
        const part = bundle[name];
        hash.update(name).update(part.type === 'chunk' ? part.code : part.source);
      }
      const text = readFileSync(new URL('./service-worker.js', import.meta.url), 'utf8');
      const known = JSON.stringify(['./', './icon.svg', ...files.map((file) => `./${file}`)]);
      const version = hash.digest('hex').slice(0, 16);
      this.emitFile({
        type: 'asset',
        fileName: 'service-worker.js',
        source: `const version = '${version}';\nconst files = ${known};\n${text}`,
      });
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [svelte({ configFile: false }), kernel(), serviceWorker()],
  resolve: {
    alias: [
      { find: 'undertone/browser', replacement: `${root}src/browser.ts` },
      { find: /^undertone\/(\w+)$/, replacement: `${root}src/$1/index.ts` },
    ],
  },
  server: {
    fs: { allow: [root] },
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  // A worker that checks no settings needn't carry what checks them: these modules do nothing when they are loaded.
  worker: {
    format: 'es',
    rolldownOptions: {
      treeshake: {
        moduleSideEffects: (id) => !/^(?!.*\/lab\/).*\/src\/(task|model|train|analysis)\//.test(id),
      },
    },
  },
  build: {
    outDir: `${root}dist-playground`,
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
});
