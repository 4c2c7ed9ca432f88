// Loaded before a grader: writes down all that it tells other processes, what it starts them with and what it writes on any
// socket, into the file that the query `?to=` names.
import childProcess from "node:child_process";
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { Socket } from "node:net";

const to = new URL(import.meta.url).searchParams.get("to") ?? "";

const { spawn } = childProcess;
childProcess.spawn = ((...args: Parameters<typeof spawn>) => {
  appendFileSync(to, `\nspawn ${JSON.stringify(args)}\n`);
  return spawn(...args);
}) as typeof spawn;
syncBuiltinESMExports();

const write = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Socket.prototype), "write")?.value as
  | Socket["write"]
  | undefined;
Object.defineProperty(Socket.prototype, "write", {
  configurable: true,
  writable: true,
  value(this: Socket, chunk: Uint8Array | string, ...rest: []) {
    appendFileSync(to, chunk);
    return (write ?? missing).call(this, chunk, ...rest);
  },
});

function missing(): never {
  throw new TypeError("Expected a socket to inherit its write");
}
