import { field, mark, type Answer } from "@tcpip-workshop/grader/suite";
import type { ClientOptions, RequestOptions, ServerOptions } from "../udp-echo.ts";
import { bytesOf, textOf } from "./bytes.ts";
import { Clock } from "./clock.ts";
import { underWay } from "./request.ts";
import { until } from "./until.ts";
import type { Work } from "./work.ts";

export type AnswerUnderTest = ReturnType<typeof underTest>;

export type ClientUnderTest = Awaited<ReturnType<AnswerUnderTest["connect"]>>;

/** The answer's module, with limits to its calls, and a look at its sockets. */
export function underTest(echo: Answer<typeof import("../udp-echo.ts")>) {
  const startServer = async (...options: [ServerOptions?]) => {
    const listens = "`startEchoServer` resolves when the server listens";
    const server = await soon(echo.startEchoServer(...options), listens);
    return { port: await field(server.port), close: () => soon(server.close(), closes) };
  };

  const connect = async ({ port }: { port: number }, ...options: [ClientOptions?]) => {
    const connected = "`connect` resolves to a client when the socket is connected";
    const client = await soon(echo.connect(port, ...options), connected);
    return {
      /** A request, under way. */
      asks: (payload: Uint8Array | string, ...options: [RequestOptions?]) =>
        underWay(client.request(readable(payload), ...options)),
      close: () => soon(client.close(), closes),
    };
  };

  return {
    startServer,
    connect,

    /** A server whose work is noted: `worked` comes along. */
    startWorking: async <W extends Work>(work: W, options: ServerOptions = {}) => ({
      ...work,
      ...(await startServer({ ...options, handle: work.handle })),
    }),

    /** A client whose waits are the clock's. */
    connectClocked: async (server: { port: number }, options: ClientOptions = {}, clock = new Clock()) => ({
      ...(await connect(server, { ...options, wait: clock.wait })),
      clock,
    }),

    /** The states of the answer's sockets with this port, by the kernel's table. */
    openSockets: (port: number): string => {
      const sockets = echo.process.sockets({ port }).filter(({ local }) => local.port === port);
      return sockets.map(({ state }) => state).join(", ") || "no socket";
    },
  };
}

/** With what it is as text under it, where it is shown; a copy, for the suite's own bytes are shown elsewhere too. */
function readable(payload: Uint8Array | string): Uint8Array {
  const bytes = Uint8Array.from(bytesOf(payload));
  const isShort = bytes.length > 0 && bytes.length <= 16;
  return isShort ? mark(bytes, 0, JSON.stringify(textOf(bytes))) : bytes;
}

const closes = "`close` resolves when the socket is closed";

async function soon<T>(call: Promise<T>, rule: string): Promise<T> {
  let isSettled = false;
  const settle = () => (isSettled = true);
  call.then(settle, settle);
  // The first call of all waits for the process to start, too.
  await until(() => isSettled, rule, { within: 5000 });
  return await call;
}
