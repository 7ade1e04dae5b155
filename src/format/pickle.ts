/**
 * Python's pickles, protocols 2 to 5, read by a machine that can't execute anything: it knows the opcodes
 * that numbers, strings, tuples, lists and dicts are made of. What a pickle asks for beyond them (a name of a
 * module, a call, an outside object) is put to a host, which knows a handful of names and refuses all others.
 */
import { quote } from './quote.ts';
import type { Fail } from './zip.ts';

/** A tuple; a list is an array, a dict a Map. */
export class PickleTuple {
  readonly items: readonly unknown[];
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** A name that a host has let pass. It names a data type or a way to build one and is never run. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Decides what a pickle may ask for. Each returns the value that takes its place, or throws. */
export interface PickleHost {
  readonly global: (name: string) => PickleGlobal;
  readonly call: (callable: PickleGlobal, args: readonly unknown[]) => unknown;
  readonly persistent: (id: unknown) => unknown;
  /** Whether BUILD may set this state of an object, which then is left out: nobody needs it. */
  readonly ignoresState: (object: unknown, state: unknown) => boolean;
}

/** Every opcode makes at most one value, so this bounds memory. An optimizer's state has a few hundred. */
const mostOpcodes = 2_000_000;
/** Python's own numbers have no bound; 64 bytes hold the magic number of PyTorch and all that is sane. */
const longestInteger = 64;

/** Opcodes that would make objects, run code or belong to protocols 0 and 1, by name. */
const refused: Readonly<Record<number, string>> = {
  105: 'INST',
  111: 'OBJ',
  129: 'NEWOBJ',
  146: 'NEWOBJ_EX',
  130: 'EXT1',
  131: 'EXT2',
  132: 'EXT4',
  80: 'PERSID',
  48: 'POP',
  49: 'POP_MARK',
  50: 'DUP',
  70: 'FLOAT',
  73: 'INT',
  76: 'LONG',
  83: 'STRING',
  86: 'UNICODE',
  100: 'DICT',
  103: 'GET',
  108: 'LIST',
  112: 'PUT',
  143: 'EMPTY_SET',
  144: 'ADDITEMS',
  145: 'FROZENSET',
  150: 'BYTEARRAY8',
  151: 'NEXT_BUFFER',
  152: 'READONLY_BUFFER',
};

/**
 * Reads the pickle that begins at `start`.
 *
 * @returns its value and the position after it.
 */
export function unpickle(bytes: Uint8Array, start: number, host: PickleHost, fail: Fail) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const memo = new Map<number, unknown>();
  const marks: number[] = [];
  const stack: unknown[] = [];
  let position = start;

