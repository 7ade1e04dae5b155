/**
 * numpy's scalars in a pickle (`np.float64(2.5)` among the losses of a checkpoint): a dtype, its byte order
 * and the bytes of one number. They become plain numbers; whatever else numpy pickles is refused.
 */
import { kindOf, PickleTuple } from './pickle.ts';
import { quote } from './quote.ts';
import { toFloat32 } from './safetensors.ts';

const scalarNames = ['numpy.core.multiarray.scalar', 'numpy._core.multiarray.scalar'];

/** `_codecs.encode` is how protocol 2 writes bytes: as a text in latin-1. */
export const numpyNames: readonly string[] = ['numpy.dtype', '_codecs.encode', ...scalarNames];

/** A dtype on its way to a scalar: "f8" and the like. BUILD then sets its byte order. */
export class NumpyDtype {
  readonly kind: keyof typeof readers;
  constructor(kind: keyof typeof readers) {
    this.kind = kind;
  }
}

const readers = {
  b1: (view: DataView) => view.getUint8(0) !== 0,
  i1: (view: DataView) => view.getInt8(0),
  u1: (view: DataView) => view.getUint8(0),
  i2: (view: DataView) => view.getInt16(0, true),
  u2: (view: DataView) => view.getUint16(0, true),
  i4: (view: DataView) => view.getInt32(0, true),
  u4: (view: DataView) => view.getUint32(0, true),
  i8: (view: DataView) => plain(view.getBigInt64(0, true)),
  u8: (view: DataView) => plain(view.getBigUint64(0, true)),
  f2: ({ buffer, byteOffset }: DataView) =>
    toFloat32({ dtype: 'F16', shape: [], bytes: new Uint8Array(buffer, byteOffset, 2) }, '', '')[0],
  f4: (view: DataView) => view.getFloat32(0, true),
  f8: (view: DataView) => view.getFloat64(0, true),
};

/** Numbers have 8 bytes at most. A longer text, encoded again and again, would ask for any amount of memory. */
const longestBytes = 16;

type Refuse = (what: string) => never;

/** Calls one of `numpyNames`. */
export function callNumpy(name: string, args: readonly unknown[], refuse: Refuse): unknown {
  if (name === '_codecs.encode') return latin1(args, refuse);
  if (name === 'numpy.dtype') {
    const [kind] = args;
    if (typeof kind === 'string' && Object.hasOwn(readers, kind)) {
      return new NumpyDtype(kind as keyof typeof readers);
    }
    return refuse(
      `it makes a numpy dtype of ${typeof kind === 'string' ? quote(kind) : kindOf(kind)}`,
    );
  }
  const [dtype, bytes] = args;
  if (!(dtype instanceof NumpyDtype && bytes instanceof Uint8Array)) {
    return refuse(`it makes a numpy scalar of ${args.slice(0, 3).map(kindOf).join(' and ')}`);
  }
  if (bytes.length !== Number(dtype.kind[1])) {
    return refuse(`it makes a numpy scalar of ${bytes.length} bytes in ${dtype.kind}`);
  }
  return readers[dtype.kind](new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
}

/** BUILD on a dtype: (3, "<", None, …), of which the byte order alone says something of a number. */
export function isLittleEndianState(state: unknown): boolean {
  const [version, order, ...rest] = state instanceof PickleTuple ? state.items : [];
  return (
    typeof version === 'number' &&
    (order === '<' || order === '|') &&
    rest.every((item) => item === null || typeof item === 'number')
  );
}

function latin1([text, encoding]: readonly unknown[], refuse: Refuse): Uint8Array {
  if (typeof text !== 'string' || encoding !== 'latin1' || text.length > longestBytes) {
    return refuse(`it encodes ${kindOf(text)} other than the few bytes of a number`);
  }
  const codes = Array.from(text, (_, i) => text.charCodeAt(i));
  if (codes.some((code) => code > 255)) return refuse('it encodes a text that is not latin-1');
  return Uint8Array.from(codes);
}

function plain(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
