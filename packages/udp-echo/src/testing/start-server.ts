import { encodeMessage } from "../message.ts";
import type { UdpEchoServerOptions } from "../server-options.ts";
import type { UdpEchoEvent } from "../udp-echo-event.ts";
import { startUdpEchoServer, type UdpEchoServer } from "../udp-echo-server.ts";

/** A server, and what it told so far. */
export async function startServer(
  options: UdpEchoServerOptions = {},
): Promise<{ server: UdpEchoServer; events: UdpEchoEvent[] }> {
  const events: UdpEchoEvent[] = [];
  const server = await startUdpEchoServer({ onEvent: (event) => events.push(event), ...options });
  return { server, events };
}

/** So many bytes, all alike. */
export function bytes(length: number, value = 7): Uint8Array {
  return new Uint8Array(length).fill(value);
}

/** The datagram of a request. */
export function request(id: bigint, payload: Uint8Array): Uint8Array {
  return encodeMessage({ kind: "request", id, payload });
}
