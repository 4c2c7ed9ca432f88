import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { awaitEvidence, type AnswerStatistics, type TimelineSource } from "@tcpip-workshop/grader/suite";

type Note = (text: string) => void;

/** What the service that was started last has seen and said. */
let lines: string[] = [];

/** For a failure: of many services it is the last one that led to it. */
export const lastTalker: TimelineSource = { timeline: () => lines };

/** A service of the suite's own. Once a client has said "ping\n", `reply` has its socket. */
export async function talker(reply: (socket: Socket, note: Note) => unknown) {
  const sockets: Socket[] = [];
  let said = "";
  const [own, start]: [string[], number] = [(lines = []), performance.now()];
  const server = createServer((socket) => {
    const number = sockets.push(socket);
    const note: Note = (text) => {
      const time = (performance.now() - start).toFixed(1).padStart(8);
      if (own.length < 20) own.push(`${time} ms  #${number}  ${text}`);
    };
    let asked = "";
    note("accepted");
    socket.setEncoding("latin1").on("error", () => {});
    socket.on("end", () => note("FIN by the client"));
    socket.on("close", (isReset: boolean) => note(isReset ? "closed, by RST" : "closed"));
    socket.on("data", (text: string) => {
      note(`${JSON.stringify(text)} arrives`);
      said += text;
      if ((asked += text) === "ping\n") reply(socket, note);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return sockets.length;
    },
    /** What clients have said, all of it. */
    get asked() {
      return said;
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
  const service = await talker(async (socket, note) => {
    const isRead = () => process.sockets({ port: service.port }).every(({ recvQ }) => recvQ === 0);
    for (const piece of pieces) {
      socket.write(piece);
      note(`the service says ${JSON.stringify(piece)}`);
      await awaitEvidence(isRead, "what the service has said, read");
    }
    if (end !== "") note(`the service sends ${end}`);
    if (end === "FIN") socket.end();
    if (end === "RST") socket.resetAndDestroy();
  });
  return service;
}

/** Says "p" every 10 ms and ends its line after 700: who waits for a silence waits until then. */
export async function dripper() {
  let isDripping = true;
  const service = await talker((socket, note) => {
    note('the service says "p" every 10 ms');
    const timer = setInterval(() => socket.write("p"), 10);
    const end = setTimeout(() => {
      isDripping = false;
      clearInterval(timer);
      note('the service says "\\n"');
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
