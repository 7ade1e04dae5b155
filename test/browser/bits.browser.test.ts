/** Training in a real browser: the bits of this Node's backends, with one thread and with two. */
import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/bring-tools.ts';
import { createNativeBackend, nativeUnavailable } from '../../src/compute/native/index.ts';
import type { Backend } from '../../src/compute/port.ts';
import { createWasmBackend, wasmIsFused } from '../../src/compute/wasm/index.ts';
import { weightsHash } from '../../src/format/weights-hash.ts';
import {
  completeSettings,
  datasetOf,
  initialNetworkOf,
  type PartialSettings,
  train,
} from '../../src/train/index.ts';
import { browserFlags } from './flags.ts';
import { serveSources } from './serve-sources.ts';
import type { TrainedWeights, TrainingOrder } from './train-worker.ts';

const executablePath = findChromium();

const size = { modulus: 31, width: 65, steps: 60 };
const trainings: { name: string; settings: PartialSettings }[] = [
  { name: 'ReLU with AdamW', settings: size },
  {
    name: 'GELU with momentum, mini-batches and a schedule',
    settings: {
      ...size,
      activation: 'gelu',
      optimizer: 'sgd',
      batchSize: 100,
      schedule: 'warmup-cosine',
      warmupSteps: 10,
    },
  },
  { name: 'tied weights with Muon', settings: { ...size, tied: true, optimizer: 'muon' } },
];

async function hashHere(backend: Backend, given: PartialSettings): Promise<string> {
  const settings = completeSettings(given);
  const dataset = datasetOf(settings);
  const initial = initialNetworkOf(settings);
  return weightsHash((await train({ settings, dataset, initial, backend })).network);
}

describe('training in a browser', { skip: executablePath === null ? 'no Chromium' : false }, () => {
  if (executablePath === null) return;
  let server: Server;
  let browser: Browser;
  let isolated: Page;
  let plain: Page;

  before(async () => {
    const served = await serveSources();
    server = served.server;
    browser = await chromium.launch({ executablePath, args: browserFlags });
    isolated = await browser.newPage();
    await isolated.goto(`${served.origin}/isolated`);
    plain = await browser.newPage();
    await plain.goto(`${served.origin}/plain`);
  });
  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  /** Has a fresh worker of the page train. */
  const trainIn = (page: Page, order: TrainingOrder) =>
    page.evaluate(
      (order) =>
        new Promise<{ weights?: TrainedWeights; error?: string }>((resolve) => {
          const worker = new Worker('/test/browser/train-worker.ts', { type: 'module' });
          worker.onmessage = ({ data }) => {
            worker.terminate();
            resolve(data);
          };
          worker.onerror = ({ message }) => resolve({ error: message });
          worker.postMessage(order);
        }),
      order,
    );

  const hashOf = ({ U, V, W, mu }: TrainedWeights) =>
    weightsHash({
      modulus: size.modulus,
      width: size.width,
      U: Float32Array.from(U),
      V: Float32Array.from(V),
      W: Float32Array.from(W),
      mu: Float32Array.from(mu),
      hiddenBias: null,
    });

  for (const { name, settings } of trainings) {
    for (const threads of [1, 2]) {
      const count = threads === 1 ? 'one thread' : `${threads} threads`;
      test(`${name} on ${count} ends at the bits of Node, or says that they differ`, async () => {
        const { weights, error } = await trainIn(isolated, { settings, threads });
        assert.ok(weights !== undefined, error);
        assert.equal(weights.isIsolated, true);
        assert.equal(weights.threads, threads);
        const hash = hashOf(weights);
        if (!weights.isFused) {
          assert.match(weights.instructionSet, /rounded twice/);
          return;
        }
        assert.equal(weights.instructionSet, 'relaxed SIMD');
        if (wasmIsFused()) {
          assert.equal(hash, await hashHere(createWasmBackend({ threads: 2 }), settings));
        }
        if (nativeUnavailable() === null) {
          assert.equal(hash, await hashHere(createNativeBackend(), settings));
        }
      });
    }
  }

  test('a page that is not isolated trains on one thread to the same bits', async () => {
    const settings = trainings[0].settings;
    const [there, here] = [
      await trainIn(plain, { settings, threads: 1 }),
      await trainIn(isolated, { settings, threads: 1 }),
    ];
    assert.ok(there.weights !== undefined && here.weights !== undefined, there.error ?? here.error);
    assert.equal(there.weights.isIsolated, false);
    assert.equal(hashOf(there.weights), hashOf(here.weights));
  });

  test('a page that is not isolated is told which headers threads need', async () => {
    const { error } = await trainIn(plain, { settings: size, threads: 2 });
    assert.match(error ?? '', /^UnsupportedError: .*Cross-Origin-Embedder-Policy: require-corp/);
  });

  test('the thread of a page is told to create the backend in a worker', async () => {
    const error = await isolated.evaluate(async () => {
      // A variable, so that the compiler doesn't look for it.
      const path = '/src/compute/wasm/browser.ts';
      const { loadWasmBackend } = await import(path);
      const modules = new URL('/build/', location.href);
      await loadWasmBackend({ modules, threads: 1 });
      return loadWasmBackend({ modules, threads: 2 }).then(
        () => 'no error',
        (error: Error) => `${error.name}: ${error.message}`,
      );
    });
    assert.match(error, /^UnsupportedError: .*create it in a worker/);
  });
});
