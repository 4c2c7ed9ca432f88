import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { awaitEvidence, type AnswerStatistics } from "@tcpip-workshop/grader/suite";

/** A service of the suite's own. Once a client has said "ping\n", `reply` has its socket. */
export async function talker(reply: (socket: Socket) => unknown) {
  const sockets: Socket[] = [];
  let questions = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    let asked = "";
    socket.setEncoding("latin1").on("error", () => {});
    socket.on("data", (text: string) => {
      questions++;
      if ((asked += text) === "ping\n") reply(socket);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return sockets.length;
    },
    /** How often somebody has said something. */
    get questions() {
      return questions;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), "close");
    },
  };
}

/** Says piece after piece, each when the one before has been read, and then ends it or not. */
export async function speaker(
  pieces: readonly string[],
  end: "" | "FIN" | "RST",
  process: AnswerStatistics,
): Promise<Awaited<ReturnType<typeof talker>>> {
  const service = await talker(async (socket) => {
    const isRead = () => process.sockets({ port: service.port }).every(({ recvQ }) => recvQ === 0);
    for (const piece of pieces) {
      socket.write(piece);
      await awaitEvidence(isRead, "what the service has said, read");
    }
    if (end === "FIN") socket.end();
    if (end === "RST") socket.resetAndDestroy();
  });
  return service;
}

/** Says "p" every 10 ms and ends its line after 700: who waits for a silence waits until then. */
export async function dripper() {
  let isDripping = true;
  const service = await talker((socket) => {
    const timer = setInterval(() => socket.write("p"), 10);
    const end = setTimeout(() => {
      isDripping = false;
      clearInterval(timer);
      socket.write("\n");
    }, 700);
    socket.on("close", () => (clearInterval(timer), clearTimeout(end)));
  });
  return {
    port: service.port,
    get isDripping() {
      return isDripping;
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}
