import type { Backend } from '../../compute/index.ts';
import type { Network } from '../../model/network.ts';
import type { Dataset, Roles } from '../../task/dataset.ts';
import type { Settings } from '../../train/settings.ts';

/** A network at some step of its training, and all that a measurement may ask of its surroundings. */
export interface Subject {
  readonly network: Network;
  /** The weights before the first step. */
  readonly initial: Network;
  readonly settings: Settings;
  readonly dataset: Dataset;
  readonly roles: Roles;
  readonly backend: Backend;
}
