import { Socket } from "node:net";
import { Peer } from "../wire/peer.ts";
import { frameReader } from "./frames.ts";

/**
 * Loads the answer and serves calls on fd 3; runs in the answer's own process. It guards nothing here: whatever an answer
 * breaks in this process it breaks for itself, and the grader's side of the wire believes no word of it.
 *
 * @param url the answer's file URL; a process that was started before its time hears it in its first frame, and reads nothing
 *   of the answer until then
 */
export async function serve(url: string | undefined): Promise<void> {
  const exit = process.exit.bind(process);
  const module: { [name: string]: unknown } = {};
  const socket = new Socket({ fd: 3, readable: true, writable: true });
  const peer = new Peer((frame) => socket.write(frame), module);
  const { promise: told, resolve: tell } = Promise.withResolvers<string>();
  let isTold = url !== undefined;
  const read = frameReader((frame) => {
    if (isTold) peer.receive(frame);
    else tell(Buffer.from(frame).toString());
    isTold = true;
  });
  socket.on("data", read);
  // The grader is gone: nobody is left to answer to.
  socket.on("close", () => exit(0));
  socket.on("error", () => exit(0));
  try {
    Object.assign(module, (await import(url ?? (await told))) as object);
    const exports = Object.entries(module).map(([name, value]) => [name, kindOf(value)]);
    peer.announce({ exports: Object.fromEntries(exports) as { [name: string]: string } });
  } catch (error) {
    peer.announce({ error });
  }
}

function kindOf(value: unknown): string {
  const isClass = typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
  return isClass ? "class" : typeof value;
}
