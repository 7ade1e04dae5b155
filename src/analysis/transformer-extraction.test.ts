import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OneLayerTransformer } from '../model/one-layer-transformer.ts';
import { createTape, frozen, initializeTransformer, transformerLogits } from '../tape/index.ts';
import { createGenerator } from '../task/generator.ts';
import { plainCompute } from './test-compute.ts';
import { extractTransformer, profileOf, transformerTable } from './transformer-extraction.ts';

const [modulus, width, heads, hiddenWidth] = [13, 8, 2, 12];

/** The transformer that we train ourselves, as one that was read. */
function ownTransformer() {
  const shape = { modulus, width, heads, hiddenWidth };
  const own = initializeTransformer(shape, createGenerator(5, 'transformer'));
  const { weights } = own;
  const generator = createGenerator(6, 'biases');
  for (const bias of [weights.hiddenBias, weights.outputBias]) {
    bias.data.forEach((_, i) => {
      bias.data[i] = generator.uniform() - 0.5;
    });
  }
  const zeros = (length: number) => new Float32Array(length);
  const transformer: OneLayerTransformer = {
    ...{ modulus, width, heads, headWidth: width / heads, hiddenWidth },
    tokens: weights.tokens.data.slice(0, modulus * width),
    equals: weights.tokens.data.slice(modulus * width),
    positions: weights.positions.data,
    query: weights.query.data,
    key: weights.key.data,
    value: weights.value.data,
    queryBias: zeros(width),
    keyBias: zeros(width),
    valueBias: zeros(width),
    attentionOutput: weights.attentionOutput.data,
    attentionOutputBias: zeros(width),
    hidden: weights.hidden.data,
    hiddenBias: weights.hiddenBias.data,
    output: weights.output.data,
    outputBias: weights.outputBias.data,
    unembedding: weights.unembedding.data,
    unembeddingBias: zeros(modulus),
    attentionNorm: null,
    hiddenNorm: null,
    finalNorm: null,
  };
  return { own, transformer };
}

test('our own transformer has the logits here that it has on the tape', () => {
  const { own, transformer } = ownTransformer();
  const pairs = Array.from({ length: modulus ** 2 }, (_, pair) => pair);
  const onTape = transformerLogits(
    createTape(plainCompute.multiply),
    frozen(own),
    pairs.map((pair) => Math.floor(pair / modulus)),
    pairs.map((pair) => pair % modulus),
  );
  const { logits } = transformerTable(transformer, 'relu', plainCompute);
  // Logits below 8: half a dozen roundings to float32 of 2⁻²² each.
  logits.forEach((logit, i) => {
    assert.ok(Math.abs(logit - onTape.data[i]) < 6 * 2 ** -22);
  });
});

test('an MLP without its activation is refused', () => {
  const { transformer } = ownTransformer();
  assert.throws(() => transformerTable(transformer, null, plainCompute), RangeError);
  const withoutMlp = { ...transformer, hiddenWidth: 0 };
  assert.equal(transformerTable(withoutMlp, null, plainCompute).logits.length, modulus ** 3);
});

test('a cosine has one key frequency, Gini 1 − 1/n and IPR 1; noise has none', () => {
  const cosine = Float32Array.from({ length: 3 * modulus }, (_, i) =>
    Math.cos((2 * Math.PI * 4 * (i % modulus)) / modulus),
  );
  const one = profileOf(cosine, modulus);
  assert.deepEqual(one.keyFrequencies, [4]);
  // Amplitudes rounded to float32.
  assert.ok(Math.abs(one.ipr - 1) < 1e-6 && Math.abs(one.gini - 5 / 6) < 1e-6);
  assert.ok(Math.abs(one.keyShare - 1) < 1e-6);
  const generator = createGenerator(7, 'profile test');
  const noise = profileOf(
    Float32Array.from({ length: 200 * modulus }, () => generator.uniform() - 0.5),
    modulus,
  );
  assert.deepEqual(noise.keyFrequencies, []);
  assert.ok(noise.gini < 0.1 && Math.abs(noise.ipr - 1 / 6) < 0.01);
  const empty = profileOf(new Float32Array(modulus), modulus);
  assert.deepEqual([empty.gini, empty.ipr, empty.keyFrequencies.length], [0, 0, 0]);
});

test('without data the accuracies are null, and the rest is there', () => {
  const { transformer } = ownTransformer();
  const result = extractTransformer(transformer, 'relu', null, plainCompute);
  assert.equal(result.kept.length, 2);
  assert.deepEqual(
    result.methods.map(({ name, test }) => [name, test]),
    [
      ['raw', null],
      ['unembedding-filtration', null],
      ['unembedding-filtration-residual', null],
      ['identified-rule', null],
      ['label-baseline', null],
    ],
  );
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
});
