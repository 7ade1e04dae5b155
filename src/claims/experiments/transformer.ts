/**
 * Frequency filtration on a transformer (paper, App. D.2, Table 3): trained on a table with wrong labels,
 * then read out again through the strongest frequencies of its unembedding alone.
 */

import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { z } from 'zod';
import { standardiseRows } from '../../analysis/evidence.ts';
import type { PartScore, Rule } from '../../analysis/results.ts';
import {
  type LogitRuleEvidence,
  logitPartScore,
  logitRuleEvidence,
} from '../../analysis/transformer-evidence.ts';
import {
  filterUnembedding,
  paperShare,
  type UnembeddingFiltration,
} from '../../analysis/unembedding.ts';
import type { Backend } from '../../compute/port.ts';
import { InputError, WorkError } from '../../errors.ts';
import { tensorsHash } from '../../format/weights-hash.ts';
import { answersOf } from '../../tape/answers.ts';
import { crossEntropy } from '../../tape/cross-entropy.ts';
import { matmul } from '../../tape/matmul.ts';
import { createOptimizer } from '../../tape/optimizers.ts';
import { embedding } from '../../tape/rearrange.ts';
import { createTape } from '../../tape/tape.ts';
import { constant, type Tensor } from '../../tape/tensor.ts';
import {
  frozen,
  initializeTransformer,
  type Transformer,
  transformerResidual,
  transformerSizes,
} from '../../tape/transformer.ts';
import {
  type Accuracies,
  accuracies,
  type Dataset,
  type Roles,
  rolesOf,
} from '../../task/dataset.ts';
import { generateDataset } from '../../task/generate.ts';
import { createGenerator } from '../../task/generator.ts';
import { noiseKinds } from '../../task/noise.ts';
import { parseOperation } from '../../task/operation.ts';
import { withoutAdditivePart } from '../measurements/additive-part.ts';
import type { ExperimentContext } from './context.ts';

const fraction = z.number().min(0).max(1);

const inputSchema = z.strictObject({
  /** add, sub, mul or linear:K1,K2. */
  task: z.string().default('add'),
  modulus: z.int().min(3).max(1024).default(113),
  /** α. [The paper doesn't state it for this table.] */
  noiseRatio: fraction,
  /** uniform: wrong labels alone. uniform-all at α = 1: pure noise. */
  noiseKind: z.enum(noiseKinds).default('uniform'),
  trainFraction: fraction.default(0.8),
  validationFraction: fraction.default(0.1),
  /** Full-batch steps. */
  steps: z.int().min(0).max(1e6),
  seed: z.int().min(0).default(0),
  /** The random-feature control: all but the unembedding stays as drawn. */
  frozen: z.boolean().default(false),
  /** AdamW, with Nanda et al.'s rate, decay and β₂ [assumed]. */
  learningRate: z.number().positive().default(1e-3),
  weightDecay: z.number().nonnegative().default(1),
  beta2: z.number().min(0).lt(1).default(0.98),
  /** Share of the frequencies that filtration keeps. */
  frequencies: z.number().positive().max(1).default(paperShare),
  /** Steps to measure at, each at most `steps`; step 0 (untrained) and the last always are. */
  measureAt: z.array(z.int().min(0)).default([]),
});

export type TransformerInput = z.input<typeof inputSchema>;
/** With every setting that was left open at its default. */
export type CompleteTransformerInput = z.output<typeof inputSchema>;

/** What one measured step shows; accuracies are null where there are no such pairs. */
interface TransformerMeasurement {
  readonly step: number;
  /** Mean training loss of the weights after that many steps. */
  readonly loss: number;
  /** The network as it is, and with its unembedding filtered. */
  readonly full: Accuracies;
  readonly filtered: Accuracies;
  /**
   * A control: filtered with the output tokens in a random order, which leaves the network's answers but
   * no frequency of its rule.
   */
  readonly renamed: Accuracies;
  /** The frequencies kept, rising. */
  readonly frequencies: readonly number[];
  /** For the task's own rule, in what the network says; null where the task is no rule k1·a + k2·b. */
  readonly evidence: TransformerEvidence | null;
}

