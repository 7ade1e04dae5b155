/**
 * One-layer transformers in a file of tensors, by the names that TransformerLens and Nanda et al.'s notebook
 * share (`embed.W_E`, `blocks.0.attn.W_Q`, …).
 */
import { InputError } from '../errors.ts';
import { type Activation, activations } from '../model/network.ts';
import type { Normalization, OneLayerTransformer } from '../model/one-layer-transformer.ts';
import { quote } from './quote.ts';
import { type StoredTensor, toFloat32, toFloat64 } from './safetensors.ts';
import { holdsTransformer, withoutPrefix } from './state-dict.ts';
import { readTensorFile } from './tensor-file.ts';
import {
  findTransformerLayout,
  type TransformerLayout,
  type TransformerTensor,
  transformerTensors,
} from './transformer-layout.ts';
import type { Fail } from './zip.ts';

export interface TransformerModel {
  readonly transformer: OneLayerTransformer;
  /** φ where the file names it, else null. */
  readonly activation: Activation | null;
  /** Sentences on how the file was read. */
  readonly notices: readonly string[];
}

const required: readonly TransformerTensor[] = [
  'embed.W_E',
  'pos_embed.W_pos',
  'blocks.0.attn.W_Q',
  'blocks.0.attn.W_K',
  'blocks.0.attn.W_V',
  'blocks.0.attn.W_O',
  'unembed.W_U',
];

/** As in a run's settings: beyond it the table of all P² rows of logits passes 4 GB. */
const largestModulus = 1024;

/** TransformerLens's default. */
const defaultEpsilon = 1e-5;

/**
 * Reads a one-layer transformer; null for a file that holds none. The sizes follow from the shapes, and so
 * does the sequence: P + 1 tokens in three places are "a b =" with "=" token P, P tokens in two are "a b".
 * An output for "=" is left out. Causal masks and other buffers are skipped: the last place sees all.
 *
 * @throws InputError for a damaged file, missing or unknown tensors (another layer, a gate, rotary
 *   positions), shapes that don't fit, P outside 3…1024, weights that aren't finite in single precision.
 */
export function readTransformer(bytes: Uint8Array, filename: string): TransformerModel | null {
  const file = readTensorFile(bytes, filename);
  if (!holdsTransformer(file.tensors.keys())) return null;
  const fail = (problem: string): never => {
    throw new InputError(`${filename}: ${problem}.`);
  };
  const notices = [...file.notices];
  const tensors = withoutPrefix(file.tensors, notices, fail);
  checkNames(tensors, fail);
  const shapes = new Map(
    transformerTensors.flatMap((name) => {
      const tensor = tensors.get(name);
      return tensor === undefined ? [] : [[name, tensor.shape] as const];
    }),
  );
  const layout = findTransformerLayout(shapes, fail);
  notices.push(...layout.notices);
  const sequence = sequenceOf(layout.sizes, fail);
  const rounded: TransformerTensor[] = [];
  const read = reader(tensors, layout, rounded, filename, fail);
  const config = configOf(file.metadata, layout.sizes.h, fail);
  const transformer = assemble(read, layout, sequence, config.normalization, shapes, fail);
  notices.push(...sequence.notices);
  if (rounded.length > 0) {
    notices.push(`${rounded.join(', ')}: double precision, rounded to single.`);
  }
  return { transformer, activation: config.activation, notices };
}

/** Causal masks, the number that masks with, and the like: no weights. */
const buffers = /\.(mask|IGNORE)$/;

function checkNames(tensors: ReadonlyMap<string, StoredTensor>, fail: Fail): void {
  const missing = required.filter((name) => !tensors.has(name));
  if (missing.length > 0) {
    fail(`expected a one-layer transformer with ${required.join(', ')}, missing: ${missing[0]}`);
  }
  const known = new Set<string>(transformerTensors);
  for (const [name, { dtype }] of tensors) {
    if (known.has(name) || buffers.test(name) || !/^B?F\d/.test(dtype)) continue;
    if (/^blocks\.[1-9]/.test(name)) {
      fail(`expected a transformer of one layer, but there is a tensor ${quote(name)}`);
    }
    fail(
      `expected a transformer of embedding, positions, one attention, one MLP and unembedding, but there is a tensor ${quote(name)} as well, which would change what it computes`,
    );
  }
  const has = (name: TransformerTensor) => tensors.has(name);
  if (has('blocks.0.mlp.W_in') !== has('blocks.0.mlp.W_out')) {
    fail('expected blocks.0.mlp.W_in and blocks.0.mlp.W_out together, there is one of them');
  }
}

