import { AnswerFailure, foundOverThere } from "./answer-failure.ts";
import type { Wire } from "./message.ts";

/** What the writer asks of the process it writes for: a number by which the other side can name an object of ours. */
export interface Exporter {
  /** The handle of a function, an instance, an iterator or a signal. */
  exportObject(object: object): number;
  /** Set when `object` is itself a handle on something of the other side's. */
  handleOf(object: object): number | undefined;
}

/** Where bytes lie among the attachments. */
type Place = { at: number; length: number };

/** Deeper values are refused: a cycle, or a list linked a hundred times. */
const maxDepth = 100;
/** So many lists are worth a form of their own. */
const manyLists = 16;

/**
 * Writes values as tagged JSON, and bytes into a list beside it.
 *
 * As they are: null, booleans, strings, finite numbers, arrays, plain objects. Tagged by `$`: everything else.
 * Functions, instances, iterators and signals stay where they are; a handle crosses.
 *
 * @throws {AnswerFailure} CANNOT_CROSS for symbols, cycles and values deeper than 100 levels
 */
export class ValueWriter {
  readonly attachments: Uint8Array[] = [];
  #attached = 0;
  /** Where the bytes of the value of the moment lie: what is one object here is one over there, as in structured clone. */
  readonly #places = new Map<ArrayBufferView, Place>();
  readonly #exporter: Exporter;
  #objects = 0;

  constructor(exporter: Exporter) {
    this.#exporter = exporter;
  }

  /** Bytes attached so far. */
  get attachedLength(): number {
    return this.#attached;
  }

  /** Takes back what was attached behind the first `length` bytes. */
  detach(length: number): void {
    while (this.#attached > length) this.#attached -= this.attachments.pop()?.length ?? this.#attached;
  }

  /** Objects written so far, and chunks of bytes. */
  get objects(): number {
    return this.#objects;
  }

  write(value: unknown, depth = 0): Wire {
    if (depth === 0) this.#places.clear();
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- "object" is what is left
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : { $: "number", v: spellNumber(value) };
      case "undefined":
        return { $: "undefined" };
      case "bigint":
        return { $: "bigint", v: value.toString() };
      case "symbol":
        throw new AnswerFailure(
          "CANNOT_CROSS",
          `A symbol (${value.toString()}) cannot cross between processes`,
        );
      case "function":
        return this.#reference("function", value, value.name);
      default:
        return value === null ? null : this.#writeObject(value as object, depth + 1);
    }
  }

  #writeObject(value: object, depth: number): Wire {
    if (depth > maxDepth) {
      throw new AnswerFailure(
        "CANNOT_CROSS",
        `A value nested deeper than ${maxDepth} levels, or with a cycle, cannot cross`,
      );
    }
    this.#objects++;
    const handle = this.#exporter.handleOf(value);
    if (handle !== undefined) return { $: "yours", id: handle };
    if (Array.isArray(value)) return this.#writeArray(value, depth);
    if (ArrayBuffer.isView(value)) return this.#writeView(value);
    if (value instanceof ArrayBuffer) return { $: "buffer", ...this.#attach(new Uint8Array(value)) };
    if (value instanceof Date) return { $: "date", v: this.write(value.getTime(), depth) };
    if (value instanceof Map) {
      return { $: "map", v: Array.from(value, ([k, v]) => [this.write(k, depth), this.write(v, depth)]) };
    }
    if (value instanceof Set) return { $: "set", v: Array.from(value, (item) => this.write(item, depth)) };
    if (value instanceof AnswerFailure && foundOverThere.has(value.code))
      return { $: "failure", code: value.code, message: value.message };
    if (value instanceof Error) return this.#writeError(value, depth);
    if (value instanceof AbortSignal) {
      const reason = value.aborted ? { reason: this.write(value.reason, depth) } : {};
      return { ...this.#reference("signal", value), ...reason };
    }
    return isPlain(value) ? this.#writePlain(value, depth) : this.#writeInstance(value);
  }

  /** A list of chunks, which is what most calls here carry, crosses as one run of bytes and their lengths. */
  #writeArray(array: unknown[], depth: number): Wire {
    const [first] = array;
    const isChunks =
      first instanceof Uint8Array && array.every((item) => isLike(first, item)) && !repeats(array);
    if (!isChunks)
      return this.#writeChunkLists(array, depth) ?? Array.from(array, (item) => this.write(item, depth));
    const chunks = array as Uint8Array[];
    this.#objects += chunks.length;
    return {
      $: "chunks",
      kind: kindOf(first),
      lengths: chunks.map(({ length }) => length),
      ...(chunks.length === 1 ? this.#place(first, first) : this.#keep(Buffer.concat(chunks))),
    };
  }

  /** Lists of chunks, as many calls of one method return them: one run of bytes for all. */
  #writeChunkLists(array: unknown[], depth: number): Wire | undefined {
    if (array.length < manyLists || !array.every(Array.isArray)) return undefined;
    const lists = array as unknown[][];
    if (!lists.every((list) => list.every((item) => item instanceof Uint8Array))) return undefined;
    const flat = lists.flat();
    const chunks = this.#writeArray(flat, depth) as { $?: Wire };
    return chunks.$ === "chunks"
      ? { $: "lists", counts: lists.map(({ length }) => length), chunks }
      : undefined;
  }

