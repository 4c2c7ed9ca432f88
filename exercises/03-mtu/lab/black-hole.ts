/**
 * The incident of the lesson, with real interfaces: client, router and server, each with a network stack of its own, and a
 * link of 1,400 behind the router, whose ICMP is dropped. Then your search, over that path.
 *
 *     npx pnpm@12 exec node exercises/03-mtu/lab/black-hole.ts [path of an mtu.ts]
 *
 * Needs Linux, ip(8), ss(8), nsenter(1), and unprivileged user namespaces; says so where they are missing.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { on, once } from "node:events";
import { readlinkSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { lab, labAvailable } from "@tcpip-workshop/faults/kernel";
import type { Outcome } from "../mtu.ts";

const server = "10.0.2.2";
const port = 7070;
const role = process.env["WORKSHOP_LAB"];

if (role === "server") serve();
else if (role === "client") await experiment(process.argv[2] ?? "");
else process.exitCode = await outside(resolve(process.argv[2] ?? `${import.meta.dirname}/../mtu.ts`));

/** Runs this file once more, in a network of its own. Returns the exit status. */
async function outside(answer: string): Promise<number> {
  const availability = labAvailable();
  if (!availability.available) {
    console.error(`There is no lab on this machine: it ${availability.reason}`);
    return 1;
  }
  const script = new URL(import.meta.url);
  const { code, stdout, stderr } = await lab({}, script, { args: [answer], env: { WORKSHOP_LAB: "client" } });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return code;
}

async function experiment(path: string): Promise<void> {
  const router = await buildPath();
  console.log("client, 1500 ── router ── 1400, server: the router's ICMP is dropped\n");
  const socket = await open();
  await request(socket, 400);
  await request(socket, 9000, 2000);
  socket.resetAndDestroy();
  await search(path);

  console.log("\nnet.ipv4.tcp_mtu_probing = 1; still no ICMP");
  writeFileSync("/proc/sys/net/ipv4/tcp_mtu_probing", "1");
  const probing = await open();
  await request(probing, 9000, 15_000);
  probing.resetAndDestroy();

  console.log("\nnet.ipv4.tcp_mtu_probing = 0; now the router's ICMP gets through");
  writeFileSync("/proc/sys/net/ipv4/tcp_mtu_probing", "0");
  run(`${inside(router)} ip rule del ipproto icmp blackhole`);
  await request(await open(), 9000, 5000);
  process.exit(); // and with us all that is in this lab
}

/** Your search, with UDP datagrams. They carry DF, as Linux's do up to the MTU of the interface (ip(7)). */
async function search(path: string): Promise<void> {
  const { searchPathMtu } = (await import(pathToFileURL(path).href)) as typeof import("../mtu.ts");
  const socket = createSocket("udp4");
  socket.connect(port, server);
  await once(socket, "connect");
  const send = async (bytes: Uint8Array): Promise<Outcome> => {
    const replies = on(socket, "message", { signal: AbortSignal.timeout(100) });
    socket.send(bytes);
    try {
      // A late reply to an earlier probe says nothing of this one.
      for await (const [reply] of replies) if (String(reply) === String(bytes.length)) return "acked";
    } catch {
      // The time is over.
    }
    return "lost";
  };
  let probes = 0;
  const probe = (size: number): Promise<Outcome> => {
    probes++;
    return send(new Uint8Array(size - 28));
  };
  try {
    const found = await searchPathMtu(
      { probe, send: (_, piece) => send(piece) },
      { base: 1280, max: 1500, budget: 28 },
    );
    say("your search", `${found}, by ${probes} probes; a time-out here is 100 ms`);
  } catch (error) {
    say("your search", `threw ${String(error)}`);
  }
  socket.close();
}

async function open(): Promise<Socket> {
  const socket = connect({ port, host: server, noDelay: true });
  await once(socket, "connect");
  return socket;
}

/** Sends a request of so many bytes, and prints what comes of it, with the socket as the kernel has it then. */
async function request(socket: Socket, bytes: number, patience = 1000): Promise<void> {
  const start = performance.now();
  const reply = once(socket, "data", { signal: AbortSignal.timeout(patience) });
  const payload = Buffer.alloc(bytes);
  payload.writeUInt32BE(bytes);
  socket.write(payload);
  const outcome = await reply.then(
    () => `reply after ${Math.round(performance.now() - start)} ms`,
    () => `no reply for ${patience} ms`,
  );
  const { stdout } = spawnSync("ss", ["-tinoH", `dst ${server}`], { encoding: "utf8" });
  const facts = /ESTAB\s+\d+\s+\d+|(?<!\w)(timer:\S+|mss:\d+|pmtu:\d+|backoff:\d+|unacked:\d+|retrans:\S+)/g;
  say(`${bytes} bytes`, outcome);
  say("", (stdout.match(facts) ?? []).join(" ").replace(/ +/g, " "));
}

/** Two more network stacks, and two cables. Returns the router's process. */
async function buildPath(): Promise<number> {
  const router = await stack("sleep", "60");
  const host = await stack(process.execPath, fileURLToPath(import.meta.url));
  run(`
    ip link add c0 type veth peer name r0 netns ${router}
    ${inside(router)} ip link add r1 type veth peer name s0 netns ${host}
    ip addr add 10.0.1.2/24 dev c0
    ip link set c0 up
    ip route add default via 10.0.1.1
    ${inside(router)} ip addr add 10.0.1.1/24 dev r0
    ${inside(router)} ip addr add 10.0.2.1/24 dev r1
    ${inside(router)} ip link set r0 up
    ${inside(router)} ip link set r1 mtu 1400 up
    ${inside(router)} sh -c "echo 1 > /proc/sys/net/ipv4/ip_forward"
    ${inside(router)} ip rule add ipproto icmp blackhole
    ${inside(host)} ip addr add ${server}/24 dev s0
    ${inside(host)} ip link set s0 up
    ${inside(host)} ip route add default via 10.0.2.1`);
  for (let tries = 0; tries < 100 && !(await answers()); tries++) await setTimeout(20);
  return router;
}

async function answers(): Promise<boolean> {
  const socket = connect(port, server);
  const answered = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return answered;
}

/** Starts a command in a network namespace of its own, and waits until it is there. */
async function stack(...command: string[]): Promise<number> {
  const child: ChildProcess = spawn("sh", ["-c", 'exec unshare --net "$@"', "sh", ...command], {
    stdio: "ignore",
    env: { ...process.env, WORKSHOP_LAB: "server" },
  });
  await once(child, "spawn");
  const namespace = (pid: number | string | undefined): string => readlinkSync(`/proc/${pid}/ns/net`);
  while (namespace(child.pid) === namespace("self")) await setTimeout(5);
  return child.pid ?? 0;
}

function say(what: string, fact: string): void {
  console.log(`${what.padEnd(14)}${fact}`);
}

function inside(pid: number): string {
  return `nsenter --net --target ${pid}`;
}

function run(script: string): void {
  const { status, stderr } = spawnSync("sh", ["-e", "-c", script], { encoding: "utf8" });
  if (status === 0) return;
  console.error(`This machine cannot build the path: ${stderr.trim()}`);
  process.exit(1);
}

function serve(): void {
  createServer((socket) => {
    let [wanted, arrived] = [0, 0];
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      if (arrived === 0) wanted = chunk.readUInt32BE();
      arrived += chunk.length;
      if (arrived < wanted) return;
      arrived = 0;
      socket.write("ok");
    });
  }).listen(port);
  const socket = createSocket("udp4", ({ length }, from) =>
    socket.send(String(length), from.port, from.address),
  );
  socket.bind(port);
}
