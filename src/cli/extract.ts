import { join } from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { extract } from '../analysis/index.ts';
import { InputError } from '../errors.ts';
import { claimFolder, writeFileAtomic, writeModel } from '../format/index.ts';
import { extractionText } from './extraction-text.ts';
import { loadTransformerFor } from './load-transformer.ts';
import { addModelOptions, basesFor, loadModelFor, type ModelOptions } from './model-options.ts';
import { backendFor } from './options.ts';
import { scanText } from './scan-text.ts';
import { extractFromTransformer } from './transformer.ts';

interface ExtractOptions extends ModelOptions {
  readonly save?: string;
}

export function extractCommand(): Command {
  return addModelOptions(
    new Command('extract').description(
      'Every extraction method side by side on one network: what does each know?',
    ),
  )
    .option('--save <dir>', 'write the filtered network G and the residual R there as models')
    .addHelpText(
      'after',
      '\nExample:\n  $ undertone extract model.safetensors --dataset rows.csv --task add --activation relu\n  $ undertone extract checkpoint.pt --dataset rows.csv --task add --activation relu',
    )
    .action(runExtract);
}

function runExtract(path: string, options: ExtractOptions): void {
  const transformer = loadTransformerFor(path, options);
  if (transformer !== null) {
    extractFromTransformer(transformer, options);
    return;
  }
  const { network, activation, roles, settings } = loadModelFor(path, options);
  if (activation === null) {
    throw new InputError(
      `${path} does not say which activation it was trained with: give --activation relu, quadratic, gelu or reverse-relu.`,
    );
  }
  if (options.save !== undefined) claimFolder(options.save);
  const { result, filtration } = extract(network, activation, roles, backendFor(options), {
    level: options.level,
    bases: basesFor(options.basis, network.modulus, settings?.task ?? null),
  });
  const text = options.json
    ? JSON.stringify(result)
    : `${extractionText(result)}\n\n${scanText(result.scan)}`;
  process.stdout.write(`${text}\n`);
  if (options.save !== undefined) {
    const { k1, k2 } = result.filtrationRule;
    const metadata = {
      activation,
      filtration: `energy, joint, k1=${k1}, k2=${k2}, basis ${result.basis}`,
    };
    for (const [name, part] of [
      ['G.safetensors', filtration.G],
      ['R.safetensors', filtration.R],
    ] as const) {
      writeFileAtomic(join(options.save, name), writeModel(part, metadata));
    }
    process.stderr.write(`Wrote G.safetensors and R.safetensors to ${options.save}\n`);
  }
}
