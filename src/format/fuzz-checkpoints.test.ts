/** Other people's files with damage: read whole or refused in one line. No pickle in them gets to run. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { readModel } from './model-file.ts';
import { readTensorFile } from './tensor-file.ts';
import { accepts, damage, damaged, options, readAndCheck } from './test-damage.ts';
import { pickle, torchLegacy, torchZip } from './test-pickle.ts';
import { zip } from './test-zip.ts';
import { readZip, unpack } from './zip.ts';

const folder = new URL('../../test/checkpoints/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => /\.(npz|pth?)$/.test(name) && !name.startsWith('transformer'))
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, folder))) }));

const fail = (problem: string): never => assert.fail(problem);

/** The members of an archive, unpacked, with their right checksums: damage to these isn't found by a sum. */
function unpacked(bytes: Uint8Array) {
  return [...readZip(bytes, fail).values()].map((member) => ({
    name: member.name,
    content: unpack(member, fail),
  }));
}

for (const { name, bytes } of files) {
  test(`${name} with damaged bytes is read whole or refused`, () => {
    fc.assert(
      fc.property(damage, (changes) => {
        accepts(() => readAndCheck(damaged(bytes, changes)));
      }),
      options(300),
    );
  });

  test(`${name} cut anywhere is refused`, () => {
    // Where no storage is used (an object array, a module), refused it is anyway.
    for (let length = 0; length < bytes.length; length += 1 + (length >> 6)) {
      assert.ok(!accepts(() => readModel(bytes.subarray(0, length), 'f')), `length ${length}`);
    }
  });
}

test('damage within the members of an archive is read whole or refused', () => {
  let refused = 0;
  for (const { name, bytes } of files.filter((file) => file.bytes[0] === 0x50)) {
    const members = unpacked(bytes);
    const inner = members.findIndex(({ name }) => /data\.pkl$|\.npy$/.test(name));
    // Of an array only the header: the rest is weights.
    const length = name.endsWith('.npz') ? 128 : members[inner].content.length;
    fc.assert(
      fc.property(damage, (changes) => {
        const content = damaged(members[inner].content, changes, length);
        const changed = members.map((member, i) => (i === inner ? { ...member, content } : member));
        if (!accepts(() => readAndCheck(zip(changed)))) refused++;
      }),
      options(100),
    );
  }
  assert.ok(refused > 500, `only ${refused} were damaged enough to test anything`);
});

test('opcodes at random are read or refused, in both formats', () => {
  const opcode = fc.constantFrom(
    ...[...'(.)NKMJGXUT]aet}suqhrjcQRbioP012'].map((character) => character.charCodeAt(0)),
    ...[0x80, 0x81, 0x82, 0x85, 0x86, 0x87, 0x88, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x93, 0x94, 0x95],
  );
  const bytes = fc.oneof(
    { weight: 3, arbitrary: opcode },
    fc.integer({ min: 0, max: 255 }),
    fc.constant(0),
  );
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 40 }), (list) => {
      accepts(() => readTensorFile(torchZip(pickle(list)), 'f'));
      accepts(() => readTensorFile(torchLegacy(pickle(list)), 'f'));
    }),
    options(3000),
  );
});
