import { AnswerFailure, foundOverThere, type AnswerFailureCode } from "./answer-failure.ts";
import { forged, maxFrameObjects, type Wire } from "./message.ts";
import { define } from "./value-writer.ts";

/** What the reader asks of the process it reads for. */
export interface Importer {
  /** Our own object, named by the other side. @throws {AnswerFailure} FORGED_FRAME when it never had such a handle */
  ownObject(handle: number): unknown;
  /** Something of ours that stands for the other side's object. */
  standIn(kind: HandleKind, handle: number, name: string): unknown;
  /** A signal of ours that follows the other side's. */
  followSignal(handle: number, aborted: { reason: unknown } | undefined): AbortSignal;
}

export type HandleKind = "function" | "instance" | "iterable";

type Tagged = { [key: string]: Wire };

const fromOtherSide = new WeakSet<object>();

/** Whether an error was read from the wire. One that calls itself an assertion is none of ours. */
export function isFromOtherSide(error: object): boolean {
  return fromOtherSide.has(error);
}

/** Names that make a value more than data to an assertion or to `await`: a function under one of them is refused. */
const actsOnTheReader: ReadonlySet<string> = new Set(["then", "toJSON", "asymmetricMatch"]);

const views = {
  Buffer: (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  Uint8Array: (bytes: Uint8Array) => bytes,
  Uint8ClampedArray: (bytes: Uint8Array) => new Uint8ClampedArray(bytes.buffer),
  Int8Array: (bytes: Uint8Array) => new Int8Array(bytes.buffer),
  Uint16Array: (bytes: Uint8Array) => new Uint16Array(bytes.buffer),
  Int16Array: (bytes: Uint8Array) => new Int16Array(bytes.buffer),
  Uint32Array: (bytes: Uint8Array) => new Uint32Array(bytes.buffer),
  Int32Array: (bytes: Uint8Array) => new Int32Array(bytes.buffer),
  Float32Array: (bytes: Uint8Array) => new Float32Array(bytes.buffer),
  Float64Array: (bytes: Uint8Array) => new Float64Array(bytes.buffer),
  BigUint64Array: (bytes: Uint8Array) => new BigUint64Array(bytes.buffer),
  BigInt64Array: (bytes: Uint8Array) => new BigInt64Array(bytes.buffer),
  DataView: (bytes: Uint8Array) => new DataView(bytes.buffer),
};

const errorClasses = { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError };

/**
 * Reads what a {@link ValueWriter} wrote, trusting none of it: whatever comes becomes plain data or a handle, and
 * nothing in it can run on this side.
 *
 * @throws {AnswerFailure} FORGED_FRAME for what no writer writes, CANNOT_CROSS for data that would act on the reader
 */
export class ValueReader {
  readonly #importer: Importer;
  readonly #attached: Uint8Array;
  /** What was copied out of the frame, by its place there: what is one object over there is one here. */
  readonly #copies = new Map<string, Uint8Array>();
  /** Bytes of them. */
  #copied = 0;
  #objects = 0;

  constructor(importer: Importer, attached: Uint8Array) {
    this.#importer = importer;
    this.#attached = attached;
  }

  read(wire: Wire): unknown {
    if (typeof wire !== "object" || wire === null) return wire;
    // Not those that are text or a number on the other side: they are small here, too.
    if (!isSmall(wire)) this.#count(1);
    if (Array.isArray(wire)) return wire.map((item) => this.read(item));
    if (Object.hasOwn(wire, "$")) return this.#readTagged(wire);
    return this.#readEntries(Object.entries(wire));
  }

  #readTagged(wire: Tagged): unknown {
    const kind = text(wire["$"]);
    switch (kind) {
      case "undefined":
        return undefined;
      case "number":
        return Number(text(wire["v"]));
      case "bigint":
        return readBigInt(text(wire["v"]));
      case "date":
        return new Date(Number(this.read(wire["v"] ?? null)));
      case "map":
        return new Map(list(wire["v"]).map((pair) => this.#pair(pair)));
      case "set":
        return new Set(list(wire["v"]).map((item) => this.read(item)));
      case "object":
        return this.#readEntries(list(wire["v"]).map((pair) => [text(list(pair)[0]), list(pair)[1] ?? null]));
      case "bytes":
        return this.#readView(text(wire["kind"]), this.#bytes(wire));
      case "chunks":
        return this.#readChunks(wire);
      case "lists":
        return this.#readLists(wire);
      case "buffer":
        return this.#copy(this.#bytes(wire)).buffer;
      case "error":
        return this.#readError(wire);
      case "failure":
        return readFailure(text(wire["code"]), text(wire["message"]));
      case "signal":
        return this.#importer.followSignal(
          count(wire["id"]),
          Object.hasOwn(wire, "reason") ? { reason: this.read(wire["reason"] ?? null) } : undefined,
        );
      case "yours":
        return this.#importer.ownObject(integer(wire["id"]));
      case "function":
      case "instance":
      case "iterable":
        return this.#importer.standIn(kind, count(wire["id"]), text(wire["name"]));
      default:
        throw forged(`a value of kind ${JSON.stringify(kind.slice(0, 40))}`);
    }
  }

  #readEntries(entries: [string, Wire][]): object {
    const out = {};
    for (const [key, item] of entries) {
      const value = this.read(item);
      if (typeof value === "function" && actsOnTheReader.has(key)) {
        throw new AnswerFailure(
          "CANNOT_CROSS",
          `Expected plain data, got an object with a \`${key}\` method`,
        );
      }
      define(out, key, value);
    }
    return out;
  }

  #readChunks(wire: Tagged): unknown[] {
    const bytes = this.#bytes(wire);
    const kind = text(wire["kind"]);
    const lengths = list(wire["lengths"]);
    this.#count(lengths.length);
    let end = 0;
    return lengths.map((length) => {
      const start = end;
      end += count(length);
      if (end > bytes.length) throw forged("chunks beyond its end");
      return this.#readView(kind, bytes.subarray(start, end));
    });
  }

  #readLists(wire: Tagged): unknown[] {
    const chunks = this.read(wire["chunks"] ?? null);
    if (!Array.isArray(chunks)) throw forged("lists of no chunks");
    const counts = list(wire["counts"]);
    this.#count(counts.length);
    let end = 0;
    return counts.map((length) => {
      const start = end;
      end += count(length);
      if (end > chunks.length) throw forged("lists beyond their chunks");
      return chunks.slice(start, end) as unknown[];
    });
  }

  #readView(kind: string, bytes: Uint8Array): unknown {
    if (!Object.hasOwn(views, kind)) throw forged(`bytes of kind ${JSON.stringify(kind.slice(0, 40))}`);
    const make = views[kind as keyof typeof views];
    // Views of two, four or eight bytes an item want their own, aligned memory; the others may lie in the frame.
    return make(kind === "Uint8Array" || kind === "Buffer" ? bytes : this.#copy(bytes));
  }

  /** A few bytes of JSON may name the same 200 MiB a thousand times: each is copied once, and all of it is no more than there is. */
  #copy(bytes: Uint8Array): Uint8Array {
    const place = `${bytes.byteOffset} ${bytes.length}`;
    const known = bytes.length === 0 ? undefined : this.#copies.get(place);
    if (known !== undefined) return known;
    this.#copied += bytes.length;
    if (this.#copied > this.#attached.length) throw forged("more bytes than it has");
    const copy = bytes.slice();
    this.#copies.set(place, copy);
    return copy;
  }

  #count(objects: number): void {
    this.#objects += objects;
    if (this.#objects > maxFrameObjects)
      throw forged(`more than ${maxFrameObjects.toLocaleString("en")} objects`);
  }

  /** Whatever it says of itself, its name and fields included, is only said: see {@link isFromOtherSide}. */
  #readError(wire: Tagged): Error {
    const className = text(wire["class"]);
    const Class = Object.hasOwn(errorClasses, className)
      ? errorClasses[className as keyof typeof errorClasses]
      : Error;
    const cause = Object.hasOwn(wire, "cause") ? { cause: this.read(wire["cause"] ?? null) } : undefined;
    const error = new Class(text(wire["message"]), cause);
    fromOtherSide.add(error);
    hide(error, "name", text(wire["name"]));
    hide(error, "stack", text(wire["stack"]));
    const own = this.#readEntries(
      list(wire["own"]).map((pair) => [text(list(pair)[0]), list(pair)[1] ?? null]),
    );
    for (const [key, value] of Object.entries(own)) {
      if (key !== "message" && key !== "name") define(error, key, value);
    }
    return error;
  }

  #pair(pair: Wire): [unknown, unknown] {
    const [key, value] = list(pair);
    return [this.read(key ?? null), this.read(value ?? null)];
  }

  #bytes(wire: Tagged): Uint8Array {
    const at = count(wire["at"]);
    const end = at + count(wire["length"]);
    if (end > this.#attached.length) throw forged("bytes beyond its end");
    return new Uint8Array(this.#attached.buffer, this.#attached.byteOffset + at, end - at);
  }
}

function isSmall(wire: Wire[] | Tagged): boolean {
  return !Array.isArray(wire) && small.has(wire["$"]);
}

const small: ReadonlySet<unknown> = new Set(["undefined", "number", "bigint"]);

function readFailure(code: string, message: string): AnswerFailure {
  if (!foundOverThere.has(code)) throw forged(`a failure of kind ${JSON.stringify(code.slice(0, 40))}`);
  return new AnswerFailure(code as AnswerFailureCode, message);
}

function readBigInt(digits: string): bigint {
  if (!/^-?\d{1,10000}$/.test(digits)) throw forged("a bigint that is none");
  return BigInt(digits);
}

function hide(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: false, writable: true, configurable: true });
}

function text(value: Wire | undefined): string {
  if (typeof value !== "string") throw forged("a text that is none");
  return value;
}

function list(value: Wire | undefined): Wire[] {
  if (!Array.isArray(value)) throw forged("a list that is none");
  return value;
}

function integer(value: Wire | undefined): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw forged("a handle that is none");
  return value;
}

function count(value: Wire | undefined): number {
  const number = integer(value);
  if (number < 0) throw forged("a negative count");
  return number;
}