interface TransformerEvidence extends LogitRuleEvidence {
  /** Held-out logits without what an additive function could say of them (`additive-part.ts`). */
  readonly heldOutInteraction: PartScore | null;
}

export interface TransformerOutput {
  /** By rising step. */
  readonly measurements: readonly TransformerMeasurement[];
  /** Energy of the frequencies 1…⌊P/2⌋ of the final unembedding. */
  readonly energies: readonly number[];
  /** SHA-256 of the final weights, in the order of `TransformerWeights`. */
  readonly weightsHash: string;
}

/**
 * Trains the one-layer transformer on the full batch and measures it, before and after filtration.
 * Streams of the seed: "split" and "noise" as in every run, "transformer" for the weights, "renamed
 * outputs" for the control's order of the output tokens.
 *
 * Throws InputError for settings out of range, WorkError if the training diverges, and the signal's
 * reason when it is aborted.
 */
export async function transformerExperiment(
  given: TransformerInput,
  { backend, signal, onProgress }: ExperimentContext,
): Promise<TransformerOutput> {
  const input = completeTransformerInput(given);
  const { modulus, steps, learningRate, weightDecay, beta2 } = input;
  const dataset = generateDataset(parseOperation(input.task, modulus), input);
  const roles = rolesOf(dataset);
  const { train } = roles;
  if (train === null) throw new InputError('There is no training pair: raise trainFraction.');
  const a = train.pair.map((pair) => Math.floor(pair / modulus));
  const b = train.pair.map((pair) => pair % modulus);

  const transformer = initializeTransformer(
    { modulus, ...transformerSizes },
    createGenerator(input.seed, 'transformer'),
  );
  const { unembedding } = transformer.weights;
  const parameters: Tensor[] = Object.values(transformer.weights);
  const optimizer = createOptimizer(
    { name: 'adamw', learningRate, weightDecay, beta1: 0.9, beta2, epsilon: 1e-8 },
    input.frozen ? [unembedding] : parameters,
  );
  const tape = createTape(backend.multiply);
  const fixedResidual = input.frozen ? transformerResidual(tape, frozen(transformer), a, b) : null;
  const measureAt = new Set(input.measureAt);
  const filters = filtersOf(input);
  const rule = ruleOf(input);
  const measurements: TransformerMeasurement[] = [];
  for (let step = 0; step <= steps; step++) {
    signal?.throwIfAborted();
    if (measureAt.has(step)) {
      measurements.push({ step, ...measure(backend, transformer, dataset, roles, filters, rule) });
    }
    if (step === steps) break;
    const residual = fixedResidual ?? transformerResidual(tape, transformer, a, b);
    const loss = crossEntropy(tape, matmul(tape, residual, unembedding), train.label);
    requireFinite(loss.data[0], step);
    tape.backward(loss);
    optimizer.step();
    onProgress?.((step + 1) / Math.max(1, steps));
    await nextMacrotask();
  }
  const { energies } = filterUnembedding(unembedding.data, modulus);
  return {
    measurements,
    energies: [...energies],
    weightsHash: tensorsHash(parameters.map(({ data }) => data)),
  };
}

/**
 * The input with all defaults: what names a run. Steps to measure at are rising, each once.
 * @throws InputError for a setting out of range.
 */
export function completeTransformerInput(given: TransformerInput): CompleteTransformerInput {
  const parsed = inputSchema.safeParse(given);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new InputError(`Transformer experiment, ${path.join('.') || 'input'}: ${message}.`);
  }
  const { measureAt, steps } = parsed.data;
  const late = measureAt.find((step) => step > steps);
  if (late !== undefined) {
    throw new InputError(
      `Transformer experiment, measureAt: step ${late} comes after the last of ${steps} steps.`,
    );
  }
  const sorted = [...new Set([0, ...measureAt, steps])].sort((x, y) => x - y);
  return { ...parsed.data, measureAt: sorted };
}

