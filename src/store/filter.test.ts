import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../errors.ts';
import { settingKinds, settingNames } from '../train/setting-kinds.ts';
import { filterFields, formatFilter, parseFilter, runStatuses } from './filter.ts';

const shortForm = (text: string) =>
  parseFilter(text).map(({ field, operator, values }) => [
    `${field.of} ${field.name}`,
    operator,
    values,
  ]);

test('terms are read with their type, in their order', () => {
  assert.deepEqual(shortForm('width>=513 noiseRatio=0.8,.9 status=done tied=true'), [
    ['setting width', '>=', [513]],
    ['setting noiseRatio', '=', [0.8, 0.9]],
    ['run status', '=', ['done']],
    ['setting tied', '=', [true]],
  ]);
  assert.deepEqual(parseFilter(' \n'), []);
});

test('spaces may stand around operators and commas', () => {
  assert.deepEqual(
    shortForm('width >= 513   optimizer = sgd , muon'),
    shortForm('width>=513 optimizer=sgd,muon'),
  );
});

test('quotes hold spaces, commas and quotation marks', () => {
  assert.deepEqual(shortForm(String.raw`name~"my \"first\" run, a\\b" tag=x`), [
    ['run name', '~', ['my "first" run, a\\b']],
    ['run tag', '=', ['x']],
  ]);
});

test('loss is the setting with a name of a loss, and the metric with a number', () => {
  assert.deepEqual(shortForm('loss=mse loss<0.1 loss=none'), [
    ['setting loss', '=', ['mse']],
    ['metric loss', '<', [0.1]],
    ['metric loss', '=', [null]],
  ]);
});

test('the comma of a linear task belongs to it', () => {
  assert.deepEqual(shortForm('task=linear:2,3,add,linear:1,-1'), [
    ['setting task', '=', ['linear:2,3', 'add', 'linear:1,-1']],
  ]);
});

test('none stands for no value, unless it is quoted', () => {
  assert.deepEqual(shortForm('dataset!=none sweep="none" batchSize=none,32'), [
    ['setting dataset', '!=', [null]],
    ['run sweep', '=', ['none']],
    ['setting batchSize', '=', [null, 32]],
  ]);
});

test('a day is the whole local day, with Z that of UTC; a minute lasts a minute', () => {
  const spanOf = (text: string) => parseFilter(text)[0].values[0];
  assert.deepEqual(spanOf('created=2026-02-28'), {
    from: new Date(2026, 1, 28).getTime(),
    until: new Date(2026, 2, 1).getTime(),
  });
  assert.deepEqual(spanOf('created>2026-02-28Z'), {
    from: Date.UTC(2026, 1, 28),
    until: Date.UTC(2026, 2, 1),
  });
  const minute = Date.UTC(2026, 1, 28, 14, 30);
  assert.deepEqual(spanOf('created>2026-02-28T14:30Z'), { from: minute, until: minute + 60_000 });
});

const refusals: [string, RegExp][] = [
  ['widht>=513', /position 1: expected a field .*, got "widht"\. Did you mean width\?\n {2}widht>/],
  ['noise-ratio=1', /Did you mean noiseRatio\?/],
  ['seed=1 width', /position 13: expected one of = != < <= > >= after width, it ends there/],
  ['width==5', /position 7: expected a number for width, got "=5"/],
  ['width=', /position 7: expected a number for width, it ends there/],
  ['width=5,', /position 9: expected a number for width, it ends there/],
  ['width=wide', /position 7: expected a number for width, got "wide"/],
  ['width=0x10', /expected a number/],
  ['width=1e999', /expected a number/],
  ['width=none', /expected a number for width, got "none"/],
  ['width~5', /position 6: expected one of = != < <= > >= for width, got "~"/],
  ['width>5,6', /position 9: expected one value after >, got "6"/],
  ['test>none', /position 6: expected = or != with none, not >/],
  ['tied=yes', /expected true or false for tied, got "yes"/],
  ['status=don', /expected queued, running, done, failed, stopped for status, got "don"\. Did/],
  ['loss=ms', /expected cross-entropy, mse for loss, got "ms"/],
  ['name<5', /expected one of = != ~ for name, got "<"/],
  ['name=""', /expected text for name/],
  ['name="open', /A quotation mark is never closed\./],
  ['hash=xyz', /expected the first hexadecimal digits of a hash, or none, for hash, got "xyz"/],
  ['created>2026-02-30', /expected a day or time such as 2026-11-26/],
  ['created>2026-13-01', /expected a day or time/],
  ['constructor=1', /expected a field/],
  ['>=5', /position 1: expected a field such as width, got ">=5"/],
];

for (const [text, message] of refusals) {
  test(`refuses ${text}`, () => {
    assert.throws(
      () => parseFilter(text),
      (error: Error) => {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('the caret of an error stands beneath the place', () => {
  assert.throws(() => parseFilter('seed=1 widht=2'), {
    message: /\n {2}seed=1 widht=2\n {9}\^$/,
  });
});

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('none', 'a,b', '"', '\\', ' ', 'linear:2,3', 'true'),
);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const valueOfType: Record<string, fc.Arbitrary<unknown>> = {
  integer: number,
  number,
  boolean: fc.boolean(),
  text,
};

/** Any term that is about a setting: name, operator, values. */
const settingTerm = fc
  .constantFrom(...settingNames.filter((name) => name !== 'loss'))
  .chain((name) => {
    const { type, choices, nullable } = settingKinds[name];
    const value = type === 'choice' ? fc.constantFrom(...choices) : valueOfType[type];
    const operators = type === 'text' ? ['=', '!=', '~'] : ['=', '!='];
    const isOrdered = type === 'integer' || type === 'number';
    const several = fc.record({
      operator: fc.constantFrom(...operators),
      values: fc.array(value, { minLength: 1, maxLength: 3 }),
    });
    const orNone = fc.record({
      operator: fc.constantFrom('=', '!='),
      values: fc.array(fc.option(value), { minLength: 1, maxLength: 3 }),
    });
    const ordered = fc.record({
      operator: fc.constantFrom('<', '<=', '>', '>='),
      values: fc.tuple(value),
    });
    const terms = [several, ...(nullable ? [orNone] : []), ...(isOrdered ? [ordered] : [])];
    const field = {
      of: 'setting',
      name,
      type: type === 'integer' ? 'number' : type,
    };
    return fc.oneof(...terms).map((term) => ({ field, ...term }));
  });

test('what is written out is read back as the same', () => {
  fc.assert(
    fc.property(fc.array(settingTerm, { maxLength: 4 }), (terms) => {
      const filter = terms as unknown as ReturnType<typeof parseFilter>;
      assert.deepEqual(parseFilter(formatFilter(filter)), positiveZero(filter));
    }),
    { numRuns: 500, seed: 1 },
  );
  for (const written of [
    'created=2026-02-28',
    'created<2026-02-28T10:00',
    'created!=2026-02-28T10:00:59Z',
    `status=${runStatuses.join(',')}`,
    'loss=mse loss<=0.25 tag=none,"none"',
  ]) {
    const filter = parseFilter(written);
    assert.deepEqual(parseFilter(formatFilter(filter)), filter, written);
  }
});

/** −0 is written as 0. */
function positiveZero<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

test('any text is either a filter or refused in one sentence with its place', () => {
  const part = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom(...filterFields, '=', '!=', '>=', '~', ',', ' ', '"', '0.5', 'none', 'done'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      try {
        parseFilter(parts.join(''));
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, /^Filter, position \d+: expected /);
        assert.equal(error.message.split('\n').length, 3);
      }
    }),
    { numRuns: 500, seed: 2 },
  );
});
