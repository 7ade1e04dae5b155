/**
 * The test command: brings what the tests need, runs every *.test.ts that needs no GPU with node:test and ends with
 * one line, "N passed, N failed, N skipped". Arguments are globs of test files; default: all of them.
 * In CI nothing may be skipped: a skip then counts as a failure.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { bringTools } from './bring-tools.ts';

const patterns = process.argv.length > 2 ? process.argv.slice(2) : ['{src,test,lab}/**/*.test.ts'];
const files = patterns.flatMap((pattern) => globSync(pattern)).sort();
bringTools(files);
const count = { passed: 0, failed: 0, skipped: 0 };
const skips: string[] = [];

// One file more than cores: some wait for a database or for signs of life.
const stream = run({ files, concurrency: availableParallelism() + 1, timeout: 300_000 });
// Suites and whole files report as tests of their own: count the leaves, and files only where they crash.
const isLeaf = (event: { name: string; details: { type?: string | undefined } }) =>
  event.details.type !== 'suite' && !files.includes(event.name);
stream.on('test:pass', (event) => {
  if (event.skip !== undefined) {
    // A skipped suite reports none of its tests.
    count.skipped++;
    skips.push(`${event.name}: ${event.skip}`);
  } else if (isLeaf(event)) count.passed++;
});
stream.on('test:fail', (event) => {
  if (event.details.type !== 'suite') count.failed++;
});
for await (const text of stream.compose(spec)) process.stdout.write(text);

for (const skip of skips) console.log(`skipped: ${skip}`);
if (process.env.CI === 'true' && count.skipped > 0) {
  console.log('In CI nothing may be skipped: the skips above count as failures.');
  count.failed += count.skipped;
  count.skipped = 0;
}
if (count.passed + count.failed === 0) {
  console.log(`No test found for ${patterns.join(' ')}.`);
  process.exitCode = 1;
}
const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
if (count.failed > 0) process.exitCode = 1;
