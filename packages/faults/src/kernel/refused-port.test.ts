import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { openResources } from "../open-resources.ts";
import { lab } from "./lab.ts";
import { labAvailable } from "./lab-available.ts";
import { refusedPort } from "./refused-port.ts";

const availability = labAvailable();
const inLab = availability.available ? "" : ` (skipped: a lab ${availability.reason})`;

describe("refusedPort", () => {
  test("a SYN gets RST, as often as it is sent", async () => {
    await using refused = await refusedPort();
    for (let i = 0; i < 20; i++)
      await expect(dial(refused.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("a datagram gets ICMP port unreachable, which a connected socket is told", async () => {
    await using refused = await refusedPort({ protocol: "udp" });
    const socket = createSocket("udp4");
    socket.connect(refused.port, refused.host);
    await once(socket, "connect");
    socket.send("anyone?");
    const [error] = (await once(socket, "error")) as [Error];
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
    socket.close();
  });

  // In a network of its own 8 ports are all there is, so that the kernel would have to give the refused one away.
  test.skipIf(!availability.available).each(["listen", "connect"])(
    `when the kernel has no other port left for %s, it still does not give away this one${inLab}`,
    async (call) => {
      const script = `
        import { connect, createServer } from "node:net";
        import { once } from "node:events";
        const { refusedPort } = await import(process.env.REFUSED_PORT);
        const refused = await refusedPort();
        const server = await listen(5000);
        const ports = [];
        let end;
        while (end === undefined) {
          const next = process.env.CALL === "listen" ? listen(0) : once(connect(5000, "127.0.0.1"), "connect");
          await next.then(() => {}, (error) => (end = error.code));
        }
        const dialled = connect({ port: refused.port, host: refused.host, localPort: 5001 });
        const answer = await once(dialled, "connect").then(() => "connected", (error) => error.code);
        await refused[Symbol.asyncDispose]();
        console.log(JSON.stringify({ refused: refused.port, ports, end, answer }));
        process.exit();
        async function listen(port) {
          const server = createServer((socket) => ports.push(socket.remotePort)).listen(port, "127.0.0.1");
          await once(server, "listening");
          if (port === 0) ports.push(server.address().port);
        }`;
      const env = { CALL: call, REFUSED_PORT: new URL("./refused-port.ts", import.meta.url).href };
      const { stdout, stderr } = await lab({ ephemeralPorts: [40_000, 40_007] }, script, { env });
      expect(stderr).toBe("");
      const seen = JSON.parse(stdout) as { refused: number; ports: number[]; end: string; answer: string };
      expect(seen.end).toBe(call === "listen" ? "EADDRINUSE" : "EADDRNOTAVAIL");
      expect(seen.ports).not.toContain(seen.refused);
      // the connection that holds it has a dialled end, whose port connect() may share and listen() may not
      expect(seen.ports).toHaveLength(call === "listen" ? 6 : 7);
      expect(seen.answer).toBe("ECONNREFUSED");
    },
  );

  test("who asks for the port by its number may listen: a server that comes up later", async () => {
    await using refused = await refusedPort();
    await expect(dial(refused.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const server = createServer().listen(refused.port, refused.host);
    await once(server, "listening");
    await dial(refused.port);
    server.close();
    await once(server, "close");
    await expect(dial(refused.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test.each(["tcp", "udp"] as const)(
    "%s: is registered while held, and leaves nothing behind",
    async (protocol) => {
      const refused = await refusedPort({ protocol });
      expect(openResources()).toEqual([expect.stringContaining(`refusedPort ${protocol} ${refused.port}`)]);
      await refused[Symbol.asyncDispose]();
      expect(openResources()).toEqual([]);
      // at once, as there is no TIME-WAIT: the same number can be had
      if (protocol === "tcp") {
        const server = createServer().listen(refused.port, refused.host);
        await once(server, "listening");
        server.close();
      } else {
        const socket = createSocket("udp4").bind(refused.port, refused.host);
        await once(socket, "listening");
        socket.close();
      }
    },
  );
});

async function dial(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}
