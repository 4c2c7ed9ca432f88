import { NetError } from "@tcpip-workshop/core/net-error";
import { describeSettings, readSettings, SEND, SERVE } from "./settings.ts";
import { UdpEchoClient } from "./udp-echo-client.ts";
import { startUdpEchoServer, type UdpEchoServer } from "./udp-echo-server.ts";

/** What the command is told of the world, and where it writes. */
export interface World {
  env: NodeJS.ProcessEnv;
  out: { write(text: string): unknown };
  err: { write(text: string): unknown };
  /** Calls back at each SIGTERM or SIGINT. */
  onSignal: (listener: () => void) => void;
}

/** 0: done. 1: the network or the system said no. 2: the command was called wrongly. */
export type ExitCode = 0 | 1 | 2;

/** Runs the command and resolves with its exit code: for `serve`, when the server has drained. */
export async function run(argv: string[], world: World): Promise<ExitCode> {
  // `pnpm udp-echo -- --port 1`: some write the two dashes out of habit
  const args = argv[0] === "--" ? argv.slice(1) : argv;
  if (args.includes("--help") || args.includes("-h")) {
    world.out.write(help());
    return 0;
  }
  try {
    return args[0] === "send" ? await send(args.slice(1), world) : await serve(args, world);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const usage = error.code === "ARGUMENT_INVALID";
    const more = usage ? "udp-echo --help tells the rest." : advice(error);
    world.err.write(`udp-echo: ${error.message} (${error.code}). ${more}\n`);
    return usage ? 2 : 1;
  }
}

async function serve(args: string[], world: World): Promise<ExitCode> {
  const { settings, positionals } = readSettings(SERVE, args, world.env);
  if (positionals.length > 1 || (positionals[0] ?? "serve") !== "serve") {
    const got = positionals.join(" ");
    throw new NetError("ARGUMENT_INVALID", `Expected the command serve or send, got "${got}"`);
  }
  const { promise: signalled, resolve: signal } = Promise.withResolvers<void>();
  let now: (() => void) | undefined;
  // Before it listens: a supervisor may have second thoughts at once
  world.onSignal(() => (now === undefined ? signal() : now()));
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
    onEvent: (event) => print(world, event),
  });
  const interval = settings["stats-interval"];
  const timer = interval > 0 ? setInterval(() => void printStats(world, server), interval) : undefined;
  await signalled;
  now = () => void server.drain(0);
  clearInterval(timer);
  // The kernel forgets a socket's drops with the socket: asked before it closes
  const drops = await server.kernelDrops();
  await server.drain();
  print(world, { event: "stats", ...server.stats, ...drops });
  return 0;
}

async function send(args: string[], world: World): Promise<ExitCode> {
  const { settings, positionals } = readSettings(SEND, args, world.env);
  const [text] = positionals;
  if (text === undefined || positionals.length > 1) {
    throw new NetError("ARGUMENT_INVALID", `Expected one text to send, got ${positionals.length}`);
  }
  const first = settings["first-wait"];
  await using client = await UdpEchoClient.connect({
    host: settings.host,
    port: settings.port,
    mode: settings.mode,
    deadline: settings.deadline,
    attempts: settings.attempts,
    backoff: { least: Math.min(100, first), first, most: Math.max(8000, first) },
    whenRefused: settings["when-refused"],
  });
  const started = performance.now();
  const reply = await client.request(new TextEncoder().encode(text));
  const duration = Math.round((performance.now() - started) * 1000) / 1000;
  const { sent } = client.stats;
  print(world, {
    event: "reply",
    text: new TextDecoder().decode(reply),
    bytes: reply.length,
    sent,
    duration,
  });
  return 0;
}

function print({ out }: World, line: object): void {
  out.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
}

async function printStats(world: World, server: UdpEchoServer): Promise<void> {
  const drops = await server.kernelDrops();
  print(world, { event: "stats", ...server.stats, ...drops });
}

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

function help(): string {
  return `udp-echo: sends back what comes, over UDP. Prints one JSON object a line.

  udp-echo [serve] [flags]       until SIGTERM or SIGINT, which drain it; a second one closes at once
${describeSettings(SERVE)}

  udp-echo send <text> [flags]   sends the text until a reply comes, prints the reply
${describeSettings(SEND)}

Each flag is also a variable: --drain-deadline is UDP_ECHO_DRAIN_DEADLINE. The flag wins.
Exit code: 0 done, 1 the network or the system said no, 2 called wrongly.
`;
}
