import type { Socket } from "node:net";
import { ConnectionTap, type ConnectionHandler } from "@tcpip-workshop/faults/tcp";
import { timeline, type AnswerStatistics } from "@tcpip-workshop/grader/suite";
import { unread } from "./kernel-table.ts";

/** A server of the suite's. */
export async function listen(handler: ConnectionHandler): Promise<ConnectionTap> {
  const server = await ConnectionTap.listen(handler, { allowHalfOpen: true });
  timeline(server);
  return server;
}

/** Waits for FIN; sends back 2 bytes, the rest when these have been read, and then FIN. */
export async function replyInPieces(process: AnswerStatistics): Promise<ConnectionTap> {
  const server = await listen(async (socket, connection) => {
    const chunks: Uint8Array[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(new Uint8Array(chunk)));
    await server.until(() => connection.ended !== undefined);
    const bytes = Buffer.concat(chunks);
    for (const piece of [bytes.subarray(0, 2), bytes.subarray(2)]) {
      socket.write(piece);
      await isRead(process, server);
    }
    socket.end();
  });
  return server;
}

/** Sends all that it has to, and reads on only when that has been taken. */
export async function writesFirst(payload: Uint8Array): Promise<ConnectionTap> {
  const server = await listen(async (socket) => {
    socket.pause();
    socket.write(payload);
    await server.until(() => socket.writableLength === 0);
    socket.resume();
    socket.on("end", () => socket.end());
  });
  return server;
}

/** Sends back the first `count` bytes, and when these have been read, it does something else. */
export async function repliesAndThen(
  process: AnswerStatistics,
  count: number,
  act: (socket: Socket) => unknown,
): Promise<ConnectionTap> {
  const server = await listen((socket) => {
    socket.once("data", (chunk: Buffer) => {
      socket.write(chunk.subarray(0, count));
      void isRead(process, server).then(() => act(socket));
    });
  });
  return server;
}

function isRead(process: AnswerStatistics, server: ConnectionTap): Promise<unknown> {
  return server.until(() => unread(process, server.port) === 0);
}
