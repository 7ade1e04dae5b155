import type { Activation } from '../../model/network.ts';
import { type Accuracies, accuracies } from '../../task/dataset.ts';
import type { Subject } from './subject.ts';

/** Accuracies of one set of weights, by the activation it is evaluated with. */
export interface ReplacedActivationMeasurement {
  /** With the activation it was trained with. */
  readonly trained: Accuracies;
  readonly quadratic: Accuracies;
  readonly reverseRelu: Accuracies;
}

/** The weights as they are, evaluated with another φ than they were trained with (paper, R4.1). */
export function measureReplacedActivation({
  network,
  settings,
  roles,
  backend,
}: Subject): ReplacedActivationMeasurement {
  const withActivation = (activation: Activation) =>
    accuracies(backend.answers(network, activation), roles);
  return {
    trained: withActivation(settings.activation),
    quadratic: withActivation('quadratic'),
    reverseRelu: withActivation('reverse-relu'),
  };
}
