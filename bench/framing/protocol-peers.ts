// The parsers that clients of well-known protocols bring along.
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import { uint32BE, uint32LE } from "./headers.ts";
import type { Peer } from "./peer.ts";
import { writeAll } from "./write-all.ts";

const require = createRequire(import.meta.url);

/** lib/packet_parser.js: 3 bytes little-endian and a sequence number; a payload of 16 MiB − 1 and more goes in parts. */
export function mysql2(): Peer {
  // kept behind the package's `exports`
  const PacketParser = require(
    new URL("../node_modules/mysql2/lib/packet_parser.js", import.meta.url).pathname,
  );
  return {
    name: "mysql2",
    gives: "span",
    longest: 0xff_fffe,
    header: (length) => Buffer.from([length, length >> 8, length >> 16, 0]),
    decode(chunks, sink) {
      const parser = new PacketParser((packet: { buffer: Buffer; offset: number; end: number }) =>
        sink(packet.buffer, packet.offset, packet.end),
      );
      for (const chunk of chunks) parser.execute(chunk);
    },
  };
}

/** parser.js: a type and 4 bytes big-endian that count themselves; CopyData messages are given as they are. */
export function pgProtocol(): Peer {
  const { Parser } = require("pg-protocol/dist/parser.js");
  return {
    name: "pg-protocol",
    gives: "Buffer",
    header: (length) => Buffer.concat([Buffer.from("d"), uint32BE(length + 4)]),
    decode(chunks, sink) {
      const parser = new Parser();
      const visit = ({ chunk }: { chunk: Buffer }) => sink(chunk, 0, chunk.length);
      for (const chunk of chunks) parser.parse(chunk, visit);
    },
  };
}

/** network/connection.js, `processData`: 4 bytes big-endian, and 4 of a correlation id that the length counts. */
export function kafkajs(): Peer {
  const { processData } = require("kafkajs/src/network/connection.js").prototype;
  return {
    name: "kafkajs",
    gives: "Buffer",
    header: (length) => Buffer.concat([uint32BE(length + 4), Buffer.alloc(4)]),
    decode(chunks, sink) {
      const fulfillRequest = ({ payload }: { payload: Buffer }) => sink(payload, 0, payload.length);
      const connection = {
        processData,
        chunks: [],
        bytesBuffered: 0,
        bytesNeeded: 4,
        requestQueue: { fulfillRequest },
      };
      for (const chunk of chunks) connection.processData(chunk);
    },
  };
}

/** receiver.js: WebSocket frames, RFC 6455 section 5.2, unmasked as from a server. */
export function ws(): Peer {
  const { Receiver } = require("ws");
  return {
    name: "ws",
    gives: "Buffer",
    header(length) {
      if (length < 126) return Buffer.from([0x82, length]);
      const header = Buffer.from(length < 65_536 ? [0x82, 126, 0, 0] : [0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
      header.writeUIntBE(length, header.length === 4 ? 2 : 4, header.length === 4 ? 2 : 6);
      return header;
    },
    async decode(chunks, sink) {
      const receiver = new Receiver({ isServer: false, binaryType: "nodebuffer", maxPayload: 0 });
      receiver.on("message", (message: Buffer) => sink(message, 0, message.length));
      await writeAll(receiver, chunks);
    },
  };
}

/** stream-decoder.js: a flag and 4 bytes big-endian (gRPC over HTTP/2, Length-Prefixed-Message). */
export function grpc(): Peer {
  const { StreamDecoder } = require("@grpc/grpc-js/build/src/stream-decoder.js");
  return {
    name: "@grpc/grpc-js",
    gives: "Buffer",
    header: (length) => Buffer.concat([Buffer.alloc(1), uint32BE(length)]),
    decode(chunks, sink) {
      const decoder = new StreamDecoder(-1);
      for (const chunk of chunks) {
        for (const message of decoder.write(chunk)) sink(message, 5, message.length);
      }
    },
  };
}

/** cmap/connection.js, `SizedMessageTransform`: 4 bytes little-endian that count themselves, left in front. */
export function mongodb(): Peer {
  const { SizedMessageTransform } = require("mongodb/lib/cmap/connection.js");
  return {
    name: "mongodb",
    gives: "Buffer",
    header: (length) => uint32LE(length + 4),
    async decode(chunks, sink) {
      const transform = new SizedMessageTransform({ connection: {} });
      transform.on("data", (message: Buffer) => sink(message, 4, message.length));
      await writeAll(transform, chunks);
    },
  };
}