/** Both ways to filter W_U [d, P]: by the output tokens as they are, and in a random order. */
interface Filters {
  readonly plain: (weights: Float32Array) => UnembeddingFiltration;
  readonly renamed: (weights: Float32Array) => Float32Array;
}

function filtersOf({ modulus, seed, frequencies: share }: CompleteTransformerInput): Filters {
  const nameOf = createGenerator(seed, 'renamed outputs').shuffle(
    Uint32Array.from({ length: modulus }, (_, token) => token),
  );
  const plain = (weights: Float32Array) => filterUnembedding(weights, modulus, { share });
  return {
    plain,
    renamed(weights) {
      const renamed = new Float32Array(weights.length);
      const back = new Float32Array(weights.length);
      const renamedIndex = (i: number) => i - (i % modulus) + nameOf[i % modulus];
      for (let i = 0; i < weights.length; i++) renamed[renamedIndex(i)] = weights[i];
      const filtered = plain(renamed).weights;
      for (let i = 0; i < weights.length; i++) back[i] = filtered[renamedIndex(i)];
      return back;
    },
  };
}

/** c = k1·a + k2·b where both tokens count; null for any other task. */
function ruleOf({ task, modulus }: CompleteTransformerInput): Rule | null {
  const { coefficients } = parseOperation(task, modulus);
  if (coefficients === null || coefficients.k1 === 0 || coefficients.k2 === 0) return null;
  return { ...coefficients, shift: 0 };
}

function evidenceOf(
  logits: Float32Array,
  modulus: number,
  rule: Rule,
  roles: Roles,
  backend: Backend,
): TransformerEvidence {
  const { heldOut } = roles;
  const interaction = (pairs: NonNullable<typeof heldOut>) => {
    const rows = withoutAdditivePart(standardiseRows(logits, modulus), modulus, pairs.pair);
    return logitPartScore(rows, modulus, rule, pairs, backend);
  };
  return {
    ...logitRuleEvidence(logits, modulus, rule, roles, backend),
    heldOutInteraction: heldOut === null ? null : interaction(heldOut),
  };
}

function measure(
  backend: Backend,
  transformer: Transformer,
  { a, b, modulus }: Dataset,
  roles: Roles,
  filters: Filters,
  rule: Rule | null,
): Omit<TransformerMeasurement, 'step'> {
  const tape = createTape(backend.multiply);
  const still = frozen(transformer);
  const residual = transformerResidual(tape, still, a, b);
  const { unembedding } = still.weights;
  const filtration = filters.plain(unembedding.data);
  const logits = matmul(tape, residual, unembedding);
  return {
    loss: trainingLoss(logits, roles),
    full: accuracies(answersOf(logits), roles),
    filtered: readOut(filtration.weights),
    renamed: readOut(filters.renamed(unembedding.data)),
    frequencies: [...filtration.frequencies],
    evidence: rule === null ? null : evidenceOf(logits.data, modulus, rule, roles, backend),
  };

  function readOut(weights: Float32Array): Accuracies {
    const read = matmul(tape, residual, constant(weights, unembedding.shape));
    return accuracies(answersOf(read), roles);
  }

  /** The logits' rows are in the order a·P + b, as pairs are counted. */
  function trainingLoss(all: Tensor, { train }: Roles): number {
    if (train === null) return Number.NaN;
    return crossEntropy(tape, embedding(tape, all, train.pair), train.label).data[0];
  }
}

function requireFinite(loss: number, step: number): void {
  if (Number.isFinite(loss)) return;
  throw new WorkError(
    `The training diverged: at step ${step} its loss is no finite number. Try a smaller learning rate.`,
  );
}
