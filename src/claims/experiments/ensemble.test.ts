import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceBackend } from '../../compute/reference/index.ts';
import { WorkError } from '../../errors.ts';
import { ensemble as ensembleCell } from '../cells/cell.ts';
import { measurementKey } from '../measurements/index.ts';
import type { ScanEvidenceMeasurement } from '../measurements/scan-evidence.ts';
import { type EnsembleInput, ensemble } from './ensemble.ts';

const backend = createReferenceBackend();
const context = () => ({
  backend,
  signal: new AbortController().signal,
  onProgress: () => {},
});
const settings = { modulus: 7, width: 24, noiseRatio: 0.2, learningRate: 0.01, steps: 60, seed: 5 };
const wanted = [0, 60].map((step) => ({ name: 'scan-evidence' as const, step }));
const inputOf = (given: object, networks: number) =>
  ensembleCell({ ...settings, ...given }, networks, wanted).input as EnsembleInput;

test('each network is the one of its seed, whatever was trained before it', async () => {
  const both = await ensemble(inputOf({}, 2), context());
  const second = await ensemble(inputOf({ seed: 6 }, 1), context());
  assert.deepEqual(both.networks[1], second.networks[0]);
  assert.notDeepEqual(both.networks[0], both.networks[1]);
  assert.deepEqual(await ensemble(inputOf({}, 2), context()), both);
  assert.notEqual(second.weightsHash, both.weightsHash);
});

test('it is measured at the steps asked for, before the first and after the last', async () => {
  const { networks } = await ensemble(inputOf({}, 1), context());
  const [before, after] = wanted.map(
    (one) => networks[0][measurementKey(one)] as ScanEvidenceMeasurement,
  );
  assert.ok(after.interaction.taskZ > before.interaction.taskZ);
  assert.ok(after.interaction.isTask);
});

test('a training that diverges is an error with its seed, a signal ends it', async () => {
  const wild = inputOf({ optimizer: 'sgd', learningRate: 1e30 }, 1);
  await assert.rejects(ensemble(wild, context()), (error: Error) => {
    assert.ok(error instanceof WorkError);
    assert.match(error.message, /seed 5 diverged/);
    return true;
  });
  const stopped = { ...context(), signal: AbortSignal.abort() };
  await assert.rejects(ensemble(inputOf({}, 1), stopped), { name: 'AbortError' });
});

test('other measurements, networks or settings are another cell', () => {
  const keys = [
    ensembleCell(settings, 2, wanted),
    ensembleCell(settings, 3, wanted),
    ensembleCell({ ...settings, seed: 6 }, 2, wanted),
    ensembleCell(settings, 2, wanted.slice(1)),
  ].map(({ key }) => key);
  assert.equal(new Set(keys).size, 4);
});
