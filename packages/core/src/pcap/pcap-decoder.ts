import { view } from "../framing/view.ts";
import { NetError } from "../net-error.ts";
import {
  DEFAULT_SNAP_LENGTH,
  FIELDS_LENGTH,
  MAGIC_LENGTH,
  readFields,
  readMagic,
  type PcapHeader,
} from "./pcap-header.ts";
import { readRecordHeader, RECORD_HEADER_LENGTH, type PcapRecord } from "./pcap-record.ts";
import { wholeNumber } from "../whole-number.ts";

export interface PcapDecoderOptions {
  /** Longest packet that is believed, in captured bytes, 0 to 2³² − 1. Default 262,144 (`DEFAULT_SNAP_LENGTH`). */
  maxCapturedLength?: number;
}

/**
 * Gives back the packets of a classic pcap capture that comes in chunks, however they are cut. Either byte order, either
 * resolution; data lies in memory of its own. A length is a claim: above the limit it is refused before anything is stored,
 * below it memory grows with the bytes that come.
 */
export class PcapDecoder {
  readonly #limit: number;
  #header: PcapHeader | undefined;
  #error: NetError | undefined;
  #ended = false;

  /** What the bytes under way are, how many it takes, and where in the capture they begin. */
  #part: Part = { name: "magic number", length: MAGIC_LENGTH, take: (bytes) => this.#takeMagic(bytes) };
  #offset = 0;
  /** The part under way as far as it came in earlier chunks: `#held` bytes. */
  #scratch = new Uint8Array(64);
  #held = 0;

  /** Throws `ARGUMENT_INVALID` for an option outside what `PcapDecoderOptions` documents. */
  constructor(options: PcapDecoderOptions = {}) {
    const { maxCapturedLength = DEFAULT_SNAP_LENGTH } = options;
    this.#limit = wholeNumber("maxCapturedLength", maxCapturedLength, 0, 0xffff_ffff);
  }

  /** What the capture says of itself; `undefined` until its first 24 bytes have come. */
  get header(): PcapHeader | undefined {
    return this.#header;
  }

  /** Why the decoder gave up, as soon as that is known; `undefined` while all is well. */
  get error(): NetError | undefined {
    return this.#error;
  }

  /**
   * Takes the next chunk and returns the packets it completes, in order. Good packets in front of a bad one are returned;
   * the next `push` or `end` throws.
   *
   * Throws `CAPTURE_INVALID` for what is no classic pcap, `CAPTURE_TOO_LARGE` for a packet above the limit, both with the
   * `offset` of the byte in the capture, and `DECODER_CLOSED` after `end`.
   */
  push(chunk: Uint8Array): PcapRecord[] {
    if (this.#error !== undefined) throw this.#error;
    if (this.#ended)
      throw new NetError("DECODER_CLOSED", "Expected no bytes, got a chunk after end() was called");
    const records: PcapRecord[] = [];
    try {
      for (let at = 0; at < chunk.length;) {
        const end = Math.min(chunk.length, at + this.#part.length - this.#held);
        const whole = this.#whole(chunk, at, end);
        if (whole !== undefined) this.#take(whole, records);
        at = end;
      }
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      this.#error = error;
      if (records.length === 0) throw error;
    }
    return records;
  }

  /** Says that the capture is over. Throws `CAPTURE_TRUNCATED` when it stopped inside its header or a packet. */
  end(): void {
    if (this.#error !== undefined) throw this.#error;
    const { name, length } = this.#part;
    if (this.#held > 0 || name !== RECORD) {
      const expected = `Expected ${length} bytes of ${name} at byte ${this.#offset}`;
      this.#error = new NetError("CAPTURE_TRUNCATED", `${expected}, got ${this.#held} before the end`, {
        offset: this.#offset,
      });
      throw this.#error;
    }
    this.#ended = true;
  }

  /** The part under way if these bytes complete it; else they are kept, for the rest is still on its way. */
  #whole(chunk: Uint8Array, start: number, end: number): Uint8Array | undefined {
    const { length } = this.#part;
    if (end - start === length) return view(chunk, start, end);
    const held = this.#held + end - start;
    if (held > this.#scratch.length) {
      const scratch = new Uint8Array(Math.min(held * 2, length));
      scratch.set(view(this.#scratch, 0, this.#held));
      this.#scratch = scratch;
    }
    this.#scratch.set(view(chunk, start, end), this.#held);
    this.#held = held;
    return held === length ? view(this.#scratch, 0, held) : undefined;
  }

  #take(bytes: Uint8Array, records: PcapRecord[]): void {
    this.#held = 0;
    const { length } = this.#part;
    this.#part.take(bytes, records);
    this.#offset += length;
  }

  #takeMagic(bytes: Uint8Array): void {
    const magic = readMagic(dataView(bytes));
    this.#part = {
      name: "file header",
      length: FIELDS_LENGTH,
      take: (fields) => {
        this.#header = readFields(dataView(fields), magic);
        this.#part = this.#recordHeader;
      },
    };
  }

  readonly #recordHeader: Part = {
    name: RECORD,
    length: RECORD_HEADER_LENGTH,
    take: (bytes, records) => {
      const { capturedLength, ...rest } = readRecordHeader(
        dataView(bytes),
        this.#header!,
        this.#limit,
        this.#offset,
      );
      const takeData = (data: Uint8Array, into: PcapRecord[]): void => {
        into.push({ ...rest, data: data.slice() });
        this.#part = this.#recordHeader;
      };
      if (capturedLength === 0) takeData(bytes.subarray(0, 0), records);
      else this.#part = { name: "packet data", length: capturedLength, take: takeData };
    },
  };
}

interface Part {
  readonly name: string;
  /** In bytes, at least 1. */
  readonly length: number;
  readonly take: (bytes: Uint8Array, records: PcapRecord[]) => void;
}

const RECORD = "packet header";

function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
