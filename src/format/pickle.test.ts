/** Pickles that ask for more than tensors: each is refused by name, and what it asked for never happens. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { InputError } from '../errors.ts';
import { readModel } from './model-file.ts';
import { op, pickle, storage, tensor, torchLegacy, torchZip } from './test-pickle.ts';

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];

/** Reads the pickle in both formats and as it is; all three refuse it, in one line. */
function refuses(content: Uint8Array, message: RegExp): void {
  const data = { 0: new Uint8Array(24) };
  for (const file of [torchZip(content, data), torchLegacy(content), content]) {
    assert.throws(
      () => readModel(file, 'x.pt'),
      (error) => {
        assert.ok(error instanceof InputError, `${error instanceof Error ? error.stack : error}`);
        assert.match(error.message, message);
        assert.match(error.message, /^x\.pt: [^\n]{10,400}\.$/);
        return true;
      },
    );
  }
}

const asked = (name: string) =>
  new RegExp(
    `it asks for "${name.replace('.', '\\.')}"; nothing was executed \\(save the state_dict with safetensors`,
  );

test('commands in a pickle are refused by name and not run', (t) => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'undertone-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const marker = join(folder, 'marker');
  const command = op.text(`touch ${marker}`);
  const call = [command, op.tuple1, op.reduce];
  refuses(pickle(op.global('os', 'system'), ...call), asked('os.system'));
  refuses(pickle(op.global('posix', 'system'), ...call), asked('posix.system'));
  refuses(pickle(op.global('builtins', 'eval'), ...call), asked('builtins.eval'));
  refuses(pickle(op.text('os'), op.text('system'), op.stackGlobal, ...call), asked('os.system'));
  const memoized = [op.text('os'), op.memoize, op.text('system'), op.memoize, op.get(0), op.get(1)];
  refuses(pickle(...memoized, op.stackGlobal, ...call), asked('os.system'));
  refuses(
    pickle(op.mark, command, [0x69, ...bytesOf('os\nsystem\n')]),
    /opcode INST for "os\.system"; nothing was executed/,
  );
  refuses(pickle(op.mark, op.global('os', 'system'), command, [0x6f]), asked('os.system'));
  // In a state dict that is otherwise in order.
  const good = tensor(storage('0', 6), [6], [1]);
  const entry = [op.text('x'), op.global('os', 'system'), ...call, op.setItem];
  refuses(pickle(op.dict, op.text('U'), good, op.setItem, ...entry), asked('os.system'));
  assert.equal(fs.existsSync(marker), false);
});

