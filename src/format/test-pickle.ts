/** Writes pickles for tests, opcode by opcode; and puts one into a file of PyTorch's, either format. */
import { zip } from './test-zip.ts';

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
const u32 = (value: number) => [value, value >> 8, value >> 16, value >> 24].map((x) => x & 255);

export const op = {
  proto: [0x80, 2],
  stop: [0x2e],
  mark: [0x28],
  none: [0x4e],
  no: [0x89],
  list: [0x5d],
  append: [0x61],
  appends: [0x65],
  dict: [0x7d],
  setItem: [0x73],
  setItems: [0x75],
  tuple: [0x74],
  tuple1: [0x85],
  tuple2: [0x86],
  emptyTuple: [0x29],
  reduce: [0x52],
  build: [0x62],
  persid: [0x51],
  memoize: [0x94],
  newobj: [0x81],
  stackGlobal: [0x93],
  int: (value: number) => [0x4a, ...u32(value)],
  text: (value: string) => [0x58, ...u32(bytesOf(value).length), ...bytesOf(value)],
  global: (module: string, name: string) => [0x63, ...bytesOf(`${module}\n${name}\n`)],
  get: (index: number) => [0x6a, ...u32(index)],
};

export function pickle(...parts: number[][]): Uint8Array {
  return Uint8Array.from([op.proto, ...parts, op.stop].flat());
}

/** A storage of single precision, as a pickle asks for it. */
export function storage(key: string, length: number): number[] {
  const id = [op.text('storage'), op.global('torch', 'FloatStorage'), op.text(key)];
  return [op.mark, ...id, op.text('cpu'), op.int(length), op.tuple, op.persid].flat();
}

/** `_rebuild_tensor_v2` of a storage. */
export function tensor(
  from: number[],
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): number[] {
  const tuple = (sizes: readonly number[]) => [op.mark, ...sizes.map(op.int), op.tuple];
  const hooks = [op.global('collections', 'OrderedDict'), op.emptyTuple, op.reduce];
  return [
    ...[op.global('torch._utils', '_rebuild_tensor_v2'), op.mark, from, op.int(offset)],
    ...[...tuple(shape), ...tuple(strides), op.no, ...hooks, op.tuple, op.reduce],
  ].flat();
}

/** An archive as `torch.save` writes it. */
export function torchZip(
  content: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  byteorder = 'little',
): Uint8Array {
  return zip([
    { name: 'x/data.pkl', content },
    { name: 'x/byteorder', content: Uint8Array.from(bytesOf(byteorder)) },
    ...Object.entries(storages).map(([key, bytes]) => ({ name: `x/data/${key}`, content: bytes })),
  ]);
}

/** The old format. */
export function torchLegacy(content: Uint8Array, littleEndian = true): Uint8Array {
  const magic = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  const flag = littleEndian ? [0x88] : op.no;
  return Uint8Array.from([
    ...pickle(magic),
    ...pickle(op.int(1001)),
    ...pickle(op.dict, op.text('little_endian'), flag, op.setItem),
    ...content,
    ...pickle(op.list),
  ]);
}
