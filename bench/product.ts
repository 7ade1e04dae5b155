/**
 * The matrix product's share of the measured peak, for all transpositions, on one thread.
 *
 *   node bench/product.ts [--sizes 512,513,1024,2048] [--rounds 21] [--write]
 *
 * Medians of alternating rounds; each product is measured against the peak of its own round, because
 * clocks change. The last column is the whole call with an array for the result, the others the kernel alone.
 */
import { parseArgs } from 'node:util';
import { loadAddon } from '../src/compute/native/addon.ts';
import { createNativeBackend, nativeInstructionSets } from '../src/compute/native/index.ts';
import { median } from '../src/train/step-speed.ts';
import { machine, markdownTable, publish, warnWhenBusy } from './alternate.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '512,513,1024,2048' },
    rounds: { type: 'string', default: '21' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const { addon } = loadAddon();
if (addon === null) throw new Error('The native kernel is not available.');
const transpositions = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);

/** GFLOP/s of the best of three calls: a call that lost its core to another process doesn't count. */
function speedOf(size: number, multiply: () => void): number {
  const times = [0, 1, 2].map(() => {
    const start = performance.now();
    multiply();
    return performance.now() - start;
  });
  return (2 * size ** 3) / Math.min(...times) / 1e6;
}

warnWhenBusy();
const rows: string[][] = [];
for (const instructionSet of nativeInstructionSets()) {
  const engine = addon.openEngine(instructionSet, 1);
  const backend = createNativeBackend({ instructionSet, threads: 1 });
  for (const size of values.sizes.split(',').map(Number)) {
    const [a, b, c] = [0.5, 0.25, 0].map((value) => new Float32Array(size ** 2).fill(value));
    const products = [
      ...transpositions.map(({ transposeA, transposeB }) => () => {
        addon.multiply(engine, a, b, c, size, size, size, transposeA, transposeB);
      }),
      () => {
        backend.multiply(a, b, size, size, size);
      },
    ];
    const shares = products.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      products.forEach((multiply, i) => {
        const peak = Math.max(addon.peak(engine), addon.peak(engine));
        shares[i].push(speedOf(size, multiply) / peak);
      });
    }
    const percent = shares.map((of) => `${Math.round(100 * median(of))} %`);
    rows.push([`${instructionSet}, ${size}³`, ...percent]);
  }
}
publish(
  'Matrix product',
  [
    `${machine()}, 1 thread. Share of the peak of fused multiply-adds in registers; medians of ${rounds} alternating rounds.`,
    markdownTable([['', 'A·B', 'A·Bᵀ', 'Aᵀ·B', 'Aᵀ·Bᵀ', 'A·B, new result'], ...rows]),
  ].join('\n\n'),
  values.write,
);
