/** What each setting may be, for those who offer, explain or parse single settings. */
import { z } from 'zod';
import { operationForms } from '../task/operation.ts';
import { type Settings, settingsSchema } from './settings.ts';

export type SettingName = keyof Settings;

export interface SettingKind {
  readonly type: 'integer' | 'number' | 'boolean' | 'choice' | 'text';
  /** Of a choice, in the schema's order; empty for all else. */
  readonly choices: readonly string[];
  readonly nullable: boolean;
  /** In words, with its range: "a whole number from 3 to 1024". */
  readonly expected: string;
  /** What it is, in one line. */
  readonly description: string;
  /** One value, without a default. */
  readonly schema: z.ZodType<SettingValue>;
}

export type SettingValue = number | string | boolean | null;

const descriptions: Record<SettingName, string> = {
  task: `The rule: ${operationForms}. Default: add`,
  modulus: 'P, the number of tokens and classes. Default: 113',
  trainFraction: 'Share of the P² pairs that train. Default: 0.8',
  validationFraction: 'Share that validates; the rest tests. Default: 0.1',
  noiseRatio: 'α, the share of training rows with a corrupted label. Default: 0.8',
  noiseKind: 'How labels are corrupted. Default: uniform',
  dataset: 'A CSV file to train on instead (columns a,b,label[,true_label][,split])',
  width: 'M, the number of hidden neurons. Default: 513',
  activation: 'Activation φ of the hidden layer. Default: relu',
  tied: 'One first-layer matrix for both tokens: U = V. Default: false',
  hiddenBias: 'A trained bias of the hidden layer. Default: false',
  init: 'Initial weights: pytorch, or gaussian:GAMMA for N(0, M^(−2·GAMMA)). Default: pytorch',
  loss: 'Training loss. Default: cross-entropy',
  optimizer: 'Default: adamw',
  learningRate: 'Default: 1e-3 (adamw, adam), 0.5 (sgd), 0.02 (muon)',
  weightDecay: 'Default: 0.1 (adamw, muon), 1e-4 (adam, sgd)',
  momentum: 'γ of sgd and muon. Default: 0.9 (sgd), 0.95 (muon)',
  adamwLearningRate: 'For mu and the hidden bias under muon. Default: 1e-3',
  batchSize: 'Rows per step; null is the full batch, the default',
  schedule: 'Schedule of the learning rate. Default: constant',
  warmupSteps: 'Steps of linear warm-up, of the schedule warmup-cosine. Default: 0',
  steps: 'Optimizer steps. Default: 2000',
  seed: 'Seed of split, noise, initial weights and batches. Default: 0',
};

export const settingNames = Object.keys(settingsSchema.shape) as readonly SettingName[];

/** What every setting may be. */
export const settingKinds = Object.fromEntries(
  settingNames.map((name) => [name, kindOf(name)]),
) as Readonly<Record<SettingName, SettingKind>>;

function kindOf(name: SettingName): SettingKind {
  const full: z.ZodType = settingsSchema.shape[name];
  const schema = full instanceof z.ZodDefault ? (full.unwrap() as z.ZodType) : full;
  const nullable = schema instanceof z.ZodNullable;
  const plain = nullable ? (schema.unwrap() as z.ZodType) : schema;
  const type = typeOf(plain);
  const choices = plain instanceof z.ZodEnum ? plain.options.map(String) : [];
  const expected = expectation(plain, type, choices) + (nullable ? ', or null' : '');
  return {
    type,
    choices,
    nullable,
    expected,
    description: descriptions[name],
    schema: schema as z.ZodType<SettingValue>,
  };
}

function typeOf(schema: z.ZodType): SettingKind['type'] {
  if (schema instanceof z.ZodEnum) return 'choice';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodString) return 'text';
  if (schema instanceof z.ZodNumber) return schema.format === 'safeint' ? 'integer' : 'number';
  throw new Error(`no kind for a setting of type ${schema.type}`);
}

function expectation(
  schema: z.ZodType,
  type: SettingKind['type'],
  choices: readonly string[],
): string {
  if (type === 'choice') return `one of ${choices.join(', ')}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'text') return 'text';
  const bounds = z.toJSONSchema(schema);
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = bounds;
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (minimum !== undefined && isBounded) return `${kind} from ${minimum} to ${maximum}`;
  if (minimum !== undefined && exclusiveMaximum !== undefined) {
    return `${kind} from ${minimum} to below ${exclusiveMaximum}`;
  }
  if (minimum !== undefined) return `${kind} of at least ${minimum}`;
  return exclusiveMinimum === undefined ? kind : `${kind} above ${exclusiveMinimum}`;
}
