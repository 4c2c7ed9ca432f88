// What a canary tries: run behind the seal without Node's permission model and with leave to call the system directly, so that nothing but the
// seal itself is left to stop it. Each says what came of it.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { constants, networkInterfaces } from "node:os";
import { setTimeout } from "node:timers/promises";

type Outcome = string;

const errnoNames = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** Calls the system with up to three numbers. "ok", or the error's name. */
function systemCall(number: number, ...args: [number?, number?, number?]): Outcome {
  const ffi = process.getBuiltinModule("node:ffi");
  const { functions } = ffi.dlopen(null, {
    syscall: { arguments: ["int64", "int64", "int64", "int64", "int64", "int64", "int64"], return: "int64" },
    __errno_location: { arguments: [], return: "pointer" },
  });
  const [a = 0, b = 0, c = 0] = args;
  const wide = [number, a, b, c, 0, 0, 0].map(BigInt) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const returned = functions.syscall(...wide);
  if (returned !== -1n) return "ok";
  const errno = ffi.getInt32(functions.__errno_location());
  return errnoNames.get(errno) ?? `errno ${errno}`;
}

/** The calls by number, in one go: `[number, outcome][]`. */
export function call(numbers: number[]): Outcome[] {
  return numbers.map((number) => systemCall(number));
}

/** A process, by `clone` with no flag but the signal of its end; a child that is born ends at once. */
export function cloneProcess(number: number): Outcome {
  const { pid } = process;
  const outcome = systemCall(number, constants.signals.SIGCHLD);
  if (process.pid !== pid) process.reallyExit(0);
  return outcome;
}

export function socketOf(number: number, family: number, type: number, protocol: number): Outcome {
  return systemCall(number, family, type, protocol);
}

export function spawnNode(): Outcome {
  const { error, status } = spawnSync(process.execPath, ["--version"]);
  return error === undefined ? `ran, and ended with ${status}` : codeOf(error);
}

/** From `/proc/self/status`. */
export function statusOf(fields: string[]): string[] {
  const status = readFileSync("/proc/self/status", "latin1");
  return fields.map((field) => new RegExp(`^${field}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "absent");
}

/** The soft and the hard limit of each, from `/proc/self/limits`. */
export function limits(): { [name: string]: string } {
  const lines = readFileSync("/proc/self/limits", "latin1").trim().split("\n").slice(1);
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, 26).trim(), line.slice(26, 68).trim().replace(/\s+/, " ")]),
  );
}

export function processes(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

export function environment(): NodeJS.ProcessEnv {
  return { ...process.env };
}

export function list(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    return [codeOf(error)];
  }
}

export function areThere(paths: string[]): boolean[] {
  return paths.map((path) => existsSync(path));
}

/** How much of so many bytes could be written before an error, and which. */
export function fill(path: string, bytes: number): { written: number; outcome: Outcome } {
  const piece = Buffer.alloc(1024 * 1024);
  let written = 0;
  try {
    for (; written < bytes; written += piece.length) writeFileSync(path, piece, { flag: "a" });
    return { written, outcome: "ok" };
  } catch (error) {
    return { written, outcome: codeOf(error) };
  }
}

/** Whether each could be written; nothing is. */
export function openForWriting(paths: string[]): Outcome[] {
  return paths.map((path) => {
    try {
      closeSync(openSync(path, "r+"));
      return "ok";
    } catch (error) {
      return codeOf(error);
    }
  });
}

export function signal(pid: number): Outcome {
  try {
    process.kill(pid, 0);
    return "ok";
  } catch (error) {
    return codeOf(error);
  }
}

export function interfaces(): string[] {
  return Object.keys(networkInterfaces());
}

export async function dial(host: string, port: number): Promise<Outcome> {
  const socket = connect({ host, port });
  try {
    return await Promise.race([
      once(socket, "connect").then(() => "ok"),
      setTimeout(2000, "no answer", { ref: false }),
    ]);
  } catch (error) {
    return codeOf(error);
  } finally {
    socket.destroy();
  }
}

/** What an honest answer does: it listens, and answers. */
export async function listen(): Promise<number> {
  const server = createServer((socket: Socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