interface Sequence {
  readonly modulus: number;
  /** Whether "=" follows the two tokens. */
  readonly equals: boolean;
  readonly notices: readonly string[];
}

function sequenceOf({ V, n, O }: TransformerLayout['sizes'], fail: Fail): Sequence {
  const equals = n >= 3;
  const modulus = equals ? V - 1 : V;
  if (n < 2 || (O !== modulus && O !== V)) {
    return fail(
      `expected P + 1 tokens and three places (“a b =”) or P tokens and two (“a b”), with an output for each of the P results, got ${V} tokens, ${n} places and ${O} outputs`,
    );
  }
  if (modulus < 3 || modulus > largestModulus) {
    fail(`expected a modulus from 3 to ${largestModulus}, the shapes say P = ${modulus}`);
  }
  const unused = O > modulus ? '; its output for “=” is left out' : '';
  const places = n > 3 ? `; ${n - 3} more places are not used` : '';
  return {
    modulus,
    equals,
    notices: [
      equals
        ? `A one-layer transformer for P = ${modulus}, read at “=” (token ${modulus}) of “a b =”${unused}${places}.`
        : `A one-layer transformer for P = ${modulus}, read at b of “a b”.`,
    ],
  };
}

type NormalizationKind = 'none' | 'layer' | 'rms';

interface Config {
  readonly activation: Activation | null;
  /** What the file says of layer norms; null where it says nothing. */
  readonly normalization: { readonly kind: NormalizationKind; readonly epsilon: number } | null;
}

const normalizations: Readonly<Record<string, NormalizationKind>> = {
  none: 'none',
  ln: 'layer',
  lnpre: 'layer',
  rms: 'rms',
  rmspre: 'rms',
};

/** What the config says of how weights are used; what we don't compute is refused by its name. */
function configOf(
  metadata: Readonly<Record<string, string>>,
  headWidth: number,
  fail: Fail,
): Config {
  const entry = (...names: string[]) => {
    const name = names.find((one) => Object.hasOwn(metadata, one));
    return name === undefined ? null : { name, value: metadata[name].toLowerCase() };
  };
  const must = (wanted: readonly string[], ...names: string[]) => {
    const found = entry(...names);
    if (found !== null && !wanted.includes(found.value)) {
      fail(
        `expected ${found.name} in its config to be ${wanted.join(' or ')}, got ${quote(found.value)}`,
      );
    }
    return found?.value ?? null;
  };
  must(['false'], 'parallel_attn_mlp');
  must(['standard'], 'positional_embedding_type');
  must(['true'], 'use_attn_scale');
  checkAttentionScale(metadata, headWidth, fail);
  const named = must(activations, 'act_fn', 'act_type', 'activation');
  const kind = must(Object.keys(normalizations), 'normalization_type');
  const epsilon = Number(metadata.eps ?? defaultEpsilon);
  if (!(epsilon > 0)) fail(`expected eps in its config to be positive, got ${metadata.eps}`);
  return {
    activation: activations.find((one) => one === named) ?? null,
    normalization: kind === null ? null : { kind: normalizations[kind], epsilon },
  };
}

/** What attention scores are divided by: √d_head, which TransformerLens also writes as −1 before it is computed. */
function checkAttentionScale(
  metadata: Readonly<Record<string, string>>,
  headWidth: number,
  fail: Fail,
): void {
  if (!Object.hasOwn(metadata, 'attn_scale')) return;
  const scale = Number(metadata.attn_scale);
  const usual = Math.sqrt(headWidth);
  // The root in single precision is meant, too.
  if (scale === -1 || Math.abs(scale - usual) <= 2 ** -22 * usual) return;
  fail(
    `expected attn_scale in its config to be the square root of d_head = ${headWidth}, ${usual}, got ${quote(metadata.attn_scale)}`,
  );
}

type Reader = (name: TransformerTensor) => Float32Array | null;

/**
 * Reads tensors to single precision, each matrix [inputs, outputs]; null for one that is not there. Names
 * those that lost precision in `rounded`.
 */
