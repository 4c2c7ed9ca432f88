import { connect } from "node:net";
import { FrozenListener } from "@tcpip-workshop/faults/kernel";
import { ownHost } from "./host.ts";

/** A server that hangs behind a full accept queue. */
export async function hangingServer(): Promise<FrozenListener> {
  const frozen = await FrozenListener.start({ backlog: 1, host: ownHost() });
  await frozen.fill();
  return frozen;
}

/** A client that comes when the queue is full: the kernel drops its SYN, and it sends another one until it is let go. */
export function lateClient({ port, host }: FrozenListener): Disposable {
  const late = connect(port, host).on("error", () => {});
  return { [Symbol.dispose]: () => late.destroy() };
}
