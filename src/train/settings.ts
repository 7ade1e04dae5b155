import { z } from 'zod';
import { InputError } from '../errors.ts';
import { activations } from '../model/network.ts';
import { noiseKinds } from '../task/noise.ts';
import { gammaOf } from './gamma.ts';
import { schedules } from './schedule.ts';

const fraction = z.number().min(0).max(1);
const positive = z.number().positive();
const nonNegative = z.number().nonnegative();

/** P up to 509 is tested; beyond 1024 the P² table of logits alone passes 4 GB. */
const largestModulus = 1024;
const largestWidth = 65536;

/**
 * Everything that decides a run's weights, and nothing else: the same settings give the same bits on
 * every backend that promises it. Names are those of the command line in camelCase.
 */
export const settingsSchema = z.strictObject({
  /** As `parseOperation` reads it: add, xor, …; null for rows from a file whose rule nobody gave. */
  task: z.string().nullable().default('add'),
  modulus: z.int().min(3).max(largestModulus).default(113),
  trainFraction: fraction.default(0.8),
  validationFraction: fraction.default(0.1),
  /** α: the share of training rows with a corrupted label. */
  noiseRatio: fraction.default(0.8),
  noiseKind: z.enum(noiseKinds).default('uniform'),
  /** The file the rows came from; then fractions and noise above played no part. */
  dataset: z.string().nullable().default(null),
  width: z.int().min(1).max(largestWidth).default(513),
  activation: z.enum(activations).default('relu'),
  /** U = V: one first-layer matrix for both tokens. */
  tied: z.boolean().default(false),
  /** A trained bias of the hidden layer; the paper's network has none. */
  hiddenBias: z.boolean().default(false),
  /** pytorch (uniform, assumed) or gaussian:GAMMA, N(0, M^(−2γ)) for every weight. */
  init: z
    .string()
    .refine((text) => gammaOf(text) !== undefined, {
      message: 'expected pytorch or gaussian:GAMMA with GAMMA from 0 to 4, such as gaussian:0.5',
    })
    .default('pytorch'),
  loss: z.enum(['cross-entropy', 'mse']).default('cross-entropy'),
  optimizer: z.enum(['adamw', 'adam', 'sgd', 'muon']).default('adamw'),
  learningRate: positive,
  weightDecay: nonNegative,
  /** γ of SGD and Muon; the others ignore it. */
  momentum: z.number().min(0).lt(1),
  /** Learning rate of the AdamW that steps μ and the hidden bias under Muon. */
  adamwLearningRate: positive.default(1e-3),
  /** Rows per step; null, or no fewer than there are: the full batch. */
  batchSize: z.int().min(1).nullable().default(null),
  schedule: z.enum(schedules).default('constant'),
  /** Steps of linear warm-up, of the schedule warmup-cosine alone. */
  warmupSteps: z.int().min(0).default(0),
  steps: z.int().min(0).max(1e8).default(2000),
  seed: z.int().min(0).default(0),
});

export type Settings = z.output<typeof settingsSchema>;

/** Learning rate, weight decay and momentum that go with an optimizer where none are given. */
const optimizerDefaults = {
  adamw: { learningRate: 1e-3, weightDecay: 0.1, momentum: 0 },
  adam: { learningRate: 1e-3, weightDecay: 1e-4, momentum: 0 },
  sgd: { learningRate: 0.5, weightDecay: 1e-4, momentum: 0.9 },
  muon: { learningRate: 0.02, weightDecay: 0.1, momentum: 0.95 },
} as const;

/** A record to be checked: settings by name, those left out take their defaults. */
export type PartialSettings = Partial<z.input<typeof settingsSchema>>;

/**
 * Fills in defaults and checks ranges.
 * @throws InputError naming the setting, what it may be and what came.
 */
export function completeSettings(given: PartialSettings): Settings {
  const optimizer = given.optimizer ?? 'adamw';
  const defaults = Object.hasOwn(optimizerDefaults, optimizer)
    ? optimizerDefaults[optimizer]
    : optimizerDefaults.adamw;
  const present = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  const parsed = settingsSchema.safeParse({ ...defaults, ...present });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = issue.path.join('.');
    const came = name === '' ? '' : ` (came: ${JSON.stringify(present[name])})`;
    throw new InputError(`Setting ${name || 'list'}: ${issue.message}${came}.`);
  }
  const settings = parsed.data;
  if (settings.trainFraction + settings.validationFraction > 1 + 1e-9) {
    throw new InputError(
      `trainFraction and validationFraction add up to ${settings.trainFraction + settings.validationFraction}; expected at most 1.`,
    );
  }
  if (settings.warmupSteps > 0 && settings.schedule === 'constant') {
    throw new InputError(
      'warmupSteps needs a schedule with a warm-up; expected the schedule warmup-cosine beside it.',
    );
  }
  if (settings.warmupSteps > settings.steps) {
    throw new InputError(
      `The ${settings.warmupSteps} warmupSteps are more than the ${settings.steps} steps; expected at most as many.`,
    );
  }
  return settings;
}