test('names near those that are allowed are refused', () => {
  for (const [module, name] of [
    ['torch', 'load'],
    ['torch', 'UntypedStorage'],
    ['torch', 'toString'],
    ['torch.storage', '_load_from_bytes'],
    ['torch._utils', '_rebuild_tensor_v3'],
    ['torch._utils', '__proto__'],
    ['collections', 'OrderedDict.fromkeys'],
    ['numpy.core.multiarray', '_reconstruct'],
    ['x\r', 'FloatStorage'],
  ]) {
    refuses(pickle(op.global(module, name)), /it asks for "/);
  }
});

test('opcodes that make objects are refused by name, whatever they would make', () => {
  const ordered = op.global('collections', 'OrderedDict');
  for (const [opcode, name] of [
    [op.newobj, 'NEWOBJ'],
    [[0x92], 'NEWOBJ_EX'],
    [[0x6f], 'OBJ'],
    [[0x82, 1], 'EXT1'],
    [[0x83, 1, 0], 'EXT2'],
    [[0x84, 1, 0, 0, 0], 'EXT4'],
    [[0x50, ...bytesOf('id\n')], 'PERSID'],
    [[0x8f], 'EMPTY_SET'],
    [[0x97], 'NEXT_BUFFER'],
  ] as const) {
    refuses(
      pickle(ordered, op.emptyTuple, [...opcode]),
      new RegExp(`it has the opcode ${name}; nothing was executed`),
    );
  }
});

test('nothing but builders of tensors and dicts is called, and with nothing but what they take', () => {
  const ordered = op.global('collections', 'OrderedDict');
  const rebuild = op.global('torch._utils', '_rebuild_tensor_v2');
  refuses(pickle(op.text('os'), op.emptyTuple, op.reduce), /it calls a string/);
  refuses(
    pickle(ordered, op.list, op.reduce),
    /calls collections\.OrderedDict with a list for arg/,
  );
  refuses(pickle(ordered, op.dict, op.tuple1, op.reduce), /makes an OrderedDict of a dict/);
  refuses(pickle(op.global('torch', 'FloatStorage'), op.emptyTuple, op.reduce), /calls "torch\.Fl/);
  refuses(pickle(rebuild, op.emptyTuple, op.reduce), /makes a tensor of/);
  refuses(
    pickle(rebuild, op.global('torch', 'FloatStorage'), op.tuple1, op.reduce),
    /a tensor of t/,
  );
});

test('BUILD sets nothing but the versions that an ordered dict carries', () => {
  const good = tensor(storage('0', 6), [6], [1]);
  refuses(pickle(good, op.dict, op.build), /sets the state of a tensor or its storage \(BUILD\)/);
  refuses(
    pickle(op.global('torch', 'FloatStorage'), op.dict, op.build),
    /the state of torch\.Float/,
  );
  refuses(pickle(op.dict, op.text('x'), op.build), /sets the state of a dict/);
  refuses(pickle(good, op.text('k'), op.none, op.setItem), /it sets items of a tensor/);
  refuses(pickle(good, op.none, op.append), /it appends to a tensor/);
});

test('outside objects other than storages are refused', () => {
  refuses(pickle(op.text('http://x'), op.persid), /it asks for an outside object a string/);
  const module = [op.mark, op.text('module'), op.text('a'), op.text('b'), op.tuple, op.persid];
  refuses(pickle(...module), /it asks for an outside object \("module", "a", "b", …\)/);
  refuses(
    pickle(storage('0', -1)),
    /it asks for an outside object \("storage", torch\.FloatStorage/,
  );
});

test('tricks with the memo and the stack are refused', () => {
  refuses(pickle(op.get(5)), /recalls value 5, which is not there/);
  refuses(pickle(), /takes a value that is not there/);
  refuses(pickle(op.tuple), /takes a mark that is not there/);
  refuses(pickle(op.none, op.mark, op.append), /takes a value that is not there/);
  refuses(pickle(op.none, op.none), /more than one value/);
  refuses(pickle(op.dict, op.mark, op.none, op.setItems), /a key without a value/);
  refuses(pickle(op.dict, op.list, op.none, op.setItem), /it has a list as a key/);
  refuses(pickle([0xff]), /unknown opcode 0xff/);
  refuses(pickle([0x58, 255, 255, 255, 255]), /ends within a value/);
  refuses(pickle([0x8d, 255, 255, 255, 255, 255, 255, 255, 255]), /ends within a value/);
  refuses(pickle([0x8b, 255, 255, 255, 0]), /an integer of 16777215 bytes/);
  // A list within itself.
  refuses(pickle(op.list, op.memoize, op.get(0), op.append), /there is no tensor in it|did not/);
});

test('a billion laughs is read in no time: a list of lists of lists, each ten times', () => {
  const levels = [op.list, op.memoize, op.mark, ...Array(10).fill(op.none), op.appends];
  for (let level = 0; level < 50; level++) {
    levels.push(op.list, op.memoize, op.mark, ...Array(10).fill(op.get(level)), op.appends);
  }
  // 51 lists are left on the stack; a tuple takes them.
  refuses(pickle(op.mark, ...levels, op.tuple), /there is no tensor in it|did not write/);
});

test('an ordered dict that is copied without end is refused', () => {
  const pair = [op.text('k'), op.none, op.tuple2, op.memoize];
  const list = [op.list, op.memoize, op.mark, ...Array(1001).fill(op.get(0)), op.appends];
  const copies = Array(101).fill(
    [op.global('collections', 'OrderedDict'), op.get(1), op.tuple1, op.reduce].flat(),
  );
  refuses(
    pickle(op.mark, ...pair, ...list, ...copies, op.tuple),
    /OrderedDicts of more than 100000 pairs/,
  );
});

test('nesting without end neither overflows the stack nor takes long', () => {
  const deep = 100_000;
  const content = new Uint8Array(2 * deep + 2).fill(0x5d, 2).fill(0x61, deep + 2, -1);
  content.set(op.proto);
  content.set(op.stop, 2 * deep + 1);
  assert.throws(() => readModel(torchZip(content), 'x.pt'), {
    name: 'InputError',
    message: /nested more than 64 deep/,
  });
});

test('a pickle of more opcodes than any state dict has is refused', () => {
  const content = new Uint8Array(2_100_000).fill(0x7d);
  content.set([0x80, 2]);
  assert.throws(() => readModel(torchLegacyOf(content), 'x.pt'), {
    name: 'InputError',
    message: /more than 2000000 opcodes/,
  });
});

function torchLegacyOf(content: Uint8Array): Uint8Array {
  const head = torchLegacy(new Uint8Array(0)).slice(0, -4);
  const bytes = new Uint8Array(head.length + content.length);
  bytes.set(head);
  bytes.set(content, head.length);
  return bytes;
}
