/**
 * The sizes of a one-layer transformer and which way round its matrices lie, both from shapes. Two
 * conventions are in use under the same names: TransformerLens's, [inputs, outputs] with a matrix for each
 * head, and that of Nanda et al.'s notebook, [outputs, inputs] with one W_O for all heads.
 */
import type { Fail } from './zip.ts';

/** V tokens, d the width, n places, H heads of h, m hidden units, O outputs; Hh = H·h. */
type Dimension = 'V' | 'd' | 'n' | 'H' | 'h' | 'm' | 'O' | 'Hh';
type Sizes = Readonly<Record<Dimension, number>>;

/** [rows, columns] as TransformerLens writes them; three dimensions are a matrix for each head. */
const matrices = {
  'embed.W_E': ['V', 'd'],
  'blocks.0.attn.W_Q': ['H', 'd', 'h'],
  'blocks.0.attn.W_K': ['H', 'd', 'h'],
  'blocks.0.attn.W_V': ['H', 'd', 'h'],
  'blocks.0.attn.W_O': ['H', 'h', 'd'],
  'blocks.0.mlp.W_in': ['d', 'm'],
  'blocks.0.mlp.W_out': ['m', 'd'],
} as const satisfies Record<string, readonly Dimension[]>;

/** Those that both conventions write alike. */
const alike = {
  'pos_embed.W_pos': ['n', 'd'],
  'unembed.W_U': ['d', 'O'],
} as const satisfies Record<string, readonly Dimension[]>;

const vectors = {
  'blocks.0.attn.b_Q': ['H', 'h'],
  'blocks.0.attn.b_K': ['H', 'h'],
  'blocks.0.attn.b_V': ['H', 'h'],
  'blocks.0.attn.b_O': ['d'],
  'blocks.0.mlp.b_in': ['m'],
  'blocks.0.mlp.b_out': ['d'],
  'unembed.b_U': ['O'],
  'blocks.0.ln1.w': ['d'],
  'blocks.0.ln1.b': ['d'],
  'blocks.0.ln2.w': ['d'],
  'blocks.0.ln2.b': ['d'],
  'ln_final.w': ['d'],
  'ln_final.b': ['d'],
} as const satisfies Record<string, readonly Dimension[]>;

const documented = { ...matrices, ...alike, ...vectors };
export type TransformerTensor = keyof typeof documented;
export const transformerTensors = Object.keys(documented) as TransformerTensor[];
export type TransformerShapes = ReadonlyMap<TransformerTensor, readonly number[]>;

export interface TransformerLayout {
  readonly sizes: Sizes;
  /** Stored with the last two dimensions swapped. */
  readonly transposed: ReadonlySet<TransformerTensor>;
  /** What was turned, and what could lie either way. */
  readonly notices: readonly string[];
}

/**
 * @param shapes of the tensors that are there; the matrices of the embeddings, the attention and the
 *   unembedding must be.
 */
export function findTransformerLayout(shapes: TransformerShapes, fail: Fail): TransformerLayout {
  const embedding = shapes.get('embed.W_E') ?? [];
  if (embedding.length !== 2) fail(`expected embed.W_E to be [V, d], got ${show(embedding)}`);
  const tried = [embedding[1], embedding[0]].map((d) => sizesOf(shapes, d));
  const misfits = tried.map((sizes) =>
    [...shapes].filter(([name, shape]) => fits(name, shape, sizes) === null),
  );
  const best = misfits[1].length < misfits[0].length ? 1 : 0;
  const sizes = tried[best];
  for (const [name, shape] of misfits[best]) {
    fail(
      `expected ${name} to be ${wantedText(name, sizes)} for d_model = ${sizes.d}, got ${show(shape)}`,
    );
  }
  const fit = new Map([...shapes].map(([name, shape]) => [name, fits(name, shape, sizes)]));
  const named = (kind: string) => [...fit].filter(([, how]) => how === kind).map(([name]) => name);
  const [straight, turned] = [named('documented'), named('transposed')];
  const either = named('either');
  // A square matrix says nothing of itself; the others say whose convention this is.
  const isMatrix = (name: string) => Object.hasOwn(matrices, name);
  const isNotebook = turned.filter(isMatrix).length > straight.filter(isMatrix).length;
  const turnedSquares = isNotebook ? either.filter(isMatrix) : [];
  const notices: string[] = [];
  const list = (names: readonly TransformerTensor[]) =>
    names.map((name) => `${name} ${show(shapes.get(name) ?? [])}`).join(', ');
  if (turned.length > 0) {
    notices.push(
      `Stored the other way round than TransformerLens does it, [outputs, inputs], and turned: ${list(turned)}.`,
    );
  }
  if (either.length > 0) {
    const squares = turnedSquares.length > 0 ? turnedSquares : either;
    notices.push(
      `Square, so that they could lie either way: ${list(squares)}; read as ${isNotebook ? '[outputs, inputs], as the others lie' : 'TransformerLens writes them'}.`,
    );
  }
  return { sizes, transposed: new Set([...turned, ...turnedSquares]), notices };
}

/** The sizes that follow from the width d; 0 where a shape has no room for it. */
function sizesOf(shapes: TransformerShapes, d: number): Sizes {
  const other = (name: TransformerTensor) => {
    const [first = 0, second = 0] = (shapes.get(name) ?? []).slice(-2);
    return second === d ? first : first === d ? second : 0;
  };
  const places = shapes.get('pos_embed.W_pos')?.[0] ?? 0;
  const heads = shapes.get('blocks.0.attn.W_Q')?.[0] ?? 0;
  const headWidth = other('blocks.0.attn.W_Q');
  const embedding = shapes.get('embed.W_E') ?? [];
  return {
    d,
    V: embedding[1] === d ? embedding[0] : embedding[1],
    n: places === d ? other('pos_embed.W_pos') : places,
    H: heads,
    h: headWidth,
    Hh: heads * headWidth,
    m: other('blocks.0.mlp.W_in'),
    O: other('unembed.W_U'),
  };
}

/** W_O of all heads in one matrix. */
const joinedOutput = ['Hh', 'd'] as const;

function dimensionsOf(name: TransformerTensor, shape: readonly number[]): readonly Dimension[] {
  return name === 'blocks.0.attn.W_O' && shape.length === 2 ? joinedOutput : documented[name];
}

/** How a stored shape fits; null where it doesn't. */
function fits(name: TransformerTensor, shape: readonly number[], sizes: Sizes) {
  const wanted = dimensionsOf(name, shape).map((dimension) => sizes[dimension]);
  if (wanted.some((size) => size < 1)) return null;
  const straight = equal(shape, wanted);
  if (Object.hasOwn(vectors, name)) return straight ? 'documented' : null;
  const turned = equal(shape, [...wanted.slice(0, -2), ...wanted.slice(-2).reverse()]);
  if (straight && turned) return 'either';
  return straight ? 'documented' : turned ? 'transposed' : null;
}

function wantedText(name: TransformerTensor, sizes: Sizes): string {
  const dimensions = documented[name];
  const numbers = dimensions.map((dimension) => sizes[dimension] || '?');
  return `[${dimensions.join(', ')}] = [${numbers.join(', ')}]`;
}

function equal(x: readonly number[], y: readonly number[]): boolean {
  return x.length === y.length && x.every((size, i) => size === y[i]);
}

function show(shape: readonly number[]): string {
  return shape.length <= 4 ? `[${shape.join(', ')}]` : `a shape of ${shape.length} dimensions`;
}
