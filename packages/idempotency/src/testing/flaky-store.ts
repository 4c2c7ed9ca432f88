import { NetError } from "@tcpip-workshop/core/net-error";
import type { Store, TableName, Tables, TransactResult, Write } from "../store.ts";

/** What happens to one operation. `request lost`: not done, and an error; `reply lost`: done, and an error; `crash`: no answer ever. */
export type Fault = "none" | "request lost" | "reply lost" | "crash";

/** A store whose n-th operation, reads and writes counted together, meets the n-th fault; `none` when there is no more. */
export class FlakyStore implements Store {
  /** The faults that came about. */
  readonly happened: Exclude<Fault, "none">[] = [];
  readonly #store: Store;
  readonly #faults: Iterator<Fault>;

  constructor(store: Store, faults: readonly Fault[]) {
    this.#store = store;
    this.#faults = faults.values();
  }

  get<T extends TableName>(table: T, id: string): Promise<Tables[T] | undefined> {
    return this.#meet(() => this.#store.get(table, id));
  }

  transact(writes: readonly Write[]): Promise<TransactResult> {
    return this.#meet(() => this.#store.transact(writes));
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #meet<T>(operation: () => Promise<T>): Promise<T> {
    const next = this.#faults.next();
    const fault = next.done === true ? "none" : next.value;
    if (fault !== "none") {
      this.happened.push(fault);
    }
    if (fault === "crash") {
      await new Promise(() => {});
    }
    if (fault === "request lost") {
      throw unavailable("not done");
    }
    const result = await operation();
    if (fault === "reply lost") {
      throw unavailable("done");
    }
    return result;
  }
}

function unavailable(really: string): NetError {
  return new NetError("STORE_UNAVAILABLE", `Expected a reply, got none (it was ${really})`);
}
