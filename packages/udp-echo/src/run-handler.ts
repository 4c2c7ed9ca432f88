import { NetError } from "@tcpip-workshop/core/net-error";
import type { Message } from "./message.ts";
import type { Timers } from "./timers.ts";
import type { Endpoint } from "./udp-echo-event.ts";

/**
 * Answers a request. Called at most once an id within the window. What it throws is counted and logged, and the request
 * stays unanswered. `signal` ends with `handlerTimeout`, and when the server stops waiting.
 */
export type Handler = (payload: Uint8Array, context: HandlerContext) => Uint8Array | Promise<Uint8Array>;

export interface HandlerContext {
  peer: Endpoint;
  /** The request's, 64 bits. */
  id: bigint;
  signal: AbortSignal;
}

/**
 * The handler's answer, or what it throws. Throws the reason when `controller` aborts, and `TOTAL_TIMEOUT`, aborting it,
 * after `timeout`: a handler that never ends must not hold its place for ever.
 */
export async function runHandler(
  handler: Handler,
  { id, payload }: Message,
  peer: Endpoint,
  { controller, timers, timeout }: { controller: AbortController; timers: Timers; timeout: number },
): Promise<Uint8Array> {
  const { signal } = controller;
  const answer = handler(payload, { peer: { address: peer.address, port: peer.port }, id, signal });
  if (answer instanceof Uint8Array) return answer;
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  const timer = timers.setTimeout(() => {
    const message = `Expected the handler to answer within ${timeout} ms, got nothing`;
    controller.abort(new NetError("TOTAL_TIMEOUT", message));
  }, timeout);
  try {
    return await Promise.race([answer, givenUp]);
  } finally {
    timers.clearTimeout(timer);
  }
}
