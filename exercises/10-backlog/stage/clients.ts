import { connect } from "node:net";
import { readSockets } from "@tcpip-workshop/diagnostics/sockets";
import { eventually } from "@tcpip-workshop/grader/suite";

/** Clients of the suite's own, all in one moment; each asks "ping\n". */
export function dial(port: number, count: number) {
  const clients = { refused: 0, connected: 0, ponged: 0 };
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ port, host: "127.0.0.1" }).on("error", () => clients.refused++);
    socket.on("connect", () => clients.connected++);
    socket.on("data", (chunk) => chunk.toString() === "pong\n" && clients.ponged++).write("ping\n");
    return socket;
  });
  const received = (): string => {
    const ours = readSockets({ protocols: ["tcp"], port, pid: process.pid });
    // The kernel hands its table out in pieces, and a socket may be in two of them.
    const states = new Map(
      ours.filter(({ remote }) => remote.port === port).map(({ local, state }) => [local.port, state]),
    );
    const are = (name: string) => [...states.values()].filter((state) => state === name).length;
    return `${are("ESTABLISHED")} connected, ${are("SYN-SENT")} in SYN-SENT`;
  };
  return Object.assign(clients, {
    /** What the kernel's table must show of them. */
    become: (expected: string, rule: string) =>
      eventually(() => received() === expected, rule, { within: 500, expected, received }),
    [Symbol.dispose]() {
      // Node would have a reset wait for the handshake.
      for (const socket of sockets) void (socket.connecting ? socket.destroy() : socket.resetAndDestroy());
    },
  });
}