function reader(
  tensors: ReadonlyMap<string, StoredTensor>,
  { transposed }: TransformerLayout,
  rounded: TransformerTensor[],
  filename: string,
  fail: Fail,
): Reader {
  return (name) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) return null;
    const single = toFloat32(tensor, name, filename);
    const bad = single.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      fail(
        `expected finite weights in single precision, element ${bad} of ${name} is ${single[bad]} (a training that diverged?)`,
      );
    }
    if (tensor.dtype === 'F64') {
      const double = toFloat64(tensor, name, filename);
      if (double.some((value, i) => value !== single[i])) rounded.push(name);
    }
    if (!transposed.has(name)) return single;
    const [rows, columns] = tensor.shape.slice(-2);
    return swapped(single, rows, columns);
  };
}

/** The transpose of every [rows, columns] block. */
function swapped(values: Float32Array, rows: number, columns: number): Float32Array {
  const size = rows * columns;
  return Float32Array.from(values, (_, i) => {
    const [block, inside] = [i - (i % size), i % size];
    return values[block + (inside % rows) * columns + Math.floor(inside / rows)];
  });
}

function assemble(
  read: Reader,
  { sizes }: TransformerLayout,
  { modulus, equals }: Sequence,
  normalization: Config['normalization'],
  shapes: ReadonlyMap<TransformerTensor, readonly number[]>,
  fail: Fail,
): OneLayerTransformer {
  const { d, H, h, Hh, m, O } = sizes;
  const matrix = (name: TransformerTensor) => read(name) ?? fail(`${name} is missing`);
  const bias = (name: TransformerTensor, length: number) => read(name) ?? new Float32Array(length);
  const tokens = matrix('embed.W_E');
  // [H, d, h] → [d, H·h]
  const perHead = (name: TransformerTensor) => {
    const stored = matrix(name);
    return Float32Array.from(stored, (_, i) => {
      const [row, head, column] = [Math.floor(i / Hh), Math.floor((i % Hh) / h), i % h];
      return stored[(head * d + row) * h + column];
    });
  };
  const unembedding = matrix('unembed.W_U');
  const outputs = (values: Float32Array) => values.filter((_, i) => i % O < modulus);
  const norm = (name: 'blocks.0.ln1' | 'blocks.0.ln2' | 'ln_final'): Normalization | null => {
    const gain = read(`${name}.w`);
    const shift = read(`${name}.b`);
    if (gain === null && shift !== null) return fail(`expected ${name}.w beside ${name}.b`);
    const stored = gain === null ? null : shift === null ? 'rms' : 'layer';
    const said = normalization?.kind ?? stored;
    if (said === null || said === 'none') {
      if (stored !== null) fail(`its config says normalization_type none, but there is ${name}.w`);
      return null;
    }
    if (stored !== null && stored !== said) {
      fail(`its config says a normalization_type that ${name}.w and ${name}.b do not fit`);
    }
    return {
      kind: said,
      gain: gain ?? new Float32Array(d).fill(1),
      bias: shift ?? new Float32Array(d),
      epsilon: normalization?.epsilon ?? defaultEpsilon,
    };
  };
  const hasHidden = shapes.has('blocks.0.mlp.W_in');
  const hiddenWidth = hasHidden ? m : 0;
  return {
    modulus,
    width: d,
    heads: H,
    headWidth: h,
    hiddenWidth,
    tokens: tokens.slice(0, modulus * d),
    equals: equals ? tokens.slice(modulus * d, (modulus + 1) * d) : null,
    positions: matrix('pos_embed.W_pos').slice(0, (equals ? 3 : 2) * d),
    query: perHead('blocks.0.attn.W_Q'),
    key: perHead('blocks.0.attn.W_K'),
    value: perHead('blocks.0.attn.W_V'),
    queryBias: bias('blocks.0.attn.b_Q', Hh),
    keyBias: bias('blocks.0.attn.b_K', Hh),
    valueBias: bias('blocks.0.attn.b_V', Hh),
    attentionOutput: matrix('blocks.0.attn.W_O'),
    attentionOutputBias: bias('blocks.0.attn.b_O', d),
    hidden: hasHidden ? matrix('blocks.0.mlp.W_in') : new Float32Array(0),
    hiddenBias: bias('blocks.0.mlp.b_in', hiddenWidth),
    output: hasHidden ? matrix('blocks.0.mlp.W_out') : new Float32Array(0),
    outputBias: bias('blocks.0.mlp.b_out', d),
    unembedding: outputs(unembedding),
    unembeddingBias: outputs(bias('unembed.b_U', O)),
    attentionNorm: norm('blocks.0.ln1'),
    hiddenNorm: hasHidden ? norm('blocks.0.ln2') : null,
    finalNorm: norm('ln_final'),
  };
}
