#!/usr/bin/env node
// Plain JavaScript that any Node can parse, so that an old one gets a sentence instead of a syntax error.
import { existsSync } from 'node:fs';
import process from 'node:process';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `undertone needs Node 22.18 or newer and was started on ${process.version}: in a checkout use "npx undertone …", which brings its own Node; elsewhere update Node.`,
  );
  process.exit(1);
}
// A checkout runs its sources (Node strips the types); the published package runs what was built.
const source = new URL('../src/cli/main.ts', import.meta.url);
const { main } = await import(
  existsSync(source) ? source.href : new URL('../dist/cli/main.js', import.meta.url).href
);
await main(process.argv);
