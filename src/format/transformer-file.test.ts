/** One-layer transformers as TransformerLens and the notebook store them, beside logits that PyTorch computed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { transformerResiduals, unembed } from '../analysis/transformer-logits.ts';
import { createReferenceBackend } from '../compute/reference/index.ts';
import { readModel } from './model-file.ts';
import { toFloat32, writeSafetensors } from './safetensors.ts';
import { readTensorFile } from './tensor-file.ts';
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

interface Stored {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The tensors of transformer.pt (P = 11, d = 16, two heads of 4, d_mlp 24), to be changed. */
function plainTensors(): Map<string, Stored> {
  const { tensors } = readTensorFile(shipped('transformer.pt'), 'm');
  const floats = [...tensors].filter(([, { dtype }]) => dtype === 'F32');
  return new Map(
    floats.map(([name, tensor]) => [
      name,
      { shape: tensor.shape, data: toFloat32(tensor, name, 'm') },
    ]),
  );
}

const zeros = (...shape: number[]): Stored => ({
  shape,
  data: new Float32Array(shape.reduce((x, y) => x * y, 1)),
});

function file(changes: Readonly<Record<string, Stored | null>>, metadata = {}): Uint8Array {
  const tensors = plainTensors();
  for (const [name, tensor] of Object.entries(changes)) {
    if (tensor === null) tensors.delete(name);
    else tensors.set(name, tensor);
  }
  return writeSafetensors(tensors, metadata);
}

function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(() => readTransformer(bytes, 'x.pt'), { name: 'InputError', message });
}

for (const [name, rows] of Object.entries(golden)) {
  test(`${name}: logits as PyTorch computes them in double precision`, () => {
    const { transformer, activation } = read(name);
    const { modulus, unembedding, unembeddingBias } = transformer;
    const residuals = transformerResiduals(transformer, activation ?? 'relu', multiply);
    const logits = unembed(residuals, transformer, unembedding, unembeddingBias, multiply);
    assert.equal(rows.length, Math.ceil(modulus ** 2 / 7));
    rows.forEach((row, i) => {
      assert.equal(row.length, modulus);
      row.forEach((wanted, c) => {
        // Half a dozen roundings to float32 of numbers below 16 (2⁻²¹ each), and 7 digits in the file.
        assert.ok(Math.abs(logits[7 * i * modulus + c] - wanted) < 6 * 2 ** -21 + 1e-7);
      });
    });
  });
}

for (const name of ['transformer-legacy.pth', 'transformer.npz', 'transformer-double.pt']) {
  test(`${name} holds the weights of transformer.pt`, () => {
    assert.deepEqual(read(name).transformer, read('transformer.pt').transformer);
  });
}

for (const [name, step] of [
  ['transformer-half.pt', 2 ** -11],
  ['transformer-bfloat16.pt', 2 ** -8],
] as const) {
  test(`${name} holds them to its precision`, () => {
    const [rounded, exact] = [read(name).transformer, read('transformer.pt').transformer];
    exact.unembedding.forEach((weight, i) => {
      assert.ok(Math.abs(rounded.unembedding[i] - weight) <= step * Math.abs(weight) + 2 ** -24);
    });
  });
}

