import type { Gate, GatePoint } from "@tcpip-workshop/idempotency/store";

/** Lent to the gateway as its store's gate: holds whoever comes to a point, until it is told. */
export class HeldStore {
  /** Where payments are held from now on; undefined for nowhere. */
  at: GatePoint | undefined;
  /** How many are held now. */
  held = 0;
  /** How many may pass there first. */
  #pass: number;
  #release = Promise.withResolvers<void>();

  constructor(at?: GatePoint, pass = 0) {
    this.at = at;
    this.#pass = pass;
  }

  readonly gate: Gate = async (point) => {
    if (point !== this.at || this.#pass-- > 0) return;
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
