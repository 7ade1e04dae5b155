/**
 * Reverse-mode automatic differentiation. An operation computes its result at once and leaves on the tape
 * how a gradient goes back through it; `backward` plays the tape from its end:
 *
 *     const tape = createTape(multiply);
 *     const loss = crossEntropy(tape, matmul(tape, relu(tape, matmul(tape, x, W)), V), labels);
 *     tape.backward(loss);        // W.gradient and V.gradient
 *
 * All that is not a matrix product is one sequential loop in double precision, rounded to float32 where
 * it is stored, without functions whose last bits the language leaves open. So the bits of a training are
 * those of the backend's product: the same for any number of threads.
 */
import type { MatrixProduct } from '../compute/port.ts';
import { accumulate, ShapeError, shapeText, type Tensor, tensor } from './tensor.ts';

/**
 * Hands the gradient of an operation's result on to its inputs, by `accumulate`. The array is the
 * function's own: it may be written over and handed on.
 */
export type Backward = (gradient: Float32Array) => void;

export interface Tape {
  readonly multiply: MatrixProduct;
  /**
   * An array for what an operation computes from `inputs`, with anything in it: its result, a gradient.
   * Where one of the inputs is differentiable the array is used again after the backward pass: fresh
   * memory costs more than most loops that fill it. What no backward pass goes through keeps its array.
   * For those who write operations.
   */
  allocate(length: number, inputs: readonly Tensor[]): Float32Array;
  /**
   * The result of an operation on `inputs`; on the tape where one of them is differentiable. `operation`
   * names it in errors. For those who write operations.
   */
  result(
    operation: string,
    data: Float32Array,
    shape: readonly number[],
    inputs: readonly Tensor[],
    backward: Backward,
  ): Tensor;
  /**
   * Adds ∂loss/∂θ to the gradient of every parameter θ that the loss was computed from, and empties the
   * tape for the next step; the numbers of all differentiable results, the loss included, are then no
   * longer theirs. Gradients of parameters stay as they are, whatever is computed next.
   * Throws ShapeError unless the loss is a single number.
   */
  backward(loss: Tensor): void;
}

export function createTape(multiply: MatrixProduct): Tape {
  let records: { readonly output: Tensor; readonly backward: Backward }[] = [];
  const buffers = createBuffers();
  const results = new WeakSet<Tensor>();
  // Parameters, and results of other tapes: what keeps its gradient.
  const leaves = new Set<Tensor>();
  return {
    multiply,
    allocate: (length, inputs) =>
      inputs.some(isDifferentiable) ? buffers.take(length) : new Float32Array(length),
    result(operation, data, shape, inputs, backward) {
      const differentiable = inputs.filter(isDifferentiable);
      const output = tensor(operation, data, shape, differentiable.length > 0);
      if (output.isDifferentiable) {
        records.push({ output, backward });
        results.add(output);
        for (const input of differentiable) if (!results.has(input)) leaves.add(input);
      }
      return output;
    },
    backward(loss) {
      if (loss.data.length !== 1) {
        throw new ShapeError(
          `backward: the loss is ${shapeText(loss.shape)}, expected a single number`,
        );
      }
      accumulate(loss, Float32Array.of(1));
      const played = records;
      records = [];
      for (let record = played.pop(); record !== undefined; record = played.pop()) {
        const { output, backward } = record;
        const { gradient } = output;
        if (gradient === null) continue;
        // Nothing that was recorded earlier depends on it, so the gradient is complete and used once.
        output.gradient = null;
        backward(gradient);
      }
      // Operations hand arrays on as they are, so a leaf may hold one of the buffers as its gradient.
      buffers.takeBackAllBut(new Set([...leaves].map(({ gradient }) => gradient)));
      leaves.clear();
    },
  };
}

function isDifferentiable(input: Tensor): boolean {
  return input.isDifferentiable;
}

/** Arrays by their length: those that wait, and all that were handed out since the last backward pass. */
function createBuffers() {
  const waiting = new Map<number, Float32Array[]>();
  let inUse: Float32Array[] = [];
  return {
    take(length: number): Float32Array {
      const buffer = waiting.get(length)?.pop() ?? new Float32Array(length);
      inUse.push(buffer);
      return buffer;
    },
    /** Those `kept` are no buffers any more: they belong to who holds them. */
    takeBackAllBut(kept: ReadonlySet<Float32Array | null>): void {
      for (const buffer of inUse) {
        if (kept.has(buffer)) continue;
        const list = waiting.get(buffer.length);
        if (list === undefined) waiting.set(buffer.length, [buffer]);
        else list.push(buffer);
      }
      inUse = [];
    },
  };
}
