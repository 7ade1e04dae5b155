import { createGenerator } from '../task/generator.ts';

/** The rows of a step: indices in rising order, or null for all of them. */
export type BatchOfStep = (step: number) => Uint32Array | null;

/**
 * Mini-batches without replacement: in each epoch every row comes once, in a fresh order. The order of
 * epoch e (from 0) is a shuffle by the stream `batches/e` of the seed, so the batch of a step follows
 * from its number alone and a resumed run needs no generator's state. The last batch of an epoch holds
 * what is left and may be smaller. Within a batch the rows rise, which the kernel's tables like.
 *
 * Where `batchSize` is null or at least `rows`, every step takes all rows.
 */
export function batchesOf(rows: number, batchSize: number | null, seed: number): BatchOfStep {
  if (batchSize === null || batchSize >= rows) return () => null;
  const perEpoch = Math.ceil(rows / batchSize);
  let epoch = -1;
  let order = new Uint32Array(0);
  return (step) => {
    const wanted = Math.floor(step / perEpoch);
    if (wanted !== epoch) {
      epoch = wanted;
      order = createGenerator(seed, `batches/${epoch}`).shuffle(
        Uint32Array.from({ length: rows }, (_, row) => row),
      );
    }
    const first = (step % perEpoch) * batchSize;
    return order.slice(first, first + batchSize).sort();
  };
}
