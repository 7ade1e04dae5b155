/** `scan` and `extract` where MODEL is a one-layer transformer. */
import process from 'node:process';
import { extractTransformer, scanLogits, transformerTable } from '../analysis/index.ts';
import { InputError } from '../errors.ts';
import type { LoadedTransformer } from './load-transformer.ts';
import type { ModelOptions } from './model-options.ts';
import { backendFor } from './options.ts';
import { transformerScanText, transformerText } from './transformer-text.ts';

/** Prints what the scan finds; exit code 1 where no rule is significant. */
export function scanTransformer(
  { transformer, activation, roles }: LoadedTransformer,
  options: ModelOptions & { readonly shifts: boolean; readonly basis?: string },
): void {
  if (options.basis !== undefined && !['cyclic', 'auto'].includes(options.basis)) {
    throw new InputError(
      `--basis ${options.basis} is for networks of two layers: a transformer is scanned in the cyclic order of its tokens.`,
    );
  }
  const backend = backendFor(options);
  const { logits } = transformerTable(transformer, activation, backend);
  const { level, shifts } = options;
  const result = scanLogits(logits, transformer.modulus, roles, backend, { level, shifts });
  print(options.json ? JSON.stringify(result) : transformerScanText(result));
  if (!result.significant) process.exitCode = 1;
}

/** Prints what each method knows. */
export function extractFromTransformer(
  { transformer, activation, roles }: LoadedTransformer,
  options: ModelOptions & { readonly save?: string },
): void {
  if (options.save !== undefined) {
    throw new InputError(
      '--save writes the parts of a network of two layers: leave it out for a transformer.',
    );
  }
  const { level } = options;
  const result = extractTransformer(transformer, activation, roles, backendFor(options), { level });
  print(
    options.json
      ? JSON.stringify(result)
      : `${transformerText(result)}\n\n${transformerScanText(result.scan)}`,
  );
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
