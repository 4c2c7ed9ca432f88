import { printLine, signalsOf, verb, type Command } from "@tcpip-workshop/command";
import type { NetError } from "@tcpip-workshop/core/net-error";
import { SEND, SERVE } from "./settings.ts";
import { UdpEchoClient } from "./udp-echo-client.ts";
import { startUdpEchoServer } from "./udp-echo-server.ts";

const serve = verb({
  summary: "until SIGTERM or SIGINT, which drain it; a second one closes at once",
  operands: [],
  settings: SERVE,
  async run(settings, _, world) {
    // Before it listens: a supervisor may have second thoughts at once.
    const { first, second } = signalsOf(world);
    const server = await startUdpEchoServer({
      host: settings.host,
      port: settings.port,
      mode: settings.mode,
      maxDatagramLength: settings["max-datagram-length"],
      maxRunning: settings["max-running"],
      windowAge: settings["window-age"],
      windowEntries: settings["window-entries"],
      windowBytes: settings["window-bytes"],
      minSourcePort: settings["min-source-port"],
      receiveBufferBytes: settings["receive-buffer"] || undefined,
      drainDeadline: settings["drain-deadline"],
      onEvent: (event) => printLine(world, event),
    });
    const printStats = async (): Promise<void> => {
      const drops = await server.kernelDrops();
      printLine(world, { event: "stats", ...server.stats, ...drops });
    };
    const interval = settings["stats-interval"];
    const timer = interval > 0 ? setInterval(() => void printStats(), interval) : undefined;
    await first;
    void second.then(() => server.drain(0));
    clearInterval(timer);
    // The kernel forgets a socket's drops with the socket: asked before it closes.
    const drops = await server.kernelDrops();
    await server.drain();
    printLine(world, { event: "stats", ...server.stats, ...drops });
  },
});

const send = verb({
  summary: "sends the text until a reply comes, prints the reply",
  operands: ["text"],
  settings: SEND,
  async run(settings, [text = ""], world) {
    const first = settings["first-wait"];
    await using client = await UdpEchoClient.connect({
      host: settings.host,
      port: settings.port,
      mode: settings.mode,
      totalTimeout: settings["total-timeout"],
      attempts: settings.attempts,
      backoff: { least: Math.min(100, first), first, most: Math.max(8000, first) },
      whenRefused: settings["when-refused"],
    });
    const started = performance.now();
    const reply = await client.request(new TextEncoder().encode(text));
    const duration = Math.round((performance.now() - started) * 1000) / 1000;
    const { sent } = client.stats;
    printLine(world, {
      event: "reply",
      text: new TextDecoder().decode(reply),
      bytes: reply.length,
      sent,
      duration,
    });
  },
});

/** The command: `serve` and `send`. */
export const udpEcho: Command = {
  name: "udp-echo",
  summary: "sends back what comes, over UDP. Prints one JSON object a line.",
  verbs: { serve, send },
  advice,
};

function advice({ code, cause }: NetError): string {
  const port = (cause as { port?: number } | undefined)?.port;
  if (code === "ADDRESS_IN_USE") return `Another process has it: ss -lunp 'sport = :${port}' tells which.`;
  if (code === "CONNECTION_REFUSED") return "Is the server up? Note that UDP and TCP ports are not the same.";
  if (code === "NO_REPLY") {
    return "Lost, dropped by a firewall, or not what that server answers: is --mode the server's?";
  }
  if (code === "DATAGRAM_TOO_LARGE")
    return "UDP over IPv4 carries at most 65507 bytes, our header of 12 included.";
  return "";
}
