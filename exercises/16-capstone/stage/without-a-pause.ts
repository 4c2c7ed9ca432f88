import { connect } from "node:net";
import { request } from "./caller.ts";

/** Asks a gateway that resets each request, again and again, until so many attempts or so many ms: how fast this machine is. */
export async function withoutAPause(
  port: number,
  { attempts, ms }: { attempts: number; ms: number },
): Promise<number> {
  const end = performance.now() + ms;
  for (let made = 0; ; made++) {
    if (made === attempts || performance.now() >= end) return made;
    const socket = connect({ port, host: "127.0.0.1" }).on("error", () => {});
    socket.write(request({ key: "without a pause" }));
    await new Promise((resolve) => socket.resume().once("close", resolve));
  }
}
