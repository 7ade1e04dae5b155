/** `undertone audit` through the command line. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AuditReport } from '../src/audit/index.ts';
import { csvTable } from '../src/audit/test-tables.ts';
import { inFolder, undertone } from './run-undertone.ts';

const example = fileURLToPath(new URL('../examples/transposition.csv', import.meta.url));

test('the example: the rule is found at 37 % wrong labels, every one is named and repaired', async () => {
  await inFolder(async (folder) => {
    const { code, stdout } = await undertone(folder, 'audit', example, '--json', '--threads', '2');
    assert.equal(code, 0);
    const report: AuditReport = JSON.parse(stdout);
    assert.equal(report.rule?.text, 'c = a + b (mod 12)');
    assert.ok((report.scores?.precision ?? 0) === 1 && report.scores?.recall === 1);
    assert.equal(report.scores?.filled, 1);
    const [first] = report.rows;
    assert.ok(first.likelyWrong && (first.wrong ?? 0) > 0.99 && (first.confidence ?? 0) > 0.99);

    const repaired = readFileSync(join(folder, 'audit', 'transposition', 'repaired.csv'), 'utf8');
    const [header, ...rows] = repaired.trimEnd().split('\n');
    assert.equal(header, 'note,interval,gives,true_label,original_label,p_wrong,p_right');
    assert.equal(rows.length, 144);
    for (const row of rows) {
      const [, , label, truth] = row.split(',');
      assert.equal(label, truth, row);
    }
    checkProbabilities(rows, report);
    const picture = readFileSync(join(folder, 'audit', 'transposition', 'table.svg'), 'utf8');
    assert.match(picture, /^<svg .*c = a \+ b \(mod 12\)/);
  });
});

/** p_wrong is that of the label as it was, p_right that of the label which is in the row now. */
function checkProbabilities(rows: readonly string[], report: AuditReport): void {
  let replaced = 0;
  for (const line of rows) {
    const [a, b, label, , original, wrong, right] = line.split(',');
    const is = (one: { a: string; b: string }) => one.a === a && one.b === b;
    const row = report.rows.find((one) => is(one) && one.label === original);
    const missing = report.missing.find(is);
    const expected =
      row === undefined
        ? missing?.confidence
        : row.likelyWrong
          ? row.confidence
          : 1 - (row.wrong ?? Number.NaN);
    // Four digits, and below 1 what is less than it.
    assert.ok(Math.abs(Number(right) - (expected ?? Number.NaN)) <= 1e-4, line);
    assert.equal(wrong === '', original === '', line);
    if (row !== undefined) assert.ok(Math.abs(Number(wrong) - (row.wrong ?? 0)) <= 1e-4, line);
    if (label !== original) replaced++;
  }
  assert.ok(replaced > 40, String(replaced));
}

test('the README shows what the example prints', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, sample] = readme.split('$ npx undertone audit examples/transposition.csv\n');
  const expected = sample.slice(0, sample.indexOf('```')).trimEnd().split('\n');
  await inFolder(async (folder) => {
    const { stdout } = await undertone(folder, 'audit', example, '--threads', '1');
    const printed = stdout.split('\n');
    let line = 0;
    let isCut = false;
    for (const text of expected) {
      if (text === '…') {
        isCut = true;
        continue;
      }
      const at = printed.indexOf(text, line);
      assert.ok(at >= 0, `not printed: ${text}`);
      assert.ok(isCut || line === 0 || at === line, `cut without …: before ${text}`);
      line = at + 1;
      isCut = false;
    }
  });
});

test('a table with a mistyped a is audited without it, and its repaired table keeps all rows', async () => {
  await inFolder(async (folder) => {
    const [header, ...rows] = csvTable({ modulus: 11, noiseRatio: 0.2, seed: 5, withTruth: false })
      .trimEnd()
      .split('\n');
    const symbols = rows.map((row) => row.replaceAll(/\d+/g, 's$&').split(','));
    symbols[48][0] = 'S4';
    symbols[48][2] = '';
    symbols[70][0] = '?\u001b[31m';
    symbols[71][2] = '';
    symbols[90][1] = `q${'x'.repeat(78)}`;
    symbols[90][2] = '';
    writeFileSync(
      join(folder, 't.csv'),
      `${[header, ...symbols.map((row) => row.join())].join('\n')}\n`,
    );
    const { code, stdout } = await undertone(folder, 'audit', 't.csv', '--threads', '1');
    assert.equal(code, 0);
    assert.match(stdout, /Rule found: c = a \+ b \(mod 11\)/);
    assert.match(
      stdout,
      /Warning: probably the same, and read so: "S4" as "s4"; set aside as odd: "\?\uFFFD\[31m" \(a, 1 row/,
    );
    assert.ok(!stdout.includes('\u001b') && !stdout.includes('x'.repeat(30)));
    // The place of every symbol is its number, and the example says so.
    const [, a, b, c] = /so s(\d+), s(\d+) gives s(\d+)\./.exec(stdout)?.map(Number) ?? [];
    assert.ok(a > 0 && b > 0 && a + b >= 11 && (a + b) % 11 === c, stdout);
    const repaired = readFileSync(join(folder, 'audit', 't', 'repaired.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    assert.equal(repaired.length, 122);
    assert.match(repaired[49], /^S4,s4,s8,,,/);
    assert.match(repaired[71].replace('\u001b', 'ESC'), /^\?ESC\[31m,s4,s\d+,s\d+,,$/);
    assert.match(repaired[91], /^s8,qx+,,,,$/);
  });
});

test('the same file and seed give the same output; a second audit takes another folder', async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 't.csv'), csvTable({ modulus: 7, noiseRatio: 0.2, seed: 5 }));
    const first = await undertone(folder, 'audit', 't.csv', '--json', '--threads', '1');
    const second = await undertone(folder, 'audit', 't.csv', '--json', '--threads', '2');
    assert.equal(first.code, 0);
    assert.equal(second.stdout.replaceAll('t-2', 't'), first.stdout);
    assert.deepEqual(readdirSync(join(folder, 'audit')), ['t', 't-2']);
  });
});

