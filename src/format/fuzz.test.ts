import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyNetwork } from '../model/network.ts';
import { type Dataset, splits } from '../task/dataset.ts';
import { readDataset, writeDataset } from './csv.ts';
import { readMetrics, writeMetrics } from './metrics.ts';
import { readModel, writeModel } from './model-file.ts';
import { readSafetensors, toFloat32, writeSafetensors } from './safetensors.ts';
import { accepts, damage, damaged, options, readAndCheck } from './test-damage.ts';

const checkpoint = readFileSync(
  new URL('../../test/checkpoints/pytorch-add-p59-noise80.safetensors', import.meta.url),
);
const small = writeModel(
  { ...emptyNetwork(5, 2), U: new Float32Array(10).fill(0.5) },
  { activation: 'relu', seed: '0' },
);

test('a model file with damaged bytes is read whole or refused', () => {
  let refused = 0;
  fc.assert(
    fc.property(damage, (changes) => {
      if (!accepts(() => readAndCheck(damaged(small, changes)))) refused++;
    }),
    options(3000),
  );
  assert.ok(refused > 1000, `only ${refused} of 3000 were damaged enough to test anything`);
});

test('a real checkpoint with a damaged header is read whole or refused', () => {
  const headerEnd = 8 + checkpoint.readUInt32LE(0);
  fc.assert(
    fc.property(damage, (changes) => {
      accepts(() => readAndCheck(damaged(checkpoint, changes, headerEnd)));
    }),
    options(300),
  );
});

test('a model file cut anywhere is refused', () => {
  for (let length = 0; length < small.length; length++) {
    assert.ok(!accepts(() => readModel(small.subarray(0, length), 'f')), `length ${length}`);
  }
});

test('a real checkpoint cut anywhere is refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: checkpoint.length - 1 }), (length) => {
      assert.ok(!accepts(() => readModel(checkpoint.subarray(0, length), 'f')));
    }),
    options(300),
  );
});

test('bytes at random are refused as a model file', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.ok(!accepts(() => readModel(bytes, 'f')));
    }),
    options(1000),
  );
});

test('any JSON for a header is read or refused', () => {
  const size = fc.oneof(fc.nat(8), fc.constantFrom(-1, 0.5, 2 ** 53, 1e308));
  const tensor = fc.record(
    {
      dtype: fc.oneof(fc.constantFrom('F32', 'F64', 'F16', 'BF16', 'I64', 'U8'), fc.string()),
      shape: fc.oneof(fc.array(size, { maxLength: 4 }), fc.jsonValue()),
      data_offsets: fc.oneof(fc.tuple(size, size), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const name = fc.oneof(fc.constantFrom('U', 'V', 'W', '__metadata__', '__proto__'), fc.string());
  const header = fc.dictionary(name, fc.oneof(tensor, fc.jsonValue()));
  fc.assert(
    fc.property(header, fc.nat(32), (object, dataLength) => {
      const text = new TextEncoder().encode(JSON.stringify(object));
      const bytes = new Uint8Array(8 + text.length + dataLength);
      new DataView(bytes.buffer).setUint32(0, text.length, true);
      bytes.set(text, 8);
      accepts(() => readSafetensors(bytes, 'f'));
    }),
    options(2000),
  );
});

test('every tensor that is written reads back bit for bit', () => {
  const float = fc.float({ noNaN: false });
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.array(float), { maxKeys: 5 }),
      fc.dictionary(fc.string(), fc.string(), { maxKeys: 5 }),
      (values, metadata) => {
        fc.pre(!Object.hasOwn(values, '__metadata__'));
        const tensors = new Map(
          Object.entries(values).map(([name, list]) => [
            name,
            { shape: [list.length], data: Float32Array.from(list) },
          ]),
        );
        const file = readSafetensors(writeSafetensors(tensors, metadata), 'f');
        assert.deepEqual({ ...file.metadata }, { ...metadata });
        assert.equal(file.tensors.size, tensors.size);
        for (const [name, { data }] of tensors) {
          const stored = file.tensors.get(name);
          assert.ok(stored);
          assert.deepEqual(toFloat32(stored, name, 'f'), data);
        }
      },
    ),
    options(300),
  );
});

const anyDataset = fc.integer({ min: 3, max: 6 }).chain((modulus) => {
  const label = fc.nat(modulus - 1);
  const row = fc.tuple(fc.nat(modulus * modulus - 1), label, label, fc.nat(splits.length - 1));
  const rows = fc.uniqueArray(row, { minLength: 1, selector: ([pair]) => pair });
  return fc.tuple(rows, fc.boolean()).map(
    ([list, known]): Dataset => ({
      modulus,
      a: Uint16Array.from(list, ([pair]) => Math.floor(pair / modulus)),
      b: Uint16Array.from(list, ([pair]) => pair % modulus),
      label: Uint16Array.from(list, ([, given]) => given),
      trueLabel: known ? Uint16Array.from(list, ([, , truth]) => truth) : null,
      split: Uint8Array.from(list, ([, , , split]) => split),
    }),
  );
});

test('every data set that is written reads back the same', () => {
  fc.assert(
    fc.property(anyDataset, (dataset) => {
      assert.deepEqual(readDataset(writeDataset(dataset), dataset.modulus, 'f'), dataset);
    }),
    options(300),
  );
});

const character = fc.constantFrom(',', '"', '\n', '\r', ' ', '-', '.', '5', 'e', '\0', '\uFEFF');
const edits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(2), character), {
  maxLength: 4,
});

function edited(text: string, list: [number, number, string][]): string {
  return list.reduce((before, [where, removed, put]) => {
    const at = Math.floor(where * before.length);
    return before.slice(0, at) + put + before.slice(at + removed);
  }, text);
}

test('a data set with damaged characters is read whole or refused', () => {
  const table = 'a,b,label,true_label,split\n0,1,4,1,train\n1,1,3,2,validation\n4,0,2,4,test\n';
  const check = (text: string) =>
    accepts(() => {
      const { a, b, label, trueLabel } = readDataset(text, 5, 'f');
      assert.ok([...a, ...b, ...label, ...(trueLabel ?? [])].every((value) => value < 5));
      assert.ok([b, label].every((column) => column.length === a.length));
    });
  fc.assert(
    fc.property(edits, (list) => {
      check(edited(table, list));
    }),
    options(2000),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (rows) => {
      check(`a,b,label\n${rows}`);
    }),
    options(1000),
  );
});

test('metrics with damaged characters are read whole or refused', () => {
  const row = {
    loss: 2.5,
    cleanTrain: 1,
    noisyTrain: 0.5,
    noisyTrue: null,
    validation: 0,
    test: 1e-7,
  };
  const table = writeMetrics([0, 10, 25].map((step) => ({ ...row, step })));
  fc.assert(
    fc.property(edits, (list) => {
      accepts(() => {
        for (const { step, cleanTrain, test } of readMetrics(edited(table, list), 'f')) {
          assert.ok(Number.isSafeInteger(step));
          for (const value of [cleanTrain ?? 0, test ?? 0]) assert.ok(value >= 0 && value <= 1);
        }
      });
    }),
    options(2000),
  );
});

test('a long line of quotes is refused in linear time', () => {
  // 2 MB: a reader that is quadratic in it would run for hours.
  const text = `a,b,label\n${'""'.repeat(1_000_000)}x`;
  assert.ok(!accepts(() => readDataset(text, 5, 'f')));
});
