import { readdirSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as dial, type Socket } from "node:net";
import { connect, type EchoMode } from "@tcpip-workshop/tcp-echo";
import { LaneServer } from "./server.ts";

/** Milliseconds in which the server has to have closed what its peers have left. */
const CLEAN_UP = 20_000;

interface Trial {
  title: string;
  mode: EchoMode;
  /** Does it, and returns how many of its expectations were not met. */
  run(port: number): Promise<number>;
}

const trials: Trial[] = [
  { title: "nothing, for comparison", mode: "raw", run: async () => 0 },
  {
    title: "5,000 opened, one echo, closed; 50 at a time",
    mode: "raw",
    run: (port) => churn(port, 5000, 50),
  },
  { title: "500 at once, 20 echoes of 1 KiB each", mode: "framed", run: (port) => atOnce(port, 500, 20) },
  {
    title: "2,000 reset: at once, with bytes under way, with the echo unread",
    mode: "raw",
    run: (port) => storm(port, 2000),
  },
  { title: "200 send a frame of 64 bytes byte by byte", mode: "framed", run: (port) => dribble(port, 200) },
  {
    title: "500 announce a frame of 4 GiB and send 64 KiB of it",
    mode: "framed",
    run: (port) => refused(port, 500, () => Buffer.alloc(65_536, 255)),
  },
  { title: "500 send 64 KiB of garbage", mode: "framed", run: (port) => refused(port, 500, garbage) },
  { title: "20 that never read send 64 MiB each, raw", mode: "raw", run: (port) => neverRead(port, 20) },
  {
    title: "20 that never read send 64 MiB each, framed",
    mode: "framed",
    run: (port) => neverRead(port, 20),
  },
];

/** Prints what a tcp-echo server lives through: a fresh process for each, so that its peak of memory is that one's. Linux. */
export async function stress(): Promise<void> {
  console.log("| | s | peak RSS, MiB | expectations not met | sockets left |\n|---|---:|---:|---:|---:|");
  for (const { title, mode, run } of trials) {
    await using server = await LaneServer.start(`tcp-echo ${mode}`);
    const before = socketsOf(server.pid);
    const started = performance.now();
    const unmet = await run(server.port);
    const seconds = (performance.now() - started) / 1000;
    const left = await socketsLeft(server.pid, before);
    // whatever came before: it must still serve
    const alive = await echoes(server.port, mode);
    const { maxRss } = await server.usage();
    console.log(
      `| ${title} | ${seconds.toFixed(1)} | ${(maxRss / 1024).toFixed(0)} | ${unmet + (alive ? 0 : 1)} | ${left} |`,
    );
  }
}

async function churn(port: number, count: number, atATime: number): Promise<number> {
  let due = count;
  let unmet = 0;
  const worker = async (): Promise<void> => {
    while (due-- > 0) if (!(await echoes(port, "raw"))) unmet++;
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return unmet;
}

async function atOnce(port: number, count: number, echoes: number): Promise<number> {
  const connections = await Promise.all(
    Array.from({ length: count }, () => connect({ port, mode: "framed" })),
  );
  const results = await Promise.all(
    connections.map(async (connection, index) => {
      const payload = new Uint8Array(1024).fill(index);
      for (let number = 0; number < echoes; number++) {
        if (Buffer.compare(await connection.echo(payload), payload) !== 0) return false;
      }
      await connection.close();
      return true;
    }),
  );
  return results.filter((met) => !met).length;
}

async function storm(port: number, count: number): Promise<number> {
  for (let done = 0; done < count; done += 100) {
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const socket = await open(port);
        const closed = new Promise((resolve) => socket.once("close", resolve));
        if (index % 3 > 0) socket.write("some bytes");
        if (index % 3 > 1) await new Promise((resolve) => socket.once("readable", resolve));
        socket.resetAndDestroy();
        await closed;
      }),
    );
  }
  return 0;
}

async function dribble(port: number, count: number): Promise<number> {
  const wire = Buffer.alloc(68, "x");
  wire.writeUInt32BE(64);
  const results = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = await open(port);
      const echo = collect(socket);
      for (const byte of wire) {
        socket.write(Uint8Array.of(byte));
        await sleep(5);
      }
      socket.end();
      return Buffer.compare(await echo, wire) === 0;
    }),
  );
  return results.filter((met) => !met).length;
}

/** Expects that the server answers with FIN and not a byte. */
async function refused(port: number, count: number, bytes: () => Buffer): Promise<number> {
  const results = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = await open(port);
      const echo = collect(socket);
      socket.end(bytes());
      return (await echo).length === 0;
    }),
  );
  return results.filter((met) => !met).length;
}

/** Expects that the server stops to take long before all is sent. */
async function neverRead(port: number, count: number): Promise<number> {
  const block = Buffer.alloc(65_536);
  // a good frame, the same again and again
  block.writeUInt32BE(65_532);
  const sockets = await Promise.all(Array.from({ length: count }, () => open(port)));
  for (const socket of sockets) {
    socket.pause();
    for (let sent = 0; sent < 64 * 2 ** 20; sent += block.length) socket.write(block);
  }
  const taken = () => sockets.map((socket) => socket.bytesWritten - socket.writableLength);
  // the state to wait for is that nothing moves
  for (let last = -1, still = 0; still < 10;) {
    await sleep(50);
    const sum = taken().reduce((all, each) => all + each, 0);
    still = sum === last ? still + 1 : 0;
    last = sum;
  }
  const unmet = taken().filter((bytes) => bytes > 32 * 2 ** 20).length;
  for (const socket of sockets) socket.resetAndDestroy();
  return unmet;
}

async function echoes(port: number, mode: EchoMode): Promise<boolean> {
  try {
    await using connection = await connect({ port, mode });
    return (await connection.echo(Uint8Array.of(1, 2, 3))).length === 3;
  } catch (error) {
    console.error(error);
    return false;
  }
}

/** Bytes like those of a TLS client or a browser are above the limit; so is nearly anything. */
function garbage(): Buffer {
  const bytes = Buffer.alloc(65_536);
  for (let index = 0; index < bytes.length; index++) bytes[index] = (index * 131 + 71) & 255;
  return bytes;
}

async function open(port: number): Promise<Socket> {
  const socket = dial({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return socket.on("error", () => {});
}

async function collect(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(chunks);
}

async function socketsLeft(pid: number, before: number): Promise<number> {
  const end = performance.now() + CLEAN_UP;
  while (socketsOf(pid) > before && performance.now() < end) await sleep(20);
  return socketsOf(pid) - before;
}

/** Sockets among the descriptors of a process (proc_pid_fd(5)). */
function socketsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith("socket:");
    } catch {
      // closed meanwhile
      return false;
    }
  }).length;
}
