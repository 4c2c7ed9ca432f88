import { readSockets, type SocketEntry } from "@tcpip-workshop/diagnostics/sockets";
import type { ScriptedPeer } from "@tcpip-workshop/faults/tcp";
import type { AnswerStatistics } from "@tcpip-workshop/grader/suite";

/** Both ends of a client's connection, as the kernel has them. */
export function ends({ port, localPort }: ScriptedPeer): { server?: SocketEntry; peer?: SocketEntry } {
  const rows = readSockets({ protocols: ["tcp"], port: localPort });
  const server = rows.find(({ local, remote }) => local.port === port && remote.port === localPort);
  const peer = rows.find(({ local, remote }) => local.port === localPort && remote.port === port);
  return { ...(server && { server }), ...(peer && { peer }) };
}

/** Bytes of a client's connection that wait in the kernel, in either direction, at either end. */
export function inKernel(client: ScriptedPeer): number {
  return Object.values(ends(client)).reduce((sum, { recvQ, sendQ }) => sum + recvQ + sendQ, 0);
}

/** Bytes that the answer's clients of this server have not read. */
export function unread(process: AnswerStatistics, port: number): number {
  return process.sockets({ port }).reduce((sum, { recvQ }) => sum + recvQ, 0);
}
