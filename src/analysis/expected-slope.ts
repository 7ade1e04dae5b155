import type { Activation } from '../model/network.ts';
import { expectedCollisions, type NoiseSettings } from '../task/label-collisions.ts';
import type { Operation } from '../task/operation.ts';

export interface SlopeSettings extends NoiseSettings {
  readonly width: number;
  readonly activation: Activation;
}

/**
 * By how much faster the loss of noisy rows falls than that of clean ones at the very first plain gradient
 * step, per unit of learning rate: E⟨g_noisy, ḡ⟩ − E⟨g_clean, ḡ⟩ over tables and PyTorch's initial weights,
 * for cross-entropy [ours; the follow-up argues from collisions without a constant]:
 *
 *     (E[Δ_noisy] − E[Δ_clean])/n · (κ + κ₀/2),   n = fP²
 *
 * Without training every softmax is nearly uniform, so that dz_i·dz_j = [same label] − 1/P whatever the
 * rows, and only rows with the same label tell clean and noisy apart. Any such row adds
 * κ₀ = E[h_i·h_j] + 1 (the 1 from μ), one that shares a token too, which is a collision, κ more: by the
 * closer hidden layers and by the shared column of U or V. Of uniform and bijective noise the gap in the
 * number of rows with the same label is half the gap in collisions.
 *
 * Pre-activations are near normal with variance σ² = 1/(3P), and correlate by ½ where a token is shared:
 *
 *     φ          κ₀ − 1       κ
 *     ReLU       Mσ²/2π       Mσ²(J(½) − J(0)) + 1/9,   J(ρ) = (√(1−ρ²) + ρ·arccos(−ρ))/2π
 *     quadratic  Mσ⁴          Mσ⁴/2 + 2σ²/3
 *
 * (reverse-ReLU as ReLU; J is the arc-cosine kernel of Cho & Saul 2009.) Relative error some 1/P.
 *
 * Null where no closed form is known: GELU, symmetric noise, and where `expectedCollisions` has none.
 */
export function expectedSlopeGap(operation: Operation, settings: SlopeSettings): number | null {
  const { noiseKind, width, activation, trainFraction } = settings;
  const collisions = expectedCollisions(operation, settings);
  const { modulus } = operation;
  const kernel = kernelOf(activation, width, 1 / (3 * modulus));
  if (collisions === null || kernel === null || noiseKind === 'symmetric') return null;
  const rows = trainFraction * modulus * modulus;
  const perCollision = kernel.sharedToken + kernel.sameLabel / 2;
  return ((collisions.noisy - collisions.clean) / rows) * perCollision;
}

/** κ₀ and κ above, for pre-activations of this variance. */
function kernelOf(activation: Activation, width: number, variance: number) {
  switch (activation) {
    case 'relu':
    case 'reverse-relu': {
      const scale = width * variance;
      return {
        sameLabel: scale * arcCosine(0) + 1,
        sharedToken: scale * (arcCosine(0.5) - arcCosine(0)) + 1 / 9,
      };
    }
    case 'quadratic': {
      const scale = width * variance ** 2;
      return { sameLabel: scale + 1, sharedToken: scale / 2 + (2 * variance) / 3 };
    }
    case 'gelu':
      return null;
  }
}

/** E[max(x, 0)·max(y, 0)] of standard normal x and y with correlation ρ. */
function arcCosine(correlation: number): number {
  const sine = Math.sqrt(1 - correlation ** 2);
  return (sine + correlation * Math.acos(-correlation)) / (2 * Math.PI);
}
