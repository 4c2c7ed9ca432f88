import { printLine, signalsOf, verb, type Command } from "@tcpip-workshop/command";
import type { NetError } from "@tcpip-workshop/core/net-error";
import { connect } from "./connect.ts";
import { startEchoServer } from "./echo-server.ts";
import { SEND, SERVE } from "./settings.ts";

const serve = verb({
  summary: "until SIGTERM or SIGINT, which drain it; a second one closes at once",
  operands: [],
  settings: SERVE,
  async run(settings, _, world) {
    // Before it listens: a supervisor may have second thoughts at once.
    const { first, second } = signalsOf(world);
    const server = await startEchoServer({
      host: settings.host,
      port: settings.port,
      mode: settings.mode,
      maxConnections: settings["max-connections"],
      maxFrameLength: settings["max-frame-length"],
      idleTimeout: settings["idle-timeout"],
      drainDeadline: settings["drain-deadline"],
      onEvent: (event) => printLine(world, event),
    });
    await first;
    void second.then(() => server.drain(0));
    await server.drain();
  },
});

const send = verb({
  summary: "sends the text, prints the reply",
  operands: ["text"],
  settings: SEND,
  async run(settings, [text = ""], world) {
    const started = performance.now();
    await using connection = await connect({
      host: settings.host,
      port: settings.port,
      mode: settings.mode,
      maxFrameLength: settings["max-frame-length"],
      connectTimeout: settings["connect-timeout"],
      idleTimeout: settings["idle-timeout"],
      totalTimeout: settings["total-timeout"],
    });
    const connected = performance.now();
    const reply = await connection.echo(new TextEncoder().encode(text));
    printLine(world, {
      event: "reply",
      text: new TextDecoder().decode(reply),
      bytes: reply.length,
      connectDuration: round(connected - started),
      replyDuration: round(performance.now() - connected),
    });
  },
});

/** The command: `serve` and `send`. */
export const tcpEcho: Command = {
  name: "tcp-echo",
  summary: "sends back what comes, over TCP. Prints one JSON object a line.",
  verbs: { serve, send },
  advice,
};

function advice({ code, cause }: NetError): string {
  const port = (cause as { port?: number } | undefined)?.port;
  if (code === "ADDRESS_IN_USE") return `Another process has it: ss -ltnp 'sport = :${port}' tells which.`;
  if (code === "CONNECTION_REFUSED") return "Nobody listens there: is the server up?";
  if (code === "CONNECT_TIMEOUT") {
    return "The SYN was dropped on the way, or the listener's queue is full: ss -tn state syn-sent shows it waiting.";
  }
  return "";
}

/** Milliseconds, to the microsecond. */
function round(duration: number): number {
  return Math.round(duration * 1000) / 1000;
}
