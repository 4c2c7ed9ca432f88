import { LengthPrefixedDecoder } from "@tcpip-workshop/core/framing";
import { uint32BE } from "./headers.ts";
import {
  itLengthPrefixed,
  lengthPrefixedStream,
  frameStream,
  framedStream,
  lengthPrefixFramedStream,
  pullLengthPrefixed,
} from "./package-peers.ts";
import { LONGEST, type Peer } from "./peer.ts";
import { mysql2, pgProtocol, kafkajs, ws, grpc, mongodb } from "./protocol-peers.ts";

export const peers: Peer[] = [
  {
    name: "core forEach",
    gives: "span",
    ours: true,
    header: uint32BE,
    decode(chunks, sink) {
      const decoder = new LengthPrefixedDecoder({ maxFrameLength: LONGEST });
      for (const chunk of chunks) decoder.forEach(chunk, sink);
      decoder.end();
    },
  },
  {
    name: "core push",
    gives: "Uint8Array",
    ours: true,
    header: uint32BE,
    decode(chunks, sink) {
      const decoder = new LengthPrefixedDecoder({ maxFrameLength: LONGEST });
      for (const chunk of chunks) {
        for (const frame of decoder.push(chunk)) sink(frame, 0, frame.length);
      }
      decoder.end();
    },
  },
  {
    name: "core push, copy: true",
    gives: "Uint8Array",
    ours: true,
    header: uint32BE,
    decode(chunks, sink) {
      const decoder = new LengthPrefixedDecoder({ maxFrameLength: LONGEST, copy: true });
      for (const chunk of chunks) {
        for (const frame of decoder.push(chunk)) sink(frame, 0, frame.length);
      }
      decoder.end();
    },
  },
  mysql2(),
  pgProtocol(),
  kafkajs(),
  ws(),
  grpc(),
  mongodb(),
  itLengthPrefixed(),
  lengthPrefixedStream("length-prefixed-stream"),
  lengthPrefixedStream("@vweevers/length-prefixed-stream"),
  frameStream(),
  framedStream(),
  lengthPrefixFramedStream(),
  pullLengthPrefixed(),
];