test('where no rule is significant it cannot tell: exit code 1, no row flagged, nothing written', async () => {
  await inFolder(async (folder) => {
    const noise = { modulus: 11, noiseRatio: 1, noiseKind: 'uniform-all', seed: 1 } as const;
    writeFileSync(join(folder, 't.csv'), csvTable(noise));
    const { code, stdout } = await undertone(folder, 'audit', 't.csv', '--threads', '1');
    assert.equal(code, 1);
    assert.match(stdout, /Cannot tell\. None of 1,100 rules is significant/);
    assert.match(stdout, /No row is flagged\. If .* --order/);
    assert.ok(!existsSync(join(folder, 'audit')));
  });
});

test('--order finds what the order of appearance hides', async () => {
  await inFolder(async (folder) => {
    const symbols = ['fri', 'mon', 'sat', 'sun', 'thu', 'tue', 'wed', 'xun', 'yun', 'zun', 'aun'];
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'xun', 'yun', 'zun', 'aun'];
    const rows = symbols.flatMap((a) =>
      symbols.map((b) => `${a},${b},${days[(days.indexOf(a) + days.indexOf(b)) % 11]}`),
    );
    writeFileSync(join(folder, 't.csv'), `a,b,label\n${rows.join('\n')}\n`);
    writeFileSync(join(folder, 'order.txt'), `${days.join('\r\n')}\r\n`);
    const hidden = await undertone(folder, 'audit', 't.csv', '--threads', '1');
    assert.equal(hidden.code, 1);
    const given = await undertone(
      folder,
      'audit',
      't.csv',
      '--order',
      'order.txt',
      '--threads',
      '1',
    );
    assert.equal(given.code, 0);
    assert.match(given.stdout, /Rule found: c = a \+ b \(mod 11\)/);
    assert.match(given.stdout, /0 of 121 labels are likely wrong/);
  });
});

describe('tables that tell nothing or are none', () => {
  const cases: [name: string, csv: string, code: number, says: RegExp, ...args: string[]][] = [
    ['an empty file', '', 2, /it is empty/],
    ['no rows', 'a,b,label\n', 2, /expected rows below the header/],
    ['a single row', 'a,b,label\nx,y,z\n', 1, /Cannot tell/],
    [
      'two symbols',
      'a,b,label\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n',
      1,
      /2 symbols has too few cells .*\nNo row is flagged\.\n/,
    ],
    ['no label at all', 'a,b,label\nx,y,\n', 2, /every label/],
    ['a missing a', 'a,b,label\n,y,z\n', 2, /line 2: expected a symbol for a/],
    ['an open quote', 'a,b,label\n"x,y,z\n', 2, /line 2: a quote opens/],
    ['one column', 'a\nx\n', 2, /at least three columns/],
    ['an unknown column', 'a,b,label\nx,y,z\n', 2, /no column "q"/, '--columns', 'a,b,q'],
    ['two columns named', 'a,b,label\nx,y,z\n', 2, /expected three names/, '--columns', 'a,b'],
    [
      'an order that leaves a symbol out',
      'a,b,label\nx,y,x\nw,y,x\n',
      2,
      /missing/,
      '--order',
      'x,z',
    ],
    ['an order that is no file', 'a,b,label\nx,y,x\n', 2, /one symbol a line/, '--order', 'nope'],
    [
      '600 symbols',
      `a,b,label\n${Array.from({ length: 600 }, (_, i) => `${i},${i},${i}`).join('\n')}\n`,
      2,
      /expected at most 257 symbols, got 600/,
    ],
    [
      '5,000 symbols',
      `a,b,label\n${Array.from({ length: 5000 }, (_, i) => `s${i},y,z`).join('\n')}\n`,
      2,
      /line 1026: expected at most 1024 different symbols/,
    ],
  ];
  for (const [name, csv, code, says, ...args] of cases) {
    test(name, async () => {
      await inFolder(async (folder) => {
        writeFileSync(join(folder, 't.csv'), csv);
        const result = await undertone(folder, 'audit', 't.csv', ...args);
        assert.equal(result.code, code, result.stderr);
        assert.match(result.stdout + result.stderr, says);
        assert.deepEqual(readdirSync(folder), ['t.csv']);
      });
    });
  }
});

test('a pipe, which cannot be read twice, is refused before anything is waited for or trained', {
  skip: process.platform === 'win32' && 'no named pipes in folders on Windows',
}, async () => {
  await inFolder(async (folder) => {
    assert.equal(spawnSync('mkfifo', [join(folder, 'pipe.csv')]).status, 0);
    const { code, stderr } = await undertone(folder, 'audit', 'pipe.csv');
    assert.equal(code, 2);
    assert.match(stderr, /Could not read pipe\.csv: it is a pipe .*; save it as a file first/);
    assert.deepEqual(readdirSync(folder), ['pipe.csv']);
  });
});

test('an occupied folder is refused before anything is trained, and left as it is', async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 't.csv'), csvTable({ modulus: 7, noiseRatio: 0.2, seed: 5 }));
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken', 'mine'), 'x');
    const { code } = await undertone(folder, 'audit', 't.csv', '--out', 'taken');
    assert.equal(code, 2);
    assert.deepEqual(readdirSync(join(folder, 'taken')), ['mine']);
  });
});
