import { readFile } from "node:fs/promises";
import { endianness } from "node:os";

/** What the kernel's table shows of a listener and of those who dial it. */
export interface ListenerSockets {
  /** Handshakes complete, and not accepted: the accept queue. */
  queued: number;
  /** The server's ends in ESTABLISHED, accepted or not. */
  established: number;
  /** Bytes that have come to the server's ends, and that the process has not read. */
  unread: number;
  /** The clients' ends in SYN-SENT: their SYN is unanswered. */
  synSent: number;
}

/**
 * Reads /proc/net/tcp (proc_net(5)): each line has the addresses as they lie in memory, in hex, then the state, then
 * `tx_queue:rx_queue`, where a listener's rx_queue is the length of its accept queue. IPv4 only.
 */
export async function listenerSockets(host: string, port: number): Promise<ListenerSockets> {
  const address = `${hexOf(host)}:${hex(port, 4)}`;
  const sockets: ListenerSockets = { queued: 0, established: 0, unread: 0, synSent: 0 };
  for (const line of (await readFile("/proc/net/tcp", "latin1")).split("\n")) {
    if (!line.includes(address)) continue;
    const [, local, remote, state, queues] = line.trim().split(/\s+/);
    const receiveQueue = Number.parseInt(queues?.split(":")[1] ?? "", 16);
    if (local === address && state === "0A") sockets.queued = receiveQueue;
    if (local === address && state === "01") {
      sockets.established++;
      sockets.unread += receiveQueue;
    }
    if (remote === address && state === "02") sockets.synSent++;
  }
  return sockets;
}

function hexOf(host: string): string {
  const bytes = host.split(".").map((byte) => hex(Number(byte), 2));
  return (endianness() === "LE" ? bytes.toReversed() : bytes).join("");
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
