/**
 * The incident of the lesson, small: a host with 32 ephemeral ports, one server, and your client.
 *
 *     npx pnpm@12 exec node exercises/07-time-wait/lab/ports.ts [path of a client.ts]
 *
 * Needs Linux and unprivileged user namespaces; says so where they are missing.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { readSockets } from "@tcpip-workshop/diagnostics/sockets";
import { lab, labAvailable } from "@tcpip-workshop/faults/kernel";

const requests = 100;
/** Not one of the 32. */
const port = 7070;
const isInside = process.env["WORKSHOP_LAB"] === "ports";

if (isInside) await measure(process.argv[2] ?? "");
else process.exitCode = await outside(resolve(process.argv[2] ?? `${import.meta.dirname}/../client.ts`));

/** Runs this file once more, in a network of its own. Returns the exit status. */
async function outside(client: string): Promise<number> {
  const availability = labAvailable();
  if (!availability.available) {
    console.error(`There is no lab on this machine: it ${availability.reason}`);
    return 1;
  }
  const { code, stdout, stderr } = await lab(
    // Without reuse, as for any destination but loopback (tcp_tw_reuse is 2 by default).
    { ephemeralPorts: [40_000, 40_031], sysctls: { "net.ipv4.tcp_tw_reuse": 0 } },
    new URL(import.meta.url),
    { args: [client], env: { WORKSHOP_LAB: "ports" } },
  );
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return code;
}

async function measure(path: string): Promise<void> {
  const { EchoClient } = (await import(pathToFileURL(path).href)) as typeof import("../client.ts");
  let accepts = 0;
  const server = createServer((socket) => {
    accepts++;
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const client = new EchoClient({
    host: "127.0.0.1",
    port,
    size: 4,
    idleTimeout: 2000,
    acquireTimeout: 1000,
  });
  const failed = new Map<string, number>();
  for (let request = 0; request < requests; request++) {
    try {
      await client.request(Buffer.from("tea"));
    } catch (error) {
      const code = String((error as NodeJS.ErrnoException).code ?? error);
      failed.set(code, (failed.get(code) ?? 0) + 1);
    }
  }
  const lost = [...failed.values()].reduce((sum, count) => sum + count, 0);
  const codes = [...failed].map(([code, count]) => `, ${count} ${code}`).join("");
  say("ephemeral ports", 32);
  say("requests", requests, ", one after another");
  say("replies", requests - lost, codes);
  say("connections", accepts);
  await client.close();
  // When the server has seen the last FIN, the client's end is in TIME-WAIT.
  server.close();
  await once(server, "close");
  const rows = readSockets({ protocols: ["tcp"], port }).filter(({ state }) => state === "TIME-WAIT");
  const atClient = rows.filter(({ remote }) => remote.port === port).length;
  say("TIME-WAIT", atClient, ` at the client, ${rows.length - atClient} at the server`);
  process.exit();
}

function say(what: string, count: number, more = ""): void {
  console.log(`${what.padEnd(16)}${String(count).padStart(4)}${more}`);
}
