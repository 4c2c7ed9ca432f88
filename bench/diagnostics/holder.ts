// Holds connections to itself open until its standard input ends: twice as many rows in the socket table. Speaks one
// line when all stand.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

const AT_ONCE = 200;

const wanted = Number(process.argv[2]);
const kept: Socket[] = [];
const server = createServer((socket) => kept.push(socket));
server.listen({ port: 0, host: "127.0.0.1", backlog: 2 * AT_ONCE });
await once(server, "listening");
const { port } = server.address() as AddressInfo;
for (let made = 0; made < wanted; made += AT_ONCE) {
  const batch = Array.from({ length: Math.min(AT_ONCE, wanted - made) }, () =>
    connect({ port, host: "127.0.0.1" }),
  );
  await Promise.all(batch.map((socket) => once(socket, "connect")));
  kept.push(...batch);
}
while (kept.length < 2 * wanted) await once(server, "connection");
console.log("ready");
// By RST: closed in order, they would stand in TIME-WAIT for a minute and slow down whoever reads the table next.
process.stdin.resume().on("end", () => {
  for (const socket of kept) socket.on("error", () => {}).resetAndDestroy();
  server.close(() => process.exit());
});
