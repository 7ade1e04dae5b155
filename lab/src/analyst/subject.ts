import type { Filtration } from 'undertone/analysis';
import type { Backend } from 'undertone/browser';
import type { Activation, Network } from 'undertone/model';
import { type Basis, type Roles, rolesOf } from 'undertone/task';
import { basisOf, filtrationFor } from '../engine/lens.ts';
import type { Lens, Snapshot } from '../engine/protocol.ts';

/** A network with what has been worked out of it so far. */
export class Subject {
  readonly snapshot: Snapshot;
  readonly network: Network;
  readonly activation: Activation;
  readonly roles: Roles | null;
  readonly basis: Basis;
  readonly backend: Backend;
  private readonly filtrations = new Map<Lens['select'], Filtration>();

  constructor(snapshot: Snapshot, backend: Backend) {
    this.snapshot = snapshot;
    this.network = snapshot.network;
    this.activation = snapshot.activation;
    this.roles = snapshot.dataset === null ? null : rolesOf(snapshot.dataset);
    this.basis = basisOf(snapshot.joined, snapshot.network.modulus);
    this.backend = backend;
  }

  filtration(select: Lens['select']): Filtration {
    let found = this.filtrations.get(select);
    if (found === undefined) {
      found = filtrationFor(this.network, this.snapshot.joined, select);
      this.filtrations.set(select, found);
    }
    return found;
  }
}
