import process from 'node:process';
import { Command } from 'commander';
import { scan } from '../analysis/index.ts';
import { InputError } from '../errors.ts';
import type { LoadedModel } from './load-model.ts';
import { loadTransformerFor } from './load-transformer.ts';
import { addModelOptions, basesFor, loadModelFor, type ModelOptions } from './model-options.ts';
import { backendFor } from './options.ts';
import { scanText } from './scan-text.ts';
import { scanTransformer } from './transformer.ts';
import { orderJson, orderText, reorder } from './unknown-order.ts';

interface ScanOptions extends ModelOptions {
  readonly shifts: boolean;
}

export function scanCommand(): Command {
  return addModelOptions(
    new Command('scan').description(
      'Which rule, if any, a network holds, and how sure that is: c = k1·a + k2·b + shift mod P, or the like in another group (multiplication, XOR, products).',
    ),
  )
    .option('--no-shifts', 'scan shift 0 only')
    .addHelpText(
      'after',
      '\nExits with 0 if there is a significant rule, with 1 if there is none.\n\nExample:\n  $ undertone scan model.safetensors --activation relu\n  $ undertone scan checkpoint.pt --activation relu\n  $ undertone scan runs/xor --basis xor\n  $ undertone scan runs/first --basis unknown',
    )
    .action(async (path: string, options: ScanOptions) => {
      const transformer = loadTransformerFor(path, options);
      if (transformer !== null) {
        scanTransformer(transformer, options);
        return;
      }
      const model = await loadModelFor(path, options);
      if (options.basis === 'unknown') scanUnknown(model, options);
      else scanKnown(model, options);
    });
}

function scanKnown(model: LoadedModel, options: ScanOptions): void {
  const { level, shifts } = options;
  const { network, activation, roles, task } = model;
  const bases = basesFor(options.basis, network.modulus, task);
  const { result } = scan(network, activation, roles, backendFor(options), {
    level,
    shifts,
    bases,
  });
  process.stdout.write(`${options.json ? JSON.stringify(result) : scanText(result)}\n`);
  if (!result.significant) process.exitCode = 1;
}

/** In the order that is found; the scan in it says nothing of the search, whose own p decides. */
function scanUnknown(model: LoadedModel, options: ScanOptions): void {
  const { level, json, shifts } = options;
  if (!shifts) {
    throw new InputError(
      '--no-shifts has no meaning with --basis unknown, which finds an order up to shifts; leave one of them out.',
    );
  }
  const backend = backendFor(options);
  const { recovered, roles } = reorder(model, level, backend);
  const { found, reordered } = recovered;
  const result = found ? scan(reordered, model.activation, roles, backend, { level }).result : null;
  const text = json
    ? JSON.stringify({ ...orderJson(recovered), scan: result })
    : [orderText(recovered), ...(result === null ? [] : ['', scanText(result)])].join('\n');
  process.stdout.write(`${text}\n`);
  if (!found) process.exitCode = 1;
}
