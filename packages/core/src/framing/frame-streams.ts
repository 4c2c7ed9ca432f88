import { DelimiterDecoder, type DelimiterDecoderOptions } from "./delimiter-decoder.ts";
import { encode } from "./encode-frame.ts";
import { lengthPrefix, type LengthPrefixOptions } from "./length-prefix.ts";
import { LengthPrefixedDecoder, type LengthPrefixedDecoderOptions } from "./length-prefixed-decoder.ts";

/** Bytes as they come: a `net.Socket`, a `ReadableStream` in Node, an array of chunks. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * The frames of a byte stream, split at a delimiter when the options name one, else by their length prefix. Stop
 * early with `break`, and the source is closed too.
 *
 * Throws as the decoders do, after every good frame has been given: `FRAME_TOO_LARGE`, `FRAME_INVALID`, and
 * `FRAME_TRUNCATED` when the source ends inside a frame. An error of the source comes through as it is.
 */
export async function* decodeFrames(
  source: ByteSource,
  options: LengthPrefixedDecoderOptions | DelimiterDecoderOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = "delimiter" in options ? new DelimiterDecoder(options) : new LengthPrefixedDecoder(options);
  for await (const chunk of source) {
    yield* decoder.push(chunk);
    // now, not at the next chunk: the peer may send nothing more
    if (decoder.error !== undefined) throw decoder.error;
  }
  decoder.end();
}

/** Each payload with its length in front. Throws as `encodeFrame` does. */
export async function* encodeFrames(
  source: ByteSource,
  options?: LengthPrefixOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const prefix = lengthPrefix(options);
  for await (const payload of source) yield encode(payload, prefix);
}