  #writePlain(value: object, depth: number): Wire {
    const out: { [key: string]: Wire } = {};
    for (const [key, item] of Object.entries(value)) define(out, key, this.write(item, depth));
    // A plain object that happens to have a `$` would read as a tag.
    return Object.hasOwn(out, "$") ? { $: "object", v: Object.entries(out) } : out;
  }

  #writeInstance(value: object): Wire {
    const { name } = (value.constructor ?? Object) as { name: unknown };
    const isIterable = Symbol.asyncIterator in value || Symbol.iterator in value;
    return this.#reference(isIterable ? "iterable" : "instance", value, String(name));
  }

  #writeError(error: Error, depth: number): Wire {
    const own: Wire[] = [];
    for (const key of Object.keys(error)) {
      if (key !== "cause" && key !== "stack") own.push([key, this.write((error as never)[key], depth)]);
    }
    // An error may have anything in these, whatever its type says.
    const { name, message, stack } = error as { name: unknown; message: unknown; stack?: unknown };
    const { name: className } = (error.constructor ?? Error) as { name: unknown };
    return {
      $: "error",
      class: String(className),
      name: String(name),
      message: String(message),
      stack: typeof stack === "string" ? stack.slice(0, 4096) : "",
      own,
      ...(error.cause === undefined ? {} : { cause: this.write(error.cause, depth) }),
    };
  }

  #writeView(view: ArrayBufferView): Wire {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    return { $: "bytes", kind: kindOf(view), ...this.#place(view, bytes) };
  }

  #place(view: ArrayBufferView, bytes: Uint8Array): Place {
    const place = this.#places.get(view) ?? this.#attach(bytes);
    this.#places.set(view, place);
    return place;
  }

  /** A copy, now: a value crosses as it is at this moment, whatever its owner writes over it before the batch leaves. */
  #attach(bytes: Uint8Array): Place {
    return this.#keep(bytes.slice());
  }

  #keep(bytes: Uint8Array): Place {
    const at = this.#attached;
    this.attachments.push(bytes);
    this.#attached += bytes.length;
    return { at, length: bytes.length };
  }

  #reference(kind: string, object: object, name = ""): { [key: string]: Wire } {
    const handle = this.#exporter.handleOf(object);
    if (handle !== undefined) return { $: "yours", id: handle };
    return { $: kind, id: this.#exporter.exportObject(object), name };
  }
}

/** Sets an own property even where the key is `__proto__`. */
export function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}

/** A short list in which an object comes twice: there it is to be one object over there, too. */
function repeats(array: unknown[]): boolean {
  return array.length < manyLists && new Set(array).size < array.length;
}

function isLike(first: Uint8Array, item: unknown): boolean {
  return item instanceof Uint8Array && Object.getPrototypeOf(item) === Object.getPrototypeOf(first);
}

function kindOf(view: ArrayBufferView): string {
  return Buffer.isBuffer(view) ? "Buffer" : Object.prototype.toString.call(view).slice(8, -1);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function spellNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
