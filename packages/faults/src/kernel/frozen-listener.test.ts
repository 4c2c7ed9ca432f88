import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { openResources } from "../open-resources.ts";
import { FrozenListener } from "./frozen-listener.ts";

const noTable = process.platform !== "linux" || !existsSync("/proc/net/tcp");
const why = noTable ? " (skipped: needs Linux with /proc/net/tcp)" : "";
const noSs = spawnSync("ss", ["-V"]).status !== 0;
/** Not a measure of speed: SYNs come again after 1, 3, 7 seconds, and the machine may be busy. */
const PATIENT = { timeout: 40_000 };

describe.skipIf(noTable)(`FrozenListener${why}`, () => {
  test.each([1, 2, 5])(
    "backlog %i: the kernel completes one handshake more, and leaves the next SYN",
    async (backlog) => {
      await using frozen = await FrozenListener.start({ backlog });
      await frozen.fill();
      const full = { queued: backlog + 1, established: backlog + 1, unread: 0 };
      expect(await frozen.sockets()).toEqual({ ...full, synSent: 0 });
      using next = dial(frozen.port);
      await frozen.until(({ synSent }) => synSent === 1, PATIENT);
      expect(await frozen.sockets()).toEqual({ ...full, synSent: 1 });
      expect([next.socket.connecting, frozen.accepted]).toEqual([true, 0]);
    },
  );

  test("whoever dials fills it: no more than backlog + 1 of ten get through", async () => {
    await using frozen = await FrozenListener.start({ backlog: 2 });
    using dials = new DisposableStack();
    const ten = Array.from({ length: 10 }, () => dials.use(dial(frozen.port)));
    await frozen.until(({ synSent, queued }) => queued === 3 && synSent === 7, PATIENT);
    await expect.poll(() => ten.filter(({ socket }) => !socket.connecting).length, PATIENT).toBe(3);
  });

  test.skipIf(noSs)(
    `ss shows the same: Recv-Q of the listener above its Send-Q, SYN-SENT${noSs ? " (skipped: needs ss)" : ""}`,
    async () => {
      await using frozen = await FrozenListener.start({ backlog: 1 });
      await frozen.fill();
      using _next = dial(frozen.port);
      await frozen.until(({ synSent }) => synSent === 1, PATIENT);
      const ss = (...filter: string[]): string =>
        spawnSync("ss", ["-tanH", ...filter], { encoding: "utf8" }).stdout;
      expect(ss("-l", `sport = ${frozen.port}`)).toMatch(/^LISTEN +2 +1 /);
      expect(ss("state", "syn-sent", `dport = ${frozen.port}`).trim().split("\n")).toHaveLength(1);
    },
  );

  test("thawed, it accepts what was queued and then the SYN that comes again, and echoes", async () => {
    await using frozen = await FrozenListener.start({ backlog: 1 });
    await frozen.fill();
    using late = dial(frozen.port);
    await frozen.until(({ synSent }) => synSent === 1, PATIENT);
    await frozen.thaw(PATIENT);
    await frozen.until(({ established, synSent }) => established === 3 && synSent === 0, PATIENT);
    await frozen.until(() => frozen.accepted === 3, PATIENT);
    late.socket.write("at last");
    const [echo] = (await once(late.socket, "data")) as [Buffer];
    expect(echo.toString()).toBe("at last");
    expect(frozen.records.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^process \d+ listens on port \d+, backlog 1$/),
      "frozen",
      "accept queue full: 2 handshakes complete",
      "thawed",
      "accepted, 1 in all",
      "accepted, 2 in all",
      "accepted, 3 in all",
    ]);
  });

  test("frozen again, it leaves a peer that it had served without an answer", async () => {
    await using frozen = await FrozenListener.start();
    await frozen.thaw(PATIENT);
    using peer = dial(frozen.port);
    await frozen.until(() => frozen.accepted === 1, PATIENT);
    await frozen.freeze(PATIENT);
    peer.socket.write("hello?");
    await new Promise((resolve) =>
      peer.socket.once("drain", resolve).once("connect", resolve).write("", resolve),
    );
    expect(peer.socket.bytesRead).toBe(0);
    await frozen.thaw(PATIENT);
    const [echo] = (await once(peer.socket, "data")) as [Buffer];
    expect(echo.toString()).toBe("hello?");
  });

  test("filling is refused once it accepts", async () => {
    await using frozen = await FrozenListener.start();
    await frozen.thaw(PATIENT);
    await expect(frozen.fill()).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  });

  test("a condition that never holds ends in what the table shows", async () => {
    await using frozen = await FrozenListener.start();
    await frozen.fill();
    await expect(frozen.until(() => false, { timeout: 1 })).rejects.toMatchObject({
      code: "TOTAL_TIMEOUT",
      message: expect.stringContaining('"queued":2'),
    });
  });

  test("a process that someone killed is CLOSED, not waited for", async () => {
    await using frozen = await FrozenListener.start();
    process.kill(frozen.pid, "SIGKILL");
    await expect(frozen.until(() => false, PATIENT)).rejects.toMatchObject({ code: "CLOSED" });
    await expect(frozen.thaw()).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("disposed of, the process is gone though it was stopped, and dialling is refused", async () => {
    const frozen = await FrozenListener.start();
    await frozen.fill();
    expect(openResources()).toEqual([
      expect.stringMatching(/FrozenListener on port \d+, .*frozen-listener\.test/),
    ]);
    await frozen[Symbol.asyncDispose]();
    await frozen[Symbol.asyncDispose]();
    expect(openResources()).toEqual([]);
    expect(existsSync(`/proc/${frozen.pid}`)).toBe(false);
    using after = dial(frozen.port);
    await expect(after.connected).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("the stopped process dies also when ours is killed and can clean up nothing", async () => {
    const module = new URL("./frozen-listener.ts", import.meta.url).href;
    const script = `
      const { FrozenListener } = await import(${JSON.stringify(module)});
      console.log((await FrozenListener.start()).pid);
      setInterval(() => {}, 1000);`;
    const { NODE_OPTIONS: _, ...env } = process.env;
    const owner = spawn(process.execPath, ["--input-type=module", "-e", script], { env });
    const [line] = (await once(owner.stdout, "data")) as [Buffer];
    const pid = Number(line);
    expect(readFileSync(`/proc/${pid}/stat`, "latin1")).toContain(") T ");
    owner.kill("SIGKILL");
    await expect.poll(() => existsSync(`/proc/${pid}`), PATIENT).toBe(false);
  });

  test.each([{ backlog: 0 }, { backlog: 1.5 }, { backlog: 100_000 }, { host: "localhost" }, { host: "::1" }])(
    "refuses %o",
    async (options) => {
      await expect(FrozenListener.start(options)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
    },
  );

  test("an address that is not this host's is ADDRESS_UNAVAILABLE", async () => {
    const start = FrozenListener.start({ host: "192.0.2.1" });
    await expect(start).rejects.toMatchObject({
      code: "ADDRESS_UNAVAILABLE",
      message: expect.stringContaining("EADDRNOTAVAIL"),
    });
    expect(openResources()).toEqual([]);
  });
});

test.skipIf(!noTable)("FrozenListener says what it needs where there is no /proc/net/tcp", async () => {
  await expect(FrozenListener.start()).rejects.toMatchObject({ code: "UNSUPPORTED" });
});

/** One who dials; destroyed at the end. `connected` rejects with what the system says. */
function dial(port: number): { socket: Socket; connected: Promise<unknown> } & Disposable {
  const socket = connect(port, "127.0.0.1");
  const connected = once(socket, "connect");
  connected.catch(() => {});
  socket.on("error", () => {});
  return { socket, connected, [Symbol.dispose]: () => void socket.destroy() };
}