  const take = (length: number): number => {
    if (length > bytes.length - position) fail('its pickle ends within a value (truncated?)');
    position += length;
    return position - length;
  };
  const byte = () => bytes[take(1)];
  const uint32 = () => view.getUint32(take(4), true);
  const length64 = () => {
    const length = view.getBigUint64(take(8), true);
    return length > BigInt(bytes.length) ? bytes.length + 1 : Number(length);
  };
  const raw = (length: number) => {
    const begin = take(length);
    return bytes.subarray(begin, begin + length);
  };
  const text = (length: number) => new TextDecoder().decode(raw(length));
  const line = () => {
    const end = bytes.indexOf(0x0a, position);
    const content = text((end < 0 ? bytes.length + 1 : end) - position);
    position++;
    return content;
  };
  const floor = () => marks.at(-1) ?? 0;
  const pop = (): unknown => {
    if (stack.length <= floor()) fail('its pickle takes a value that is not there');
    return stack.pop();
  };
  const popMark = (): unknown[] => {
    const mark = marks.pop() ?? fail('its pickle takes a mark that is not there');
    return stack.splice(mark);
  };
  const top = (): unknown => {
    if (stack.length <= floor()) fail('its pickle takes a value that is not there');
    return stack[stack.length - 1];
  };
  const tuple = (count: number) => {
    const items: unknown[] = [];
    for (let i = 0; i < count; i++) items.unshift(pop());
    return new PickleTuple(items);
  };
  const remember = (index: number) => memo.set(index, top());
  const recall = (index: number) =>
    memo.has(index)
      ? memo.get(index)
      : fail(`its pickle recalls value ${index}, which is not there`);
  const append = (items: readonly unknown[]) => {
    const list = top();
    if (!Array.isArray(list)) return refuse(`it appends to ${kindOf(list)}`);
    for (const item of items) list.push(item);
  };
  const setItems = (items: readonly unknown[]) => {
    const dict = top();
    if (!(dict instanceof Map)) return refuse(`it sets items of ${kindOf(dict)}`);
    if (items.length % 2 === 1) fail('its pickle has a key without a value');
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (typeof key === 'object' && key !== null) refuse(`it has ${kindOf(key)} as a key`);
      dict.set(key, items[i + 1]);
    }
  };
  const refuse = (what: string): never => refusePickle(what, fail);

  for (let count = 0; count < mostOpcodes; count++) {
    const opcode = byte();
    switch (opcode) {
      case 0x80: {
        const protocol = byte();
        if (protocol > 5) fail(`its pickle has protocol ${protocol}, expected 2 to 5`);
        break;
      }
      case 0x95: // FRAME: a hint for readers of streams
        take(8);
        break;
      case 0x2e: {
        const value = pop();
        if (stack.length > 0) fail('its pickle ends with more than one value');
        return { value, end: position };
      }
      case 0x28: // MARK
        marks.push(stack.length);
        break;

      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
        stack.push(true);
        break;
      case 0x89: // NEWFALSE
        stack.push(false);
        break;
      case 0x4a: // BININT
        stack.push(view.getInt32(take(4), true));
        break;
      case 0x4b: // BININT1
        stack.push(byte());
        break;
      case 0x4d: // BININT2
        stack.push(view.getUint16(take(2), true));
        break;
      case 0x8a: // LONG1
      case 0x8b: {
        const length = opcode === 0x8a ? byte() : uint32();
        if (length > longestInteger) fail(`its pickle has an integer of ${length} bytes`);
        stack.push(integer(raw(length)));
        break;
      }
      case 0x47: // BINFLOAT, the one big-endian number
        stack.push(view.getFloat64(take(8), false));
        break;

      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING
        stack.push(text(uint32()));
        break;
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        stack.push(text(byte()));
        break;
      case 0x8d: // BINUNICODE8
        stack.push(text(length64()));
        break;
      case 0x43: // SHORT_BINBYTES
        stack.push(raw(byte()));
        break;
      case 0x42: // BINBYTES
        stack.push(raw(uint32()));
        break;
      case 0x8e: // BINBYTES8
        stack.push(raw(length64()));
        break;

      case 0x5d: // EMPTY_LIST
        stack.push([]);
        break;
      case 0x61: // APPEND
        append([pop()]);
        break;
      case 0x65: // APPENDS
        append(popMark());
        break;
      case 0x29: // EMPTY_TUPLE
        stack.push(new PickleTuple([]));
        break;
      case 0x74: // TUPLE
        stack.push(new PickleTuple(popMark()));
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        stack.push(tuple(opcode - 0x84));
        break;
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        break;
      case 0x73: // SETITEM
        setItems(tuple(2).items);
        break;
      case 0x75: // SETITEMS
        setItems(popMark());
        break;

      case 0x71: // BINPUT
        remember(byte());
        break;
      case 0x72: // LONG_BINPUT
        remember(uint32());
        break;
      case 0x94: // MEMOIZE
        remember(memo.size);
        break;
      case 0x68: // BINGET
        stack.push(recall(byte()));
        break;
      case 0x6a: // LONG_BINGET
        stack.push(recall(uint32()));
        break;

      case 0x63: // GLOBAL
        stack.push(host.global(`${line()}.${line()}`));
        break;
      case 0x93: {
        const [module, name] = tuple(2).items;
        if (typeof module !== 'string' || typeof name !== 'string') {
          refuse(`it names ${kindOf(module)} and ${kindOf(name)} for a module and its member`);
        }
        stack.push(host.global(`${module}.${name}`));
        break;
      }
      case 0x51: // BINPERSID
        stack.push(host.persistent(pop()));
        break;
      case 0x52: {
        const [callable, args] = tuple(2).items;
        if (!(callable instanceof PickleGlobal)) return refuse(`it calls ${kindOf(callable)}`);
        if (!(args instanceof PickleTuple)) {
          return refuse(`it calls ${callable.name} with ${kindOf(args)} for arguments`);
        }
        stack.push(host.call(callable, args.items));
        break;
      }
      case 0x62: {
        const [object, state] = tuple(2).items;
        if (!host.ignoresState(object, state)) {
          return refuse(`it sets the state of ${kindOf(object)} (BUILD)`);
        }
        stack.push(object);
        break;
      }
      default:
        // INST and its like are followed by what they ask for; the name of the opcode says enough.
        if (Object.hasOwn(refused, opcode)) {
          refuse(
            `it has the opcode ${refused[opcode]}${opcode === 0x69 ? ` for ${quote(`${line()}.${line()}`)}` : ''}`,
          );
        }
        fail(`its pickle has the unknown opcode 0x${opcode.toString(16)} (damaged?)`);
    }
  }
  return fail(`its pickle has more than ${mostOpcodes} opcodes`);
}

/** The one sentence for whatever a state dict has no need of. */
export function refusePickle(what: string, fail: Fail): never {
  return fail(
    `its pickle is more than that: ${what}; nothing was executed (save the state_dict with safetensors instead)`,
  );
}

export function kindOf(value: unknown): string {
  if (value === null) return 'None';
  if (value instanceof PickleGlobal) return value.name;
  if (value instanceof PickleTuple) return 'a tuple';
  if (value instanceof Map) return 'a dict';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a tensor or its storage';
  return typeof value === 'string' ? 'a string' : 'a number';
}

/** Two's complement, little-endian; a number where it is one exactly. */
function integer(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  if (bytes.length > 0 && bytes[bytes.length - 1] & 0x80) value -= 1n << BigInt(8 * bytes.length);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
