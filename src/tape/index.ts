export { answersOf } from './answers.ts';
export { type AttentionPositions, attention } from './attention.ts';
export { crossEntropy } from './cross-entropy.ts';
export { add, elementwiseProduct, gelu, relu, scale } from './elementwise.ts';
export { layerNorm } from './layer-norm.ts';
export { matmul } from './matmul.ts';
export { createOptimizer, type RunningOptimizer } from './optimizers.ts';
export { initializePerceptron, type Layer, perceptronLogits } from './perceptron.ts';
export { embedding, reshape, transpose } from './rearrange.ts';
export { type Backward, createTape, type Tape } from './tape.ts';
export { accumulate, constant, parameter, ShapeError, type Tensor } from './tensor.ts';
export {
  frozen,
  initializeTransformer,
  type Transformer,
  type TransformerShape,
  type TransformerWeights,
  transformerLogits,
  transformerResidual,
  transformerSizes,
} from './transformer.ts';
export { type TwoLayer, twoLayer, twoLayerLogits } from './two-layer.ts';
