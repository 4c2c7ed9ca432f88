export { DelimiterDecoder, type DelimiterDecoderOptions } from "./delimiter-decoder.ts";
export { encodeFrame, encodePrefix } from "./encode-frame.ts";
export { decodeFrames, encodeFrames, type ByteSource } from "./frame-streams.ts";
export { DEFAULT_MAX_FRAME_LENGTH, type LengthPrefixOptions } from "./length-prefix.ts";
export { LengthPrefixedDecoder, type LengthPrefixedDecoderOptions } from "./length-prefixed-decoder.ts";
export { type FrameVisitor } from "./whole-frames.ts";
