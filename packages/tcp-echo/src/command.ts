import { NetError } from "@tcpip-workshop/core/net-error";
import { connect } from "./connect.ts";
import { startEchoServer } from "./echo-server.ts";
import { describeSettings, readSettings, SEND, SERVE } from "./settings.ts";

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
  // `pnpm tcp-echo -- --port 1`: some write the two dashes out of habit
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
    const more = usage ? "tcp-echo --help tells the rest." : advice(error);
    world.err.write(`tcp-echo: ${error.message} (${error.code}). ${more}\n`);
    return usage ? 2 : 1;
  }
}

async function serve(args: string[], { env, out, onSignal }: World): Promise<ExitCode> {
  const { settings, positionals } = readSettings(SERVE, args, env);
  if (positionals.length > 1 || (positionals[0] ?? "serve") !== "serve") {
    throw new NetError(
      "ARGUMENT_INVALID",
      `Expected the command serve or send, got "${positionals.join(" ")}"`,
    );
  }
  const { promise: signalled, resolve: signal } = Promise.withResolvers<void>();
  let now: (() => void) | undefined;
  // Before it listens: a supervisor may have second thoughts at once.
  onSignal(() => (now === undefined ? signal() : now()));
  const server = await startEchoServer({
    host: settings.host,
    port: settings.port,
    mode: settings.mode,
    maxConnections: settings["max-connections"],
    maxFrameLength: settings["max-frame-length"],
    idleTimeout: settings["idle-timeout"],
    drainDeadline: settings["drain-deadline"],
    onEvent: (event) => out.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`),
  });
  await signalled;
  now = () => void server.drain(0);
  await server.drain();
  return 0;
}

async function send(args: string[], { env, out }: World): Promise<ExitCode> {
  const { settings, positionals } = readSettings(SEND, args, env);
  const [text] = positionals;
  if (text === undefined || positionals.length > 1) {
    throw new NetError("ARGUMENT_INVALID", `Expected one text to send, got ${positionals.length}`);
  }
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
  const line = {
    time: new Date().toISOString(),
    event: "reply",
    text: new TextDecoder().decode(reply),
    bytes: reply.length,
    connectDuration: round(connected - started),
    replyDuration: round(performance.now() - connected),
  };
  out.write(`${JSON.stringify(line)}\n`);
  return 0;
}

function advice({ code, cause }: NetError): string {
  const port = (cause as { port?: number } | undefined)?.port;
  if (code === "ADDRESS_IN_USE") return `Another process has it: ss -ltnp 'sport = :${port}' tells which.`;
  if (code === "CONNECTION_REFUSED") return "Nobody listens there: is the server up?";
  if (code === "CONNECT_TIMEOUT") {
    return "The SYN was dropped on the way, or the listener's queue is full: ss -tn state syn-sent shows it waiting.";
  }
  return "";
}

function help(): string {
  return `tcp-echo: sends back what comes, over TCP. Prints one JSON object a line.

  tcp-echo [serve] [flags]       until SIGTERM or SIGINT, which drain it; a second one closes at once
${describeSettings(SERVE)}

  tcp-echo send <text> [flags]   sends the text, prints the reply
${describeSettings(SEND)}

Each flag is also a variable: --idle-timeout is TCP_ECHO_IDLE_TIMEOUT. The flag wins.
Exit code: 0 done, 1 the network or the system said no, 2 called wrongly.
`;
}

/** Milliseconds, to the microsecond. */
function round(duration: number): number {
  return Math.round(duration * 1000) / 1000;
}
