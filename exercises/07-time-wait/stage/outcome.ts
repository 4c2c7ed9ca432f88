import { eventually, expect, mark, quietly, step } from "@tcpip-workshop/grader/suite";
import type { EchoServer } from "./echo-server.ts";

/** What can be asked: the answer's client. */
export interface Asked {
  request(payload: Uint8Array): Promise<Uint8Array>;
}

export const ownEcho = "A request must get its own echo, whatever came before it";

/** The reply, or what it rejected with. Who fails before it comes need not wait for it. */
export function ask(client: Asked, payload: string): Promise<string> {
  const bytes = mark(Buffer.from(payload), 0, JSON.stringify(payload));
  const text = (reply: Uint8Array): string => Buffer.from(reply).toString();
  const reply = client.request(bytes).then(text, (error: Error & { code?: string }) => {
    if (error.name === "AnswerFailure") throw error;
    return `rejected with ${error.code ?? error.message}`;
  });
  reply.catch(() => {});
  return reply;
}

/** What came of it so far. */
export function watch(promise: Promise<string>): () => string {
  let state = "pending";
  const become = (outcome: unknown): unknown => (state = String(outcome));
  promise.then(become, become);
  return () => state;
}

/** Waits for a state, unless there is another one that stays. */
export async function becomes(received: () => string, expected: string, rule: string): Promise<void> {
  const isOver = (): boolean => received() === expected || /^(rejected|RST)/.test(received());
  await eventually(isOver, rule, { within: 600, expected, received });
  expect(received(), rule).toBe(expected);
}

export async function asksTwice(client: Asked, { tap }: EchoServer): Promise<void> {
  step('it asks "one", and when it has its reply, "two"');
  expect(await quietly(() => ask(client, "one")), ownEcho).toBe("one");
  const needed = "A connection is opened when a request needs it, not before: one request, one connection";
  expect(connections(tap.accepts), needed).toBe("1 connection");
  expect(await quietly(() => ask(client, "two")), ownEcho).toBe("two");
  const again =
    "A request whose reply is whole gives its connection back, and the next one uses it: two requests, one connection";
  expect(connections(tap.accepts), again).toBe("1 connection");
}

export async function sent(server: EchoServer, payload: string): Promise<void> {
  const rule = `There is a free place, so "${payload}" must be sent`;
  await eventually(() => server.of(payload), rule);
}

/** How many are too many differs from run to run. */
export function counted(count: number, most: number, what: string): string {
  return count > most ? `≈${count} ${what}` : `${count} ${what}`;
}

export function connections(count: number): string {
  return `${count} connection${count === 1 ? "" : "s"}`;
}

/** Which of these payloads the server has not had once, in words; nothing else may have come. */
export function timesSent(received: readonly string[], asked: readonly string[]): string {
  const times = (payload: string): number => received.filter((each) => each === payload).length;
  const odd = [...new Set([...asked, ...received])].filter((payload) => times(payload) !== 1);
  const told = odd.slice(0, 3).map((payload) => `${payload}: ${times(payload)} times`);
  return odd.length === 0 ? onceEach : [...told, ...(odd.length > 3 ? ["…"] : [])].join(", ");
}

export const onceEach = "each request once";
