// What the seal must hold against, as a suite: the answer under grading are our own probes.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { answer, expect, test } from "@tcpip-workshop/grader/suite";
import { inject } from "vitest";
import { refusedCalls } from "../../src/seal/refused-calls.ts";

const probes = answer<typeof import("./answers/probes/probes.ts")>("./probes.ts");
const column = process.arch === "arm64" ? 1 : 0;
const told = JSON.parse(readFileSync(join(inject("answerFolder") ?? "", "host.json"), "utf8")) as {
  port: number;
  pid: number;
  paths: string[];
};
const teaching = { why: "", read: "" };

/** Those that would change something if they were let through are not made: they are refused by the same list as the others. */
const harmful = new Set([
  "reboot",
  "vhangup",
  "kexec_load",
  "swapoff",
  "fork",
  "vfork",
  "sethostname",
  "setdomainname",
  "umount2",
]);
const numbersOf = (names: string[]): number[] => names.flatMap((name) => refusedCalls[name]?.[column] ?? []);
const socketCall = [41, 198][column] ?? 41;

test("lets an honest answer compute, listen and be spoken to", teaching, async () => {
  const port = await probes.listen();
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write("hello");
  const [data] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  expect(data.toString()).toBe("hello");
});

test("starts no process", teaching, async () => {
  expect(await probes.spawnNode()).toBe("EPERM");
  expect(await probes.cloneProcess([56, 220][column] ?? 56)).toBe("EPERM");
  expect(await probes.call([435])).toEqual(["ENOSYS"]);
});

test("is refused the system calls that look into others, mount, and make namespaces", teaching, async () => {
  const names = Object.keys(refusedCalls).filter((name) => !harmful.has(name));
  const numbers = numbersOf(names);
  expect(await probes.call(numbers)).toEqual(numbers.map(() => "EPERM"));
});

test("has no sockets but those of Unix and IP", teaching, async () => {
  const [unix, ip, packet, vsock, alg] = [1, 2, 17, 40, 38];
  const [stream, raw, icmp] = [1, 3, 1];
  const outcomes = [];
  for (const family of [unix, ip, packet, vsock, alg])
    outcomes.push(await probes.socketOf(socketCall, family, stream, 0));
  expect(outcomes).toEqual(["ok", "ok", "EPERM", "EPERM", "EPERM"]);
  expect(await probes.socketOf(socketCall, ip, raw, icmp)).toBe("EPERM");
});

test("has no capability and no way to a new privilege", teaching, async () => {
  const none = "0".repeat(16);
  expect(await probes.statusOf(["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])).toEqual(
    Array(5).fill(none),
  );
  expect(await probes.statusOf(["NoNewPrivs", "Seccomp"])).toEqual(["1", "2"]);
});

test("sees no process but its own", teaching, async () => {
  expect(await probes.processes()).toEqual(["1", "2"]);
  // In a container its number may be one of the few that there are here, too.
  if (told.pid > 1000) expect(await probes.signal(told.pid)).toBe("ESRCH");
});

test("sees no environment", teaching, async () => {
  // bwrap's own, of the folder that it changes to.
  expect(await probes.environment()).toEqual({ PWD: "/tmp" });
});

test("sees no file but its own, Node's, and those it needs", teaching, async () => {
  expect((await probes.list("/")).filter((name) => !/^(lib|usr|nix)/.test(name))).toEqual(
    expect.arrayContaining(["cache", "dev", "proc", "submission", "tmp"]),
  );
  expect(await probes.list("/submission")).toEqual(["probes"]);
  expect(await probes.list("/course")).toEqual(
    expect.not.arrayContaining(["exercises", "solutions", "mistakes", "docs"]),
  );
  expect(await probes.areThere(["/etc", "/home", "/root", "/bin/sh", "/usr/bin", ...told.paths])).toEqual(
    Array(5 + told.paths.length).fill(false),
  );
});

test("writes nowhere but into 32 MiB that are its own", teaching, async () => {
  expect((await probes.fill("/submission/probes/left", 1)).outcome).toBe("EROFS");
  expect((await probes.fill("/left", 1)).outcome).toBe("EROFS");
  expect((await probes.fill("/cache/left", 1)).outcome).toBe("EROFS");
  const { written, outcome } = await probes.fill("/tmp/much", 64 * 1024 * 1024);
  expect(outcome).toBe("ENOSPC");
  expect(written).toBeLessThanOrEqual(32 * 1024 * 1024);
});

test("changes no setting of the kernel's", teaching, async () => {
  // By the mode of these files their owner may write them, and who grades as root is their owner, behind the seal too.
  const settings = ["/proc/sys/kernel/core_pattern", "/proc/sys/vm/swappiness", "/proc/self/oom_score_adj"];
  expect(await probes.openForWriting(settings)).toEqual(Array(settings.length).fill("EROFS"));
});

test("has limits", teaching, async () => {
  expect(await probes.limits()).toMatchObject({
    "Max cpu time": "120 120",
    "Max file size": "67108864 67108864",
    "Max data size": "4398046511104 4398046511104",
    "Max core file size": "0 0",
    "Max processes": "256 256",
    "Max open files": "4096 4096",
  });
});

test("has a network of its own, in which this machine's services are not", teaching, async () => {
  expect(await probes.interfaces()).toEqual(["lo"]);
  expect(await probes.dial("127.0.0.1", told.port)).toBe("ECONNREFUSED");
  expect(await probes.dial("::1", told.port)).toBe("ECONNREFUSED");
  expect(await probes.dial("169.254.169.254", 80)).toBe("ENETUNREACH");
});
