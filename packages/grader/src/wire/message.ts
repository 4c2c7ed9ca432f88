/**
 * What crosses between the suite and the answer's process: one frame is one batch of messages.
 *
 *     +-----------------+-----------------+------------------+---------------------------+
 *     | frame length u32| JSON length u32 | JSON: Message[]  | bytes the JSON points into|
 *     +-----------------+-----------------+------------------+---------------------------+
 *
 * Bytes travel beside the JSON, not in it: 64 MiB as base64 would cost more than most answers do.
 * There is no message that carries a verdict, so there is none to forge.
 */
import { AnswerFailure } from "./answer-failure.ts";

/** JSON as it travels: tagged values are objects with a `$`. See {@link ValueWriter}. */
export type Wire = null | boolean | number | string | Wire[] | { [key: string]: Wire };

/** Calls `name` of the object `on` (0 is the answer's module); without a name `on` itself is called. */
export interface CallMessage {
  op: "call";
  id: number;
  on: number;
  name?: string;
  args: Wire;
  /**
   * `each`: `args` is a list of argument lists, called in order; the reply is the list of results, read after the last
   * call. `map`: the same, where each has but one argument. `keep`: the result stays there, the reply is a handle on it. `get`: reads the property. `next`, `return`: of
   * the iterator of `on`.
   */
  mode?: "each" | "map" | "keep" | "get" | "next" | "return";
}

/** `new` on the export `name`. The caller chooses the handle, so that calls may follow without waiting for the reply. */
export interface NewMessage {
  op: "new";
  id: number;
  name: string;
  args: Wire;
  handle: number;
}

export interface ReplyMessage {
  op: "ok" | "err";
  id: number;
  value: Wire;
}

/** An AbortSignal that crossed earlier has aborted. */
interface AbortMessage {
  op: "abort";
  on: number;
  value: Wire;
}

/** These handles are no longer used. */
interface FreeMessage {
  op: "free";
  handles: number[];
}

/** The answer's module is loaded (`exports`: name to `typeof`, with "class" for classes), or was not. */
interface LoadedMessage {
  op: "loaded";
  exports: { [name: string]: string };
}
interface NotLoadedMessage {
  op: "notLoaded";
  value: Wire;
}

export type Message =
  | CallMessage
  | NewMessage
  | ReplyMessage
  | AbortMessage
  | FreeMessage
  | LoadedMessage
  | NotLoadedMessage;

/**
 * The most bytes, beside the JSON, of one message from the answer. The most that an answer to an exercise of the course gives back is 8 MiB; and an assertion
 * looks at each byte of what it compares as at an item of a list, at 40 bytes of memory.
 */
export const maxMessageBytes = 16 * 1024 * 1024;

/**
 * The most JSON of one message, in bytes. The most that a suite of the course sends or gets is 0.4 MB; and every byte may be an object to whoever
 * reads it, which makes gigabytes of a frame that is nothing but JSON.
 */
export const maxMessageLength = 8 * 1024 * 1024;

/**
 * The most objects of one message: chunks of bytes, errors, functions, plain objects and lists, and whatever else is neither text nor a number. One costs
 * whoever reads it some hundred times the two bytes that it may have in the JSON.
 */
export const maxMessageObjects = 200_000;

/** The most objects of a frame: those of a message, and what was about to leave when it came. */
export const maxFrameObjects = maxMessageObjects + 100_000;

/** The most JSON of a frame: a message of that length, and what was about to leave when it came. */
const maxJsonLength = maxMessageLength + 2 * 1024 * 1024;

/** The most one frame from the answer may hold, in bytes: a message of that length, and what was about to leave when it came. */
export const maxFrameLength = maxJsonLength + maxMessageBytes + 2 * 1024 * 1024;

/** One batch as the bytes to write, the frame's own length first. @param messages each as JSON */
export function packFrame(messages: string[], attachments: Uint8Array[]): Uint8Array {
  const json = Buffer.from(`[${messages.join(",")}]`);
  const attached = attachments.reduce((sum, bytes) => sum + bytes.length, 0);
  const frame = Buffer.allocUnsafe(8 + json.length + attached);
  frame.writeUInt32BE(4 + json.length + attached, 0);
  frame.writeUInt32BE(json.length, 4);
  json.copy(frame, 8);
  let at = 8 + json.length;
  for (const bytes of attachments) {
    frame.set(bytes, at);
    at += bytes.length;
  }
  return frame;
}

/**
 * A frame's batch and the bytes it points into.
 *
 * @throws {AnswerFailure} FORGED_FRAME when the frame is not a batch of messages
 */
export function unpackFrame(frame: Uint8Array): { messages: Message[]; attached: Uint8Array } {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const jsonLength = bytes.length >= 4 ? bytes.readUInt32BE(0) : Number.POSITIVE_INFINITY;
  if (jsonLength > bytes.length - 4) throw forged("its JSON is longer than the frame");
  if (jsonLength > maxJsonLength) throw forged(`${jsonLength.toLocaleString("en")} bytes of JSON`);
  let messages: unknown;
  try {
    messages = JSON.parse(bytes.toString("utf8", 4, 4 + jsonLength));
  } catch {
    throw forged("it is not JSON");
  }
  if (!Array.isArray(messages) || !messages.every(isMessage)) throw forged("it is not a list of messages");
  return { messages, attached: bytes.subarray(4 + jsonLength) };
}

/** The failure for a frame that our own host cannot have written. */
export function forged(why: string): AnswerFailure {
  return new AnswerFailure(
    "FORGED_FRAME",
    `Your code wrote to file descriptor 3, which belongs to the grader (a frame came that our side did not ask for: ${why})`,
  );
}

const fields: { [op in Message["op"]]: { [field: string]: string } } = {
  call: { id: "number", on: "number", args: "object" },
  new: { id: "number", name: "string", args: "object", handle: "number" },
  ok: { id: "number" },
  err: { id: "number" },
  abort: { on: "number" },
  free: { handles: "object" },
  loaded: { exports: "object" },
  notLoaded: {},
};

function isMessage(value: unknown): value is Message {
  if (typeof value !== "object" || value === null) return false;
  const message = value as { [field: string]: unknown };
  const op = message["op"];
  if (typeof op !== "string" || !Object.hasOwn(fields, op)) return false;
  const wanted = fields[op as Message["op"]];
  return Object.keys(wanted).every(
    (field) => message[field] !== null && typeof message[field] === wanted[field],
  );
}
