import type { Gate, GatePoint } from "@tcpip-workshop/idempotency/store";

/** Lent to the gateway as its store's gate: holds whoever comes to a point, until it is told. */
export class HeldStore {
  /** Where payments are held from now on; undefined for nowhere. */
  at: GatePoint | undefined;
  /** How many may pass there first. */
  after = 0;
  /** How many are held now. */
  held = 0;
  #release = Promise.withResolvers<void>();

  constructor(at?: GatePoint) {
    this.at = at;
  }

  readonly gate: Gate = async (point) => {
    if (point !== this.at || this.after-- > 0) return;
    this.held++;
    await this.#release.promise;
  };

  /** Lets them go, and holds nobody any more. */
  release(): void {
    this.at = undefined;
    this.held = 0;
    this.#release.resolve();
    this.#release = Promise.withResolvers();
  }
}
