import { type Command, Option } from 'commander';
import { activations } from '../model/network.ts';
import { noiseKinds } from '../task/noise.ts';
import { operationForms } from '../task/operation.ts';
import { schedules } from '../train/schedule.ts';
import { integer, number } from './options.ts';

/** One flag per setting of a training, without defaults: what isn't given isn't there. */
export function addSettingOptions(command: Command): Command {
  return command
    .option('--task <task>', `the rule: ${operationForms} (default: add)`)
    .option('--modulus <P>', 'number of tokens and classes (default: 113)', integer)
    .option('--train-fraction <f>', 'share of the P² pairs that train (default: 0.8)', number)
    .option(
      '--validation-fraction <f>',
      'share that validates; the rest tests (default: 0.1)',
      number,
    )
    .option(
      '--noise-ratio <alpha>',
      'share of training rows with a corrupted label (default: 0.8)',
      number,
    )
    .addOption(
      new Option('--noise-kind <kind>', 'how labels are corrupted (default: uniform)').choices([
        ...noiseKinds,
      ]),
    )
    .option(
      '--dataset <file.csv>',
      'train on these rows instead (columns a,b,label[,true_label][,split])',
    )
    .option('--width <M>', 'hidden neurons (default: 513)', integer)
    .addOption(
      new Option('--activation <phi>', 'activation (default: relu)').choices([...activations]),
    )
    .option('--tied', 'one first-layer matrix for both tokens: U = V')
    .option('--hidden-bias', 'a trained bias of the hidden layer')
    .option(
      '--init <init>',
      'initial weights: pytorch, or gaussian:GAMMA for N(0, M^(−2·GAMMA)) (default: pytorch)',
    )
    .addOption(
      new Option('--loss <loss>', 'training loss (default: cross-entropy)').choices([
        'cross-entropy',
        'mse',
      ]),
    )
    .addOption(
      new Option('--optimizer <name>', 'optimizer (default: adamw)').choices([
        'adamw',
        'adam',
        'sgd',
        'muon',
      ]),
    )
    .option('--learning-rate <rate>', 'default: 1e-3 (adamw, adam), 0.5 (sgd), 0.02 (muon)', number)
    .option('--weight-decay <decay>', 'default: 0.1 (adamw, muon), 1e-4 (adam, sgd)', number)
    .option('--momentum <gamma>', 'default: 0.9 (sgd), 0.95 (muon)', number)
    .option(
      '--adamw-learning-rate <rate>',
      'for mu and the hidden bias under muon (default: 1e-3)',
      number,
    )
    .option('--batch-size <n>', 'rows per step (default: all, full batch)', integer)
    .addOption(
      new Option('--schedule <schedule>', 'of the learning rate (default: constant)').choices([
        ...schedules,
      ]),
    )
    .option('--warmup-steps <n>', 'of the schedule warmup-cosine (default: 0)', integer)
    .option('--steps <n>', 'optimizer steps (default: 2000)', integer)
    .option('--seed <n>', 'of split, noise, initial weights and batches (default: 0)', integer);
}
