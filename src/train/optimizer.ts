import type { Optimizer } from '../compute/port.ts';
import type { Settings } from './settings.ts';

/** The optimizer of a run, with β₁ = 0.9, β₂ = 0.999, ε = 1e-8 for the Adam family (PyTorch's defaults). */
export function optimizerOf(settings: Settings): Optimizer {
  const { learningRate, weightDecay, momentum, adamwLearningRate } = settings;
  switch (settings.optimizer) {
    case 'adamw':
    case 'adam':
      return {
        name: settings.optimizer,
        learningRate,
        weightDecay,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
      };
    case 'sgd':
      return { name: 'sgd', learningRate, weightDecay, momentum };
    case 'muon':
      return { name: 'muon', learningRate, weightDecay, momentum, adamwLearningRate };
  }
}
