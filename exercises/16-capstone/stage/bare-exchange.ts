import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { encodeFrame, LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";

/**
 * What a payment must cost: a request and a reply as JSON in frames, one after another over one connection, and nothing
 * else. CPU time of both ends together for each exchange, in microseconds.
 */
export async function bareExchange(exchanges = 400): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    const decoder = new LengthPrefixedDecoder();
    socket.on("data", (chunk: Buffer) => {
      for (const payload of decoder.push(chunk)) {
        const { key } = parse(payload);
        socket.write(frame({ key, status: 201, receipt: "00000000-0000-0000-0000-000000000000" }));
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const decoder = new LengthPrefixedDecoder();
  const before = process.cpuUsage();
  for (let number = 1; number <= exchanges; number++) {
    socket.write(frame({ key: `payment ${number}`, account: "alice", amount: number, remaining: 1000 }));
    const [chunk] = (await once(socket, "data")) as [Buffer];
    for (const payload of decoder.push(chunk)) parse(payload);
  }
  const { user, system } = process.cpuUsage(before);
  socket.destroy();
  server.close();
  return (user + system) / exchanges;
}

function frame(message: object): Uint8Array {
  return encodeFrame(new TextEncoder().encode(JSON.stringify(message)));
}

function parse(payload: Uint8Array): { key: string } {
  return JSON.parse(new TextDecoder().decode(payload)) as { key: string };
}
