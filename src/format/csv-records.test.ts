import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvRecords } from './csv-records.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const records = (...chunks: Uint8Array[]) => [...csvRecords(chunks, 't.csv')];

test('reads quotes, CRLF, a byte-order mark, blank lines and line breaks in quotes', () => {
  const text = '\uFEFFa,"b ""x"""\r\n\r\n , \n"c\nd",e\nf,';
  assert.deepEqual(records(bytes(text)), [
    { line: 1, fields: ['a', 'b "x"'] },
    { line: 4, fields: ['c\nd', 'e'] },
    { line: 6, fields: ['f', ''] },
  ]);
});

test('names the line of what is no table', () => {
  const refuses = (chunk: Uint8Array, message: RegExp) =>
    assert.throws(() => records(chunk), { name: 'InputError', message });
  refuses(bytes('a\nb\n"c\nd\n'), /line 3: a quote opens there/);
  refuses(bytes('a\nb"c"\n'), /line 2: a quote/);
  refuses(Uint8Array.of(0x61, 0x0a, 0xff, 0x0a), /UTF-8/);
  refuses(bytes(`a\n"${'x'.repeat(1 << 20)}`), /line 2: expected a row of at most/);
});

test('any fields come back, wherever the bytes are cut', () => {
  const field = fc.oneof(fc.string(), fc.constantFrom('', '"', ',', '\n', '\r\n', ' x ', '"",'));
  fc.assert(
    fc.property(
      fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      (rows, cuts) => {
        const text = rows
          .map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(','))
          .join('\n');
        const all = bytes(text);
        const places = [0, ...cuts.map((cut) => cut % (all.length + 1)), all.length].sort(
          (x, y) => x - y,
        );
        const chunks = places.slice(1).map((end, i) => all.subarray(places[i], end));
        const expected = rows.filter((row) => row.some((each) => each.trim() !== ''));
        assert.deepEqual(
          records(...chunks).map(({ fields }) => fields),
          expected,
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('any bytes are read or refused in one sentence', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (chunk) => {
      try {
        records(chunk);
      } catch (error) {
        assert.equal((error as Error).name, 'InputError');
      }
    }),
    { numRuns: 2000 },
  );
});
