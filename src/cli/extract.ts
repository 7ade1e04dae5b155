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
import { inOwnTokens, orderJson, orderText, reorder } from './unknown-order.ts';

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
      '\nExample:\n  $ undertone extract model.safetensors --dataset rows.csv --task add --activation relu\n  $ undertone extract checkpoint.pt --dataset rows.csv --task add --activation relu\n  $ undertone extract runs/first --basis unknown\n\nExits with 1 where --basis unknown finds no order.',
    )
    .action(runExtract);
}

async function runExtract(path: string, options: ExtractOptions): Promise<void> {
  const transformer = loadTransformerFor(path, options);
  if (transformer !== null) {
    extractFromTransformer(transformer, options);
    return;
  }
  const model = await loadModelFor(path, options);
  const { activation, task } = model;
  if (activation === null) {
    throw new InputError(
      `${path} does not say which activation it was trained with: give --activation relu, quadratic, gelu or reverse-relu.`,
    );
  }
  if (options.save !== undefined) claimFolder(options.save);
  const backend = backendFor(options);
  const isUnknown = options.basis === 'unknown';
  const unknown = isUnknown ? reorder(model, options.level, backend) : null;
  if (unknown !== null && !unknown.recovered.found) {
    const { recovered } = unknown;
    const text = options.json ? JSON.stringify(orderJson(recovered)) : orderText(recovered);
    process.stdout.write(`${text}\n`);
    process.exitCode = 1;
    return;
  }
  const network = unknown?.recovered.reordered ?? model.network;
  const roles = unknown === null ? model.roles : unknown.roles;
  const basis = isUnknown ? 'cyclic' : options.basis;
  const { result, filtration } = extract(network, activation, roles, backend, {
    level: options.level,
    bases: basesFor(basis, network.modulus, task),
  });
  const found = unknown === null ? {} : { unknownOrder: orderJson(unknown.recovered) };
  const text = options.json
    ? JSON.stringify({ ...result, ...found })
    : [
        ...(unknown === null ? [] : [orderText(unknown.recovered), '']),
        extractionText(result),
        '',
        scanText(result.scan),
      ].join('\n');
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
      const own = unknown === null ? part : inOwnTokens(part, unknown.recovered.order);
      writeFileAtomic(join(options.save, name), writeModel(own, metadata));
    }
    process.stderr.write(`Wrote G.safetensors and R.safetensors to ${options.save}\n`);
  }
}
