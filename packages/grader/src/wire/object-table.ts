import { forged } from "./message.ts";
import type { Exporter } from "./value-writer.ts";

/** The most of the other side's objects that stand here at a time: nobody means to have so many, and each costs something. */
const most = { standIns: 100_000, signals: 10_000 };

/** Who may be named across the wire: our objects by the handles we gave, the other side's by their stand-ins. */
export class ObjectTable implements Exporter {
  readonly #root: object | undefined;
  readonly #onAbort: (handle: number, reason: unknown) => void;
  #ours = new Map<number, { object: unknown } | { failed: unknown }>();
  #handles = new WeakMap<object, number>();
  #standIns = new Map<number, object>();
  #handleOfStandIn = new WeakMap<object, number>();
  #signals = new Map<number, AbortController>();
  #iterators = new WeakMap<object, Iterator<unknown> | AsyncIterator<unknown>>();
  #lastHandle = 0;

  constructor(root: object | undefined, onAbort: (handle: number, reason: unknown) => void) {
    this.#root = root;
    this.#onAbort = onAbort;
  }

  /** True on the answer's side, where handle 0 is the module. */
  get hasModule(): boolean {
    return this.#root !== undefined;
  }

  /** Our object under this handle. @throws {AnswerFailure} FORGED_FRAME when there was never one */
  get(handle: number): unknown {
    if (handle === 0 && this.#root !== undefined) return this.#root;
    const entry = this.#ours.get(handle);
    if (entry === undefined) {
      // A timer of the last test's may well call back late. An error would end the answer's process, in the next one.
      if (handle > 0 && handle <= this.#lastHandle) return ended;
      throw forged(`a call on handle ${handle}, which was never given`);
    }
    if ("failed" in entry) throw entry.failed;
    return entry.object;
  }

  /** Puts what `make` returns under a handle that the other side chose; where it throws, later calls on it throw the same. */
  hold(handle: number, make: () => object): void {
    try {
      this.#ours.set(handle, { object: make() });
    } catch (error) {
      this.#ours.set(handle, { failed: error });
      throw error;
    }
  }

  exportObject(object: object): number {
    const known = this.#handles.get(object);
    if (known !== undefined) return known;
    const handle = ++this.#lastHandle;
    this.#ours.set(handle, { object });
    this.#handles.set(object, handle);
    if (object instanceof AbortSignal && !object.aborted) {
      object.addEventListener("abort", () => this.#onAbort(handle, object.reason), { once: true });
    }
    return handle;
  }

  handleOf(object: object): number | undefined {
    return this.#handleOfStandIn.get(object);
  }

  /** One stand-in a handle, so that the same function is the same on this side too. */
  standInFor(handle: number, make: () => object): object {
    let object = this.#standIns.get(handle);
    if (object === undefined) {
      if (this.#standIns.size >= most.standIns)
        throw forged(`more than ${most.standIns.toLocaleString("en")} handles in a test`);
      object = make();
      this.#standIns.set(handle, object);
      this.#handleOfStandIn.set(object, handle);
    }
    return object;
  }

  followSignal(handle: number, aborted: { reason: unknown } | undefined): AbortSignal {
    let controller = this.#signals.get(handle);
    if (controller === undefined) {
      if (this.#signals.size >= most.signals)
        throw forged(`more than ${most.signals.toLocaleString("en")} signals in a test`);
      controller = new AbortController();
      this.#signals.set(handle, controller);
    }
    if (aborted !== undefined) controller.abort(aborted.reason);
    return controller.signal;
  }

  abort(handle: number, reason: unknown): void {
    this.#signals.get(handle)?.abort(reason);
  }

  iteratorOf(iterable: object): Iterator<unknown> | AsyncIterator<unknown> {
    let iterator = this.#iterators.get(iterable);
    if (iterator === undefined) {
      const source = iterable as AsyncIterable<unknown> & Iterable<unknown>;
      iterator = source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]();
      this.#iterators.set(iterable, iterator);
    }
    return iterator;
  }

  /** Handles of ours that the other side will not use again. */
  drop(handles: number[]): void {
    for (const handle of handles) {
      const entry = this.#ours.get(handle);
      this.#ours.delete(handle);
      // Lent again in a later test, it needs a handle of its own: this one is dead.
      if (entry !== undefined && "object" in entry && isKey(entry.object)) this.#handles.delete(entry.object);
    }
  }

  /** Forgets both directions; returns the other side's handles, for it to drop. */
  forget(): number[] {
    const handles = [...this.#standIns.keys()];
    this.#standIns.clear();
    this.#ours.clear();
    this.#handles = new WeakMap();
    this.#signals.clear();
    return handles;
  }
}

/** What stands where something was lent by a test that has ended: nobody listens there, and there is nothing to come. */
const ended = Object.assign(() => undefined, { [Symbol.iterator]: () => [].values() });

function isKey(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