test('says what it read: sizes, the sequence, where it was found, what was turned', () => {
  assert.deepEqual(read('transformer.pt').notices, [
    'A one-layer transformer for P = 11, read at “=” (token 11) of “a b =”.',
  ]);
  assert.deepEqual(read('transformer-two-tokens.pt').notices.slice(1), [
    'A one-layer transformer for P = 13, read at b of “a b”.',
  ]);
  const [where, last, turned, square, sequence] = read('transformer-notebook.pth').notices;
  assert.match(where, /state dict "state_dicts\.1" of the file; not read: "epochs"/);
  assert.equal(last, 'It is the last of 2 in the list "state_dicts".');
  assert.match(turned, /Stored the other way round .* turned: embed\.W_E \[16, 12\], .*W_in \[24/);
  assert.match(
    square,
    /could lie either way: blocks\.0\.attn\.W_O \[16, 16\]; .* as the others lie/,
  );
  assert.match(sequence, /its output for “=” is left out/);
});

test('the config of a checkpoint says the activation and the kind of layer norm', () => {
  const checkpoint = read('transformer-checkpoint.pt');
  assert.equal(checkpoint.activation, 'gelu');
  assert.equal(checkpoint.transformer.finalNorm?.kind, 'layer');
  assert.equal(read('transformer-two-tokens.pt').transformer.attentionNorm?.kind, 'rms');
  assert.equal(read('transformer-notebook.pth').activation, 'relu');
  assert.equal(read('transformer.pt').activation, null);
});

test('a matrix that lies the other way alone is turned', () => {
  const plain = plainTensors().get('blocks.0.mlp.W_in');
  assert.ok(plain !== undefined);
  const [rows, columns] = plain.shape;
  const data = Float32Array.from(
    plain.data,
    (_, i) => plain.data[(i % rows) * columns + Math.floor(i / rows)],
  );
  const bytes = file({ 'blocks.0.mlp.W_in': { shape: [columns, rows], data } });
  const model = readTransformer(bytes, 'm');
  assert.deepEqual(model?.transformer, read('transformer.pt').transformer);
  assert.match(model?.notices[0] ?? '', /and turned: blocks\.0\.mlp\.W_in \[24, 16\]/);
});

test('names may have a prefix, masks are skipped, biases may be missing', () => {
  const tensors = new Map(
    [...plainTensors()]
      .filter(([name]) => !/\.b_/.test(name))
      .map(([name, tensor]) => [`model.${name}`, tensor] as const),
  );
  tensors.set('model.blocks.0.attn.mask', zeros(3, 3));
  const model = readTransformer(writeSafetensors(tensors), 'm');
  assert.equal(model?.notices[0].includes('begin with "model."'), true);
  assert.deepEqual(model?.transformer.hiddenBias, new Float32Array(24));
  assert.deepEqual(model?.transformer.query, read('transformer.pt').transformer.query);
});

test('a file without a transformer is none; a reader of two layers says where to take one', () => {
  assert.equal(readTransformer(shipped('small.safetensors'), 'm'), null);
  assert.throws(() => readModel(shipped('transformer.pt'), 'm'), {
    name: 'InputError',
    message: /it holds a transformer: extract and scan read those/,
  });
});

test('refuses what would compute something else', () => {
  refuses(file({ 'blocks.1.attn.W_Q': zeros(2, 16, 4) }), /of one layer, .*"blocks\.1\.attn\.W_Q"/);
  refuses(
    file({ 'blocks.0.mlp.W_gate': zeros(16, 24) }),
    /tensor "blocks\.0\.mlp\.W_gate" as well/,
  );
  refuses(file({ 'blocks.0.attn.rotary_sin': zeros(3, 4) }), /"blocks\.0\.attn\.rotary_sin"/);
  refuses(file({ 'blocks.0.ln1.w_ln': zeros(16) }), /"blocks\.0\.ln1\.w_ln" as well/);
  refuses(file({ 'blocks.0.mlp.W_out': null }), /W_in and blocks\.0\.mlp\.W_out together/);
  refuses(file({ 'pos_embed.W_pos': null }), /missing: pos_embed\.W_pos/);
  refuses(file({ 'blocks.0.ln1.b': zeros(16) }), /expected blocks\.0\.ln1\.w beside/);
  refuses(file({}, { parallel_attn_mlp: 'True' }), /parallel_attn_mlp in its config to be false/);
  refuses(file({}, { positional_embedding_type: 'rotary' }), /to be standard, got "rotary"/);
  refuses(file({}, { act_fn: 'gelu_new' }), /act_fn in its config to be relu or .*"gelu_new"/);
  refuses(file({}, { use_attn_scale: 'False' }), /use_attn_scale in its config to be true/);
  for (const scale of ['1.0', '8', 'none']) {
    refuses(
      file({}, { attn_scale: scale }),
      /attn_scale in its config to be .* d_head = 4, 2, got/,
    );
  }
  refuses(file({ 'ln_final.w': zeros(16) }, { normalization_type: 'None' }), /says .* none, but/);
});

test('the usual scale of attention scores may be said', () => {
  for (const scale of ['2.0', '2.0000002', '-1']) {
    const model = readTransformer(file({}, { attn_scale: scale, use_attn_scale: 'True' }), 'm');
    assert.deepEqual(model?.transformer, read('transformer.pt').transformer);
  }
});

test('refuses shapes that do not fit', () => {
  refuses(file({ 'blocks.0.attn.W_K': zeros(2, 16, 5) }), /W_K to be \[H, d, h\] = \[2, 16, 4\]/);
  refuses(file({ 'unembed.W_U': zeros(15, 11) }), /unembed\.W_U to be \[d, O\] = .*got \[15, 11\]/);
  refuses(file({ 'blocks.0.attn.b_Q': zeros(4, 2) }), /b_Q to be \[H, h\] = \[2, 4\]/);
  refuses(file({ 'embed.W_E': zeros(12) }), /embed\.W_E to be \[V, d\], got \[12\]/);
  refuses(
    file({ 'embed.W_E': zeros(14, 16) }),
    /P \+ 1 tokens .* got 14 tokens, 3 places and 11 outputs/,
  );
  refuses(file({ 'pos_embed.W_pos': zeros(1, 16) }), /got 12 tokens, 1 places/);
});

test('refuses weights that are not finite', () => {
  const bad = zeros(16, 11);
  bad.data[7] = Number.NaN;
  refuses(file({ 'unembed.W_U': bad }), /element 7 of unembed\.W_U is NaN/);
});
