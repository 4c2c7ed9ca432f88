/**
 * Your numbers beside the kernel's: MTUs of the loopback interface, and what TCP makes of them.
 *
 *     npx pnpm@12 exec node exercises/03-mtu/lab/segments.ts [path of an mtu.ts]
 *
 * Needs Linux, ss(8), and unprivileged user namespaces; says so where they are missing.
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { lab, labAvailable } from "@tcpip-workshop/faults/kernel";

const isInside = process.env["WORKSHOP_LAB"] === "segments";

if (isInside) await compare(process.argv[2] ?? "");
else process.exitCode = await outside(resolve(process.argv[2] ?? `${import.meta.dirname}/../mtu.ts`));

/** Runs this file once more, in a network of its own. Returns the exit status. */
async function outside(answer: string): Promise<number> {
  const availability = labAvailable();
  if (!availability.available) {
    console.error(`There is no lab on this machine: it ${availability.reason}`);
    return 1;
  }
  const script = new URL(import.meta.url);
  const { code, stdout, stderr } = await lab({}, script, {
    args: [answer],
    env: { WORKSHOP_LAB: "segments" },
  });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return code;
}

async function compare(path: string): Promise<void> {
  const answer = (await import(pathToFileURL(path).href)) as typeof import("../mtu.ts");
  row("", "MSS option", "", "data in a segment", "");
  row("", "yours", "kernel's", "yours", "kernel's");
  for (const mtu of [1280, 1400, 1500, 9000, 65_536]) {
    for (const ipVersion of [4, 6] as const) {
      for (const timestamps of [true, false]) {
        const kernel = await measure(mtu, ipVersion, timestamps);
        const option = numberOf(() => answer.mssOption(mtu, ipVersion));
        const peerMss = kernel.option;
        const segment = numberOf(() => answer.segmentPayload({ mtu, ipVersion, peerMss, timestamps }));
        const what = `MTU ${mtu}, IPv${ipVersion}, ${timestamps ? "timestamps" : "no options"}`;
        row(what, option, String(kernel.option), segment, String(kernel.segment));
      }
    }
  }
  console.log(
    "\nOf 65,536 the kernel begins with half: it sends no more than half of the peer's window at once.",
  );
  process.exit();
}

/** Opens a connection over a loopback interface of this MTU, and reads what the kernel says of it. */
async function measure(
  mtu: number,
  ipVersion: 4 | 6,
  timestamps: boolean,
): Promise<{ option: number; segment: number }> {
  spawnSync("sh", ["-c", `ip link set lo mtu ${mtu}`]);
  writeFileSync("/proc/sys/net/ipv4/tcp_timestamps", timestamps ? "1" : "0");
  const server = createServer((socket) => socket.resume());
  server.listen(0, ipVersion === 4 ? "127.0.0.1" : "::1");
  await once(server, "listening");
  const { port, address } = server.address() as import("node:net").AddressInfo;
  const client = connect(port, address);
  await once(client, "connect");
  const { stdout } = spawnSync("ss", ["-tinH", `dport = :${port}`], { encoding: "utf8" });
  client.destroy();
  server.close();
  // `advmss` is what was announced, less the options that we agreed to.
  const announced = Number(/\badvmss:(\d+)/.exec(stdout)?.[1]) + (timestamps ? 12 : 0);
  return { option: announced, segment: Number(/(?<!\w)mss:(\d+)/.exec(stdout)?.[1]) };
}

function numberOf(call: () => number): string {
  try {
    return String(call());
  } catch {
    return "it threw";
  }
}

function row(what: string, ...columns: string[]): void {
  console.log(`${what.padEnd(32)}${columns.map((text) => text.padEnd(12)).join("")}`.trimEnd());
}
