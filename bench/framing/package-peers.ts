// The packages that do nothing but this.
import type { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import { Duplex, type Transform } from "node:stream";
import { uint32BE, uint32LE, varint } from "./headers.ts";
import { LONGEST, type Peer, type Sink } from "./peer.ts";
import { writeAll } from "./write-all.ts";

const require = createRequire(import.meta.url);

/** A list of pieces: `subarray()` makes it bytes, without a copy when there is but one. */
export function itLengthPrefixed(): Peer {
  const { decode } = require("it-length-prefixed");
  const lengthDecoder = Object.assign(
    (list: { byteLength: number; getUint32(at: number): number }) => {
      if (list.byteLength < 4) throw new RangeError("not yet");
      return list.getUint32(0);
    },
    { bytes: 4 },
  );
  return {
    name: "it-length-prefixed",
    gives: "Uint8Array",
    header: uint32BE,
    decode(chunks, sink) {
      for (const list of decode(chunks, { lengthDecoder, maxDataLength: LONGEST })) {
        const frame: Uint8Array = list.subarray();
        sink(frame, 0, frame.length);
      }
    },
  };
}

/** A varint, and empty frames only when asked for. */
export function lengthPrefixedStream(name: string): Peer {
  const { decode } = require(name);
  return {
    name,
    gives: "Buffer",
    header: varint,
    decode: (chunks, sink) => transform(decode({ allowEmpty: true }), chunks, sink),
  };
}

/** 4 bytes big-endian. */
export function frameStream(): Peer {
  const { decode } = require("frame-stream");
  return {
    name: "frame-stream",
    gives: "Buffer",
    header: uint32BE,
    decode: (chunks, sink) => transform(decode(), chunks, sink),
  };
}

/** 4 bytes little-endian, around a raw stream. */
export function framedStream(): Peer {
  const FramedStream = require("framed-stream");
  return {
    name: "framed-stream",
    gives: "Buffer",
    header: uint32LE,
    async decode(chunks, sink) {
      const raw = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
      const framed = new FramedStream(raw);
      framed.on("data", (frame: Buffer) => sink(frame, 0, frame.length));
      const ended = new Promise((resolve, reject) => framed.on("end", resolve).on("error", reject));
      for (const chunk of chunks) raw.emit("data", chunk);
      raw.emit("end");
      await ended;
    },
  };
}

/** Bitcoin's compact size: 1 byte, or 0xfd and 2, or 0xfe and 4, little-endian. */
export function lengthPrefixFramedStream(): Peer {
  const { Decode, encodeLength } = require("length-prefix-framed-stream");
  return {
    name: "length-prefix-framed-stream",
    gives: "Buffer",
    header: encodeLength,
    decode: (chunks, sink) => transform(new Decode(), chunks, sink),
  };
}

/** 4 bytes big-endian, as a pull-stream. */
export function pullLengthPrefixed(): Peer {
  const { decode } = require("pull-length-prefixed");
  return {
    name: "pull-length-prefixed",
    gives: "Buffer",
    header: uint32BE,
    decode(chunks, sink) {
      const source = chunks[Symbol.iterator]();
      const pull = (abort: unknown, answer: (end: unknown, chunk?: Buffer) => void) => {
        const { done, value } = source.next();
        if (abort || done) answer(abort || true);
        else answer(null, value);
      };
      const read = decode({ fixed: true, maxLength: LONGEST })(pull);
      for (let more = true; more;) {
        more = false;
        read(null, (end: unknown, frame: Buffer) => {
          if (end) return;
          more = true;
          sink(frame, 0, frame.length);
        });
      }
    },
  };
}

async function transform(stream: Transform, chunks: Iterable<Buffer>, sink: Sink): Promise<void> {
  stream.on("data", (frame: Buffer) => sink(frame, 0, frame.length));
  await writeAll(stream, chunks);
}
