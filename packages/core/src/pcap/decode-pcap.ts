import { view } from "../framing/view.ts";
import { PcapDecoder, type PcapDecoderOptions } from "./pcap-decoder.ts";
import { FIELDS_LENGTH, MAGIC_LENGTH, type PcapHeader } from "./pcap-header.ts";
import type { PcapRecord } from "./pcap-record.ts";

export interface Pcap {
  header: PcapHeader;
  /**
   * The packets, read as you ask for them: good ones come before an error. Throws as `PcapDecoder` does; a capture that
   * was cut off, say by a full disk, is `CAPTURE_TRUNCATED` behind its last whole packet.
   */
  records: Generator<PcapRecord, void, undefined>;
}

/** Reads a whole classic pcap capture. Throws `CAPTURE_INVALID`, `CAPTURE_TRUNCATED` at once for a bad file header. */
export function decodePcap(bytes: Uint8Array, options: PcapDecoderOptions = {}): Pcap {
  const decoder = new PcapDecoder(options);
  const start = Math.min(bytes.length, MAGIC_LENGTH + FIELDS_LENGTH);
  decoder.push(view(bytes, 0, start));
  if (decoder.header === undefined) decoder.end(); // which throws
  return { header: decoder.header!, records: records(decoder, bytes, start) };
}

function* records(
  decoder: PcapDecoder,
  bytes: Uint8Array,
  start: number,
): Generator<PcapRecord, void, undefined> {
  for (let at = start; at < bytes.length; at += STEP) {
    yield* decoder.push(view(bytes, at, Math.min(bytes.length, at + STEP)));
  }
  decoder.end();
}

/** As many bytes are read ahead of what is asked for: packets are copied, and a capture may be as large as memory. */
const STEP = 65_536;
