/** Transformers with damage: read whole or refused in one line. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { accepts, damage, damaged, options } from './test-damage.ts';
import { zip } from './test-zip.ts';
import { readTransformer } from './transformer-file.ts';
import { readZip, unpack } from './zip.ts';

const files = [
  'transformer.pt',
  'transformer-legacy.pth',
  'transformer.npz',
  'transformer-checkpoint.pt',
  'transformer-notebook.pth',
].map((name) => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(`../../test/checkpoints/${name}`, import.meta.url))),
}));

/** What the reader accepted must be whole: sizes that fit, finite weights. Null holds no transformer. */
function readAndCheck(bytes: Uint8Array): void {
  const model = readTransformer(bytes, 'f');
  if (model === null) return;
  const t = model.transformer;
  const joined = t.heads * t.headWidth;
  for (const [values, length] of [
    [t.tokens, t.modulus * t.width],
    [t.positions, (t.equals === null ? 2 : 3) * t.width],
    [t.query, t.width * joined],
    [t.attentionOutput, joined * t.width],
    [t.hidden, t.width * t.hiddenWidth],
    [t.hiddenBias, t.hiddenWidth],
    [t.unembedding, t.width * t.modulus],
    [t.unembeddingBias, t.modulus],
  ] as const) {
    assert.equal(values.length, length);
    assert.ok(values.every(Number.isFinite));
  }
}

for (const { name, bytes } of files) {
  test(`${name} with damaged bytes is read whole or refused`, () => {
    fc.assert(
      fc.property(damage, (changes) => {
        accepts(() => readAndCheck(damaged(bytes, changes)));
      }),
      options(150),
    );
  });
}

test('damage to the pickles, where no checksum finds it, is read whole or refused', () => {
  let refused = 0;
  for (const { bytes } of files.filter((file) => /\.pt|notebook/.test(file.name))) {
    if (bytes[0] !== 0x50) continue;
    const fail = (problem: string): never => assert.fail(problem);
    const members = [...readZip(bytes, fail).values()].map((member) => ({
      name: member.name,
      content: unpack(member, fail),
    }));
    const inner = members.findIndex(({ name }) => name.endsWith('data.pkl'));
    fc.assert(
      fc.property(damage, (changes) => {
        const content = damaged(members[inner].content, changes);
        const changed = members.map((member, i) => (i === inner ? { ...member, content } : member));
        if (!accepts(() => readAndCheck(zip(changed)))) refused++;
      }),
      options(150),
    );
  }
  assert.ok(refused > 200, `only ${refused} were damaged enough to test anything`);
});
