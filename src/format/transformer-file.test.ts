/** One-layer transformers as TransformerLens and the notebook store them, beside logits that PyTorch computed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { transformerResiduals, unembed } from '../analysis/transformer-logits.ts';
import { createReferenceBackend } from '../compute/reference/index.ts';
import { readModel } from './model-file.ts';
import { readTransformer, type TransformerModel } from './transformer-file.ts';

const shipped = (name: string) =>
  readFileSync(new URL(`../../test/checkpoints/${name}`, import.meta.url));
const golden = JSON.parse(shipped('transformers.json').toString()) as Record<string, number[][]>;
const { multiply } = createReferenceBackend();

function read(name: string): TransformerModel {
  const model = readTransformer(shipped(name), name);
  assert.ok(model !== null, `${name} holds no transformer`);
  return model;
}

function logitsOf({ transformer, activation }: TransformerModel): Float32Array {
  const residuals = transformerResiduals(transformer, activation ?? 'relu', multiply);
  const { unembedding, unembeddingBias } = transformer;
  return unembed(residuals, transformer, unembedding, unembeddingBias, multiply);
}

for (const [name, rows] of Object.entries(golden)) {
  test(`${name}: logits as PyTorch computes them in double precision`, () => {
    const model = read(name);
    const { modulus } = model.transformer;
    assert.equal(rows.length, Math.ceil(modulus ** 2 / 7));
    const logits = logitsOf(model);
    let largest = 0;
    rows.forEach((row, i) => {
      assert.equal(row.length, modulus);
      row.forEach((wanted, c) => {
        largest = Math.max(largest, Math.abs(logits[7 * i * modulus + c] - wanted));
      });
    });
    console.log(name, largest, Math.max(...logits));
  });
}
