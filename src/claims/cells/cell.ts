/**
 * A cell is one experiment with all its settings: the unit that is run, kept, resumed and found again. Its
 * key is a hash of what decides its result, so two claims that ask for the same training share it.
 */
import { createHash } from 'node:crypto';
import type { PartialSettings, Settings } from '../../train/settings.ts';
import { completeSettings } from '../../train/settings.ts';
import type { EnsembleInput, EnsembleOutput } from '../experiments/ensemble.ts';
import type { CompleteMnistInput, MnistOutput } from '../experiments/mnist.ts';
import type { NoiseFirstInput, NoiseFirstOutput } from '../experiments/noise-first.ts';
import type { TrainingInput, TrainingOutput } from '../experiments/training.ts';
import type { CompleteTransformerInput, TransformerOutput } from '../experiments/transformer.ts';
import {
  type MeasurementName,
  type Measurements,
  measurementKey,
  type Wanted,
} from '../measurements/index.ts';

interface Kinds {
  training: { input: TrainingInput; output: TrainingOutput };
  'noise-first': { input: NoiseFirstInput; output: NoiseFirstOutput };
  transformer: { input: CompleteTransformerInput; output: TransformerOutput };
  mnist: { input: CompleteMnistInput; output: MnistOutput };
  ensemble: { input: EnsembleInput; output: EnsembleOutput };
}
export type CellKind = keyof Kinds;
export type InputOf<Kind extends CellKind> = Kinds[Kind]['input'];
export type OutputOf<Kind extends CellKind> = Kinds[Kind]['output'];

/** Changes whenever an experiment would give other results for the same input. */
const versions: Record<CellKind, number> = {
  training: 1,
  'noise-first': 1,
  transformer: 2,
  mnist: 1,
  ensemble: 1,
};

export interface Cell<Output = unknown> {
  readonly kind: CellKind;
  readonly input: unknown;
  /** Twelve hex digits of the hash of kind, version and input; measurements of a training apart. */
  readonly key: string;
  /** About how long it takes, in floating-point operations; for progress only. */
  readonly work: number;
  /** Never there: carries the type of the output. */
  readonly output?: Output;
}

function keyOf(kind: CellKind, deciding: unknown): string {
  const text = JSON.stringify([kind, versions[kind], deciding]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

export function isCellKind(text: string): text is CellKind {
  return Object.hasOwn(versions, text);
}

/** The cell of an input that was written down; nothing is measured on a training. */
export function cellOfInput(kind: CellKind, input: unknown, work: number): Cell {
  if (kind !== 'training') return { kind, input, key: keyOf(kind, input), work };
  const { settings, frozen } = input as TrainingInput;
  const key = keyOf('training', { settings, frozen });
  return { kind, input: { settings, frozen, wanted: [] } satisfies TrainingInput, key, work };
}

/** A cell of another kind than training; the input is complete, so a changed default changes its key. */
export function cell<Kind extends Exclude<CellKind, 'training'>>(
  kind: Kind,
  input: InputOf<Kind>,
  work: number,
): Cell<OutputOf<Kind>> {
  return { kind, input, key: keyOf(kind, input), work };
}

export interface TrainingOptions {
  /** The random-feature control: U, V and the hidden bias stay as they are. */
  readonly frozen?: boolean;
  /** What to measure, at which steps; default: the last alone. */
  readonly measure?: readonly MeasurementName[];
  readonly at?: readonly number[];
}

/** The training of a two-layer network and what is measured on it. */
export function training(
  given: PartialSettings,
  { frozen = false, measure = [], at }: TrainingOptions = {},
): Cell<TrainingOutput> & { readonly settings: Settings } {
  const settings = completeSettings(given);
  const steps = at ?? [settings.steps];
  const wanted = measure.flatMap((name) => steps.map((step) => ({ name, step })));
  const input: TrainingInput = { settings, frozen, wanted };
  return {
    kind: 'training',
    input,
    key: keyOf('training', { settings, frozen }),
    work: trainingWork(settings),
    settings,
  };
}

/** Networks that differ in their seed, each measured like a training; those of `given.seed` and after. */
export function ensemble(
  given: PartialSettings,
  networks: number,
  wanted: readonly Wanted[],
): Cell<EnsembleOutput> & { readonly settings: Settings; readonly networks: number } {
  const settings = completeSettings(given);
  const keyed = wanted.map((one) => ({ ...one, key: measurementKey(one) }));
  const work = networks * (trainingWork(settings) + wanted.length * measuringWork(settings));
  return { ...cell('ensemble', { settings, networks, wanted: keyed }, work), settings, networks };
}

/** Operations that a look at all rules is worth, roughly: for progress only. */
function measuringWork({ modulus, width }: Settings): number {
  return 2e3 * modulus ** 3 + 4 * modulus ** 3 * width;
}

/** Operations of a training: three products of 2·n·M·P each a step. */
export function trainingWork({
  modulus,
  trainFraction,
  batchSize,
  width,
  steps,
}: Settings): number {
  const rows = trainFraction * modulus ** 2;
  return 6 * Math.min(batchSize ?? rows, rows) * width * modulus * steps;
}

/** One cell for each key, with all that any of them wants measured. */
export function mergeCells(cells: readonly Cell[]): Cell[] {
  const merged = new Map<string, Cell>();
  for (const next of cells) {
    const before = merged.get(next.key);
    if (before === undefined) merged.set(next.key, next);
    else if (next.kind === 'training') {
      const [x, y] = [before.input, next.input] as [TrainingInput, TrainingInput];
      const wanted = new Map([...x.wanted, ...y.wanted].map((one) => [measurementKey(one), one]));
      merged.set(next.key, { ...before, input: { ...x, wanted: [...wanted.values()] } });
    }
  }
  return [...merged.values()];
}

/** The results of cells that have been run. */
export interface Outputs {
  of<Output>(cell: Cell<Output>): Output;
  /** A measurement of a training; `step` defaults to its last. */
  measured<Name extends MeasurementName>(
    cell: Cell<TrainingOutput> & { readonly settings: Settings },
    name: Name,
    step?: number,
  ): Measurements[Name];
}

/** Outputs by key of their cell. */
export function outputsOf(byKey: ReadonlyMap<string, unknown>): Outputs {
  const of = <Output>({ key, kind }: Cell<Output>) => {
    if (!byKey.has(key)) throw new Error(`the ${kind} cell ${key} has not been run`);
    return byKey.get(key) as Output;
  };
  return {
    of,
    measured: (asked, name, step = asked.settings.steps) => {
      const key = measurementKey({ name, step });
      const { measurements } = of(asked);
      if (!Object.hasOwn(measurements, key))
        throw new Error(`${key} of ${asked.key} was not asked`);
      return measurements[key] as Measurements[typeof name];
    },
  };
}
