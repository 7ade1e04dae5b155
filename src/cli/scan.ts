import process from 'node:process';
import { Command } from 'commander';
import { scan } from '../analysis/index.ts';
import { loadTransformerFor } from './load-transformer.ts';
import { addModelOptions, basesFor, loadModelFor, type ModelOptions } from './model-options.ts';
import { backendFor } from './options.ts';
import { scanText } from './scan-text.ts';
import { scanTransformer } from './transformer.ts';

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
      '\nExits with 0 if there is a significant rule, with 1 if there is none.\n\nExample:\n  $ undertone scan model.safetensors --activation relu\n  $ undertone scan checkpoint.pt --activation relu\n  $ undertone scan runs/xor --basis xor',
    )
    .action((path: string, options: ScanOptions) => {
      const transformer = loadTransformerFor(path, options);
      if (transformer !== null) {
        scanTransformer(transformer, options);
        return;
      }
      const model = loadModelFor(path, options);
      const { result } = scan(model.network, model.activation, model.roles, backendFor(options), {
        level: options.level,
        shifts: options.shifts,
        bases: basesFor(options.basis, model.network.modulus, model.settings?.task ?? null),
      });
      process.stdout.write(`${options.json ? JSON.stringify(result) : scanText(result)}\n`);
      if (!result.significant) process.exitCode = 1;
    });
}
